"""What the server knows of one editor: folders, documents, settings, its engine."""
