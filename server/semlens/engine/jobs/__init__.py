"""Background work in the engine: index files, fill the deep tier, rebuild, clean up."""
