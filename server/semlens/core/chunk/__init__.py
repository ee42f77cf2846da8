"""Cuts a file into chunks, the units of search.

recognition     the language of a file, where its ending is shared and no sign decides
structure       the definitions of a file as a tree: by `grammar`, or headings in `sections`, `sql`, `styles`
splitter        the lines of each chunk; `source_lines` counts and cuts them
long_text       the parts of a text with a line that exceeds the model's window
docstrings      docstrings and signatures in plain text
in_words        a chunk in words, for a second model that knows prose
chunker         all of these together

`chunk_source` is pure, deterministic and safe for several threads, and accepts any text. The chunks of a file
hold every non-blank line. No two chunks hold the same line, but the embedding text of an outline repeats
signatures of other chunks, and the parts of a line that exceeds the model's window share that line.
"""

from __future__ import annotations

from semlens.core.chunk.chunker import (
    ChunkWithRows,
    DocumentedDefinition,
    chunk_source,
    chunk_with_rows,
    definitions,
    documented_definitions,
)
from semlens.core.chunk.in_words import WORDS_VERSION, Described, in_words
from semlens.core.chunk.line_tokenizer import LineTokenizer
from semlens.core.chunk.recognition import recognize

CHUNKER_VERSION = 7
"""Raise it when a text is cut differently or gets another embedding text: every index is then made again."""

__all__ = [
    "CHUNKER_VERSION",
    "WORDS_VERSION",
    "ChunkWithRows",
    "Described",
    "DocumentedDefinition",
    "LineTokenizer",
    "chunk_source",
    "chunk_with_rows",
    "definitions",
    "documented_definitions",
    "in_words",
    "recognize",
]
