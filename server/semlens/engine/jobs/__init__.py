"""Background jobs of the engine: fill the deep tier, rebuild the lexical index, clean up, measure models."""
