"""Messages in and out of the language server, and the life of its process."""
