"""The engine's process: listen, dispatch requests, answer queries."""
