"""Messages between processes, each defined once: the editor's requests, the engine's, and their JSON."""
