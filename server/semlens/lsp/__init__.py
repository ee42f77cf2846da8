"""The language server: what an editor talks to. It loads no model and no database."""
