"""Find the engine, start it, ask it. Runs in the editor's and the terminal's process."""
