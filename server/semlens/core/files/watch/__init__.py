"""Notice changed files: by events of the operating system, or by polling."""
