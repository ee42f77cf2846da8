"""The models of this user, each loaded once for all workspaces."""
