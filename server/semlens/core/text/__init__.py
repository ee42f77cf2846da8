"""Text and its languages: words, tokens, identifiers, and which language a file is in."""
