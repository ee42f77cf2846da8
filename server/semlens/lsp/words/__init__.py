"""What the editor shows, in the editor's language. Everything else of Semlens speaks English."""
