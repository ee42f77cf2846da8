"""The connection between the engine and its clients: where it is found, the handshake, messages."""
