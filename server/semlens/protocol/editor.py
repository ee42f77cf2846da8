"""Every custom request of the language server, defined once.

`extension/src/protocol.ts` is generated from this file by `scripts/generate_protocol.py`,
and a test holds the two together. On the wire the names are camelCase. Positions are the
language server protocol's: 0-based lines and UTF-16 columns.
"""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

QueryKind = Literal["auto", "text", "code", "symbol"]
FolderState = Literal["empty", "indexing", "ready", "rebuilding", "paused", "error"]


@frozen
class Position:
    line: int
    character: int


@frozen
class Range:
    start: Position
    end: Position


@frozen
class TextDocument:
    uri: str


@frozen
class SearchParams:
    query: str
    limit: int = 20
    folders: list[str] | None = None
    """URIs; every workspace folder when left out."""
    include: list[str] = Factory(list)
    exclude: list[str] = Factory(list)
    languages: list[str] = Factory(list)
    """By name or by a file's ending."""
    tests: bool | None = None
    """Only tests, no tests, or both."""
    kind: QueryKind = "auto"
    wait: bool = False
    """Rather wait some seconds than answer without a model that is being loaded."""


@frozen
class SimilarParams:
    text_document: TextDocument
    range: Range
    limit: int = 20
    folders: list[str] | None = None
    include: list[str] = Factory(list)
    exclude: list[str] = Factory(list)
    languages: list[str] = Factory(list)
    tests: bool | None = None
    wait: bool = False


@frozen
class HitSymbol:
    name: str
    kind: str
    container: str | None = None


@frozen
class HitReason:
    name: str
    value: float


@frozen
class HitCopy:
    uri: str
    range: Range


@frozen
class Hit:
    uri: str
    range: Range
    score: float
    language: str
    preview: str
    stale: bool
    reasons: list[HitReason]
    symbol: HitSymbol | None = None
    copies: list[HitCopy] = Factory(list)
    """Where else the same code stands, as it is on disk."""


@frozen
class Coverage:
    files: int = 0
    chunks: int = 0
    lexical: float = 0.0
    instant: float = 0.0
    deep: float = 0.0


@frozen
class SearchResult:
    hits: list[Hit]
    coverage: Coverage
    elapsed_ms: float
    partial: bool = False
    """Whether a model is still being loaded: asked again with `wait`, the answer may be better."""


@frozen
class ReindexParams:
    folders: list[str] | None = None
    full: bool = False
    work_done_token: str | int | None = None


@frozen
class Report:
    files: int
    chunks: int
    added: int
    changed: int
    removed: int
    skipped: int
    embedded: int
    reused: int
    seconds: float


@frozen
class StatusParams:
    pass


@frozen
class FolderStatus:
    uri: str
    state: FolderState
    files: int
    chunks: int
    skipped: int
    coverage: Coverage
    message: str | None = None


@frozen
class EngineStatus:
    pid: int
    version: str
    memory_bytes: int


@frozen
class ModelStatus:
    tier: Literal["instant", "deep", "rerank"]
    name: str
    state: Literal["loaded", "idle", "loading", "off", "error"]
    message: str | None = None


@frozen
class StatusResult:
    folders: list[FolderStatus]
    engine: EngineStatus | None
    models: list[ModelStatus]


@frozen
class TokensParams:
    text_document: TextDocument | None = None
    range: Range | None = None
    text: str | None = None


@frozen
class TokenCount:
    tokenizer: str
    tokens: int
    limit: int | None = None
    """The most tokens of one text that the model sees, where it has such a limit."""


@frozen
class TokensResult:
    counts: list[TokenCount]
    """The embedding model's first."""
    chunks: int
    """The number of chunks in which the embedding model sees the text."""
    truncated: bool
    """Whether the embedding model does not see all of the text: some line is longer than all the parts that
    it may be cut into. A text that takes several chunks is not truncated."""


@frozen
class CostParams:
    folder: str
    """The URI of a folder in the workspace."""
    work_done_token: str | int | None = None


@frozen
class FileCost:
    path: str
    """Relative to the folder that was asked about."""
    tokens: int


@frozen
class CostResult:
    tokenizer: str
    tokens: int
    files: list[FileCost]
    """Those that belong to the index."""
    skipped: int
    """Files and folders that were left out."""


@frozen
class WhyParams:
    text_document: TextDocument


@frozen
class WhyResult:
    indexed: bool
    reason: str
    rule: str | None = None
    file: str | None = None
    line: int | None = None


@frozen
class PauseParams:
    paused: bool


@frozen
class PauseResult:
    paused: bool


REQUESTS: dict[str, tuple[type, type]] = {
    "semlens/search": (SearchParams, SearchResult),
    "semlens/similar": (SimilarParams, SearchResult),
    "semlens/reindex": (ReindexParams, Report),
    "semlens/status": (StatusParams, StatusResult),
    "semlens/tokens": (TokensParams, TokensResult),
    "semlens/cost": (CostParams, CostResult),
    "semlens/why": (WhyParams, WhyResult),
    "semlens/pause": (PauseParams, PauseResult),
}
"""Method → (params, result)."""

NOTIFICATIONS: dict[str, type] = {"semlens/statusChanged": FolderStatus}
"""Method → params, server to client."""
