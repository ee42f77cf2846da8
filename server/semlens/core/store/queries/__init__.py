"""Read-only queries on a workspace's index, by what they are about."""
