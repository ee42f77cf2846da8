"""Set a checkout up. Uses only the standard library, because nothing is installed yet."""
