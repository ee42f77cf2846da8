"""Helpers that tests share: engines, clients, damage, and oracles to compare with."""
