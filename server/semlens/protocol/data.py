"""The engine's requests for programs: an index's chunks, symbols and vectors, and the vectors of any text.

Folders are absolute paths; files are paths relative to their folder, with forward slashes. Lines count from
1, and a range includes its last line. What may be large comes in pages, or goes into files.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from semlens.protocol.request import LongRequest, Request, Requests
from semlens.types import ContentHash, Fingerprint, RelativePath, Tier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@frozen
class Vectors:
    """Unit vectors of one model."""

    model: str
    fingerprint: Fingerprint
    dimension: int
    rows: str
    """Base64 of float32, little-endian, shape (n, dimension). A row of NaN stands for a vector that is not
    there."""

    @classmethod
    def pack(cls, model: str, fingerprint: Fingerprint, rows: NDArray[np.float32]) -> Vectors:
        """:param rows: shape (n, dimension)."""
        import numpy as np  # most processes that know this request have no use for it

        raw = np.ascontiguousarray(rows, dtype="<f4").tobytes()
        return cls(model, fingerprint, rows.shape[1], base64.b64encode(raw).decode("ascii"))

    def unpack(self) -> NDArray[np.float32]:
        """The vectors, shape (n, dimension). Raises `ValueError` if they are malformed."""
        import numpy as np

        raw = np.frombuffer(base64.b64decode(self.rows), dtype="<f4")
        return raw.reshape(-1, self.dimension).astype(np.float32)


@frozen
class Embed(Request[Vectors]):
    """The vectors of some texts, one for each."""

    method: ClassVar[str] = "embed"
    texts: list[str]
    model: str = "deep"
    """`deep` or `instant` for the tier's model, the name of a bundled model, or the path of a folder."""
    query: bool = False
    """Whether the texts are questions and not code: some models have a prompt for either."""
    folder: str = ""
    """The folder whose models `deep` and `instant` mean; empty for the models without settings."""


@frozen
class IndexedChunk:
    """A chunk with its texts as of the time it was indexed."""

    path: RelativePath
    start_line: int
    end_line: int
    language: str
    kind: str
    symbol: str
    """The dotted name of the definition that it holds or lies in; empty if there is none."""
    symbol_kind: str
    signature: str
    docstring: str
    text: str
    embedded_text: str
    """What models embed: the code and its context, without the path."""
    content_hash: ContentHash
    """Of `embedded_text`."""


@frozen
class IndexedSymbol:
    """A named definition."""

    path: RelativePath
    name: str
    kind: str
    container: str
    """The dotted names of the definitions around it, or empty."""
    start_line: int
    end_line: int
    language: str


@frozen
class ChunkPage:
    """The chunks and symbols of some files, by path."""

    chunks: list[IndexedChunk]
    symbols: list[IndexedSymbol]
    last: RelativePath | None
    """Ask again for the files after this one; None if there are none."""


@frozen
class ReadChunks(Request[ChunkPage]):
    """The chunks and symbols of the files after `after`, in the order of their paths."""

    method: ClassVar[str] = "read_chunks"
    folder: str
    after: RelativePath


@frozen
class ReadVectors(Request[Vectors]):
    """The vectors of indexed contents, one for each hash."""

    method: ClassVar[str] = "read_vectors"
    folder: str
    tier: Tier
    """`instant` or `deep`."""
    hashes: list[ContentHash]


@frozen
class ExportAnswer:
    collections: list[str]
    """Their names."""
    rows: int
    """The chunks in the largest of them."""


@frozen
class ExportChroma(LongRequest[ExportAnswer]):
    """Write a folder's chunks and vectors into a new Chroma directory, a collection for each tier."""

    method: ClassVar[str] = "export_chroma"
    folder: str
    target: str
    """The absolute path of a folder that does not exist or is empty."""


DATA_REQUESTS: Requests = {kind.method: kind for kind in (Embed, ReadChunks, ReadVectors, ExportChroma)}
"""Method → request."""
