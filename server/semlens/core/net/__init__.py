"""Other programs over HTTP: how they are asked, and when they are left alone."""
