"""Makes the environments that the extension runs Semlens in, with nothing but the standard library."""
