"""Semlens from Python, for notebooks and other tools: `from semlens import Index`.

index       an indexed folder: index it, search it, and read its chunks, symbols and vectors
tables      chunks and symbols as columns of NumPy arrays
splitting   cut a text into chunks, as the indexer does
arguments   what programs pass, checked
connection  the user's engine, asked from code that does not wait for an event loop

Everything goes through the engine that the editor and the terminal share: a notebook sees the same index, no
model is loaded twice, and no two processes write into one index, which Chroma would not survive.
"""

from __future__ import annotations

from semlens.api.index import Index
from semlens.api.splitting import split
from semlens.api.tables import Chunks, Symbols

__all__ = ["Chunks", "Index", "Symbols", "split"]
