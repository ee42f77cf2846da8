"""Cuts a file into chunks that can be found as one.

`chunk_source` is pure, deterministic and safe to call from several threads, and it takes
any text. Between them the chunks hold every non-blank line; only an outline may repeat, in
what models see, what other chunks hold. A line that no model takes at once is several chunks, each with
a part of it. `definitions` lists what a file defines, `documented` what its
authors say of that.
"""

from __future__ import annotations

from semlens.core.chunk.assemble import Documented, Worded, chunk_rows, chunk_source, definitions, documented
from semlens.core.chunk.measure import Measure

CHUNKER_VERSION = 2
"""To be raised when the same text would be cut or worded in another way."""

__all__ = [
    "CHUNKER_VERSION",
    "Documented",
    "Measure",
    "Worded",
    "chunk_rows",
    "chunk_source",
    "definitions",
    "documented",
]
