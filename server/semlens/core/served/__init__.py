"""Embedding servers: models that another program runs, on this machine or elsewhere."""
