"""Small helpers without knowledge of code search: caches, deadlines, threads, memory."""
