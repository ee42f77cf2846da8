"""The map of a code base: one point a definition, near those that mean the same."""
