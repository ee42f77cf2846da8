"""One indexed folder in the engine: its index, its status, and who follows it."""
