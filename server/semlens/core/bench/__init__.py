"""How well the user's own code is found, by questions that its authors answered in docstrings."""
