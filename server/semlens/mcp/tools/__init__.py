"""The tools, a module each: its arguments, its description, and its answer."""
