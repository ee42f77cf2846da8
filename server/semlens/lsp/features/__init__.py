"""One module a request: search, hover, token counts, indexing, status."""
