"""The index: its state, what is in it, and what is not."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.places import TextDocument
from semlens.protocol.editor.search import Coverage

FolderState = Literal["empty", "indexing", "ready", "rebuilding", "paused", "error", "forgotten"]
"""`forgotten`: the index was deleted, and the folder is left out until the user wants it back."""


@frozen
class ReindexParams:
    """Bring the index up to date."""

    folders: list[str] | None = None
    """URIs of workspace folders; all of them if left out."""
    full: bool = False
    """Read every file again, also unchanged ones."""
    work_done_token: str | int | None = None
    """The token for reports of progress."""


@frozen
class Report:
    """What indexing did."""

    files: int
    """Files in the index."""
    chunks: int
    """Chunks in the index."""
    added: int
    """Files added."""
    changed: int
    """Files changed."""
    removed: int
    """Files removed."""
    skipped: int
    """Files left out."""
    embedded: int
    """Chunks embedded anew."""
    reused: int
    """Chunks whose vectors were known."""
    seconds: float
    """How long it took."""
    problems: list[str] = Factory(list)
    """Why some of the folders were not indexed, in sentences; the others were."""


@frozen
class StatusParams:
    """Ask for the status of everything."""


@frozen
class FolderStatus:
    """The state of a workspace folder's index."""

    uri: str
    state: FolderState
    files: int
    """Files in the index."""
    chunks: int
    """Chunks in the index."""
    skipped: int
    """Files left out."""
    coverage: Coverage
    message: str | None = None
    """A sentence for the user, such as an error."""
    repeats: bool = False
    """Whether the message says no more than the coverage does."""


@frozen
class EngineStatus:
    """The engine's process."""

    pid: int
    """The process id."""
    version: str
    """The version of Semlens that it runs."""
    memory_bytes: int
    """Its memory in bytes."""


@frozen
class ModelStatus:
    """A model and whether it is loaded."""

    tier: Literal["instant", "deep", "rerank", "image"]
    """The tier that uses the model."""
    name: str
    """The model's name."""
    state: Literal["loaded", "idle", "loading", "off", "error"]
    message: str | None = None
    """A sentence for the user, such as an error."""
    role: Literal["second", "unused"] | None = None
    """Of a model that is no open folder's first one: a second one, or one that none uses, as after a test."""


@frozen
class StatusResult:
    """The state of all folders and models."""

    folders: list[FolderStatus]
    engine: EngineStatus | None
    """Null if no engine runs."""
    models: list[ModelStatus]
    team: list[str] = Factory(list)
    """How the team's server is, in sentences; empty without a team."""


@frozen
class WhyParams:
    """Ask why a file is in the index or not."""

    text_document: TextDocument


@frozen
class WhyResult:
    """Whether and why a file is in the index."""

    indexed: bool
    reason: str
    """A predicate, such as `is larger than 1 MB`."""
    rule: str | None = None
    """The ignore rule that decides, if any."""
    file: str | None = None
    """The file with the rule."""
    line: int | None = None
    """The 1-based line of the rule."""
    remedy: str | None = None
    """A sentence that says how to let the file in, if something does."""


@frozen
class LeftOutParams:
    """Ask for the files and folders that are not in the index."""

    folder: str
    """The URI of a folder in the workspace."""
    limit: int = 1000
    """The most files to return."""


@frozen
class LeftOutFile:
    """A file or folder that is not in the index."""

    uri: str
    path: str
    """Relative to the folder that was asked about."""
    reason: str
    """A predicate, such as `is larger than 1 MB`."""
    rule: str | None = None
    """The ignore rule that decides, if any."""
    file: str | None = None
    """The file with the rule."""
    line: int | None = None
    """The 1-based line of the rule."""


@frozen
class LeftOutResult:
    """The files and folders that are not in the index, by path."""

    files: list[LeftOutFile]
    total: int
    """All of them, beyond the limit too."""


@frozen
class SplitCodeParams:
    """Ask for the code that the embedding model cannot see whole."""

    folder: str
    """The URI of a folder in the workspace."""
    limit: int = 1000
    """The most definitions to return."""


@frozen
class SplitDefinition:
    """A definition that the embedding model sees in several chunks."""

    uri: str
    path: str
    """Relative to the folder that was asked about."""
    name: str
    """With the names of the definitions around it."""
    kind: str
    """Such as function or section."""
    line: int
    """The 0-based first line."""
    lines: int
    """The number of lines."""
    chunks: int


@frozen
class UnseenText:
    """A line that is so long that the embedding model does not see its end."""

    uri: str
    path: str
    """Relative to the folder that was asked about."""
    line: int
    """0-based."""
    parts: int
    """The parts that are seen."""


@frozen
class SplitCodeResult:
    """The code that the embedding model cannot see whole."""

    definitions: list[SplitDefinition]
    """Most chunks first."""
    total: int
    """All definitions that are seen in several chunks, beyond the limit too."""
    unseen: list[UnseenText]
    """By path."""


@frozen
class PauseParams:
    """Pause indexing, or resume it."""

    paused: bool


@frozen
class PauseResult:
    """Whether indexing is paused now."""

    paused: bool
