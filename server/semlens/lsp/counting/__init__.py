"""Token counts for open documents, worked out in child processes."""
