"""Helpers without knowledge of code search: caches, deadlines, threads, memory, hashes."""
