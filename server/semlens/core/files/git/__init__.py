"""What git knows of a folder: ignore rules, configuration, nested repositories, tracked files."""
