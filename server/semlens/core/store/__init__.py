"""What is kept: the database that is the truth, and the indexes that are derived from it."""
