"""Semlens finds code by what it means and shows what it costs in tokens, on the user's own machine."""

__version__ = "0.1.0"
