"""Embeddings: the instant tier's static model, and the deep tier's transformer in a process of its own."""
