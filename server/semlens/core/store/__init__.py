"""Storage: the database that is the truth, and the vector indexes that are derived from it."""
