"""Every request of the engine with its answer, defined once for both sides.

A request is a value that knows its method's name and the type of its answer, so that
`await client.request(Search("retry"))` gives a `SearchAnswer`. On the wire the fields keep their names, in
snake_case; fields with a default may be left out, and unknown fields are ignored.

Folders are absolute paths; files are paths relative to their folder, with forward slashes. Lines count from
1, and a range includes its last line.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import Factory, field, frozen

from semlens.protocol.bench import Bench
from semlens.protocol.editor import Completion, EngineStatus, ModelStatus, Notice, QueryKind
from semlens.protocol.notifications import FolderStatus
from semlens.protocol.request import LongRequest, Request, Requests
from semlens.protocol.team import TeamAnswer
from semlens.settings import Settings
from semlens.types import Coverage, Hit, RelativePath, Report, Shortfall, Tier

# Folders


@frozen
class Attach(Request[FolderStatus]):
    """Open a folder, index it and follow its changes for as long as the client is connected."""

    method: ClassVar[str] = "attach"
    folder: str
    settings: Settings | None = None
    """None keeps the settings of the folder, or takes the defaults."""


@frozen
class Detach(Request[None]):
    """Stop following a folder for this client."""

    method: ClassVar[str] = "detach"
    folder: str


@frozen
class Configure(Request[FolderStatus]):
    """Change the settings of a folder, which is opened if it is not open."""

    method: ClassVar[str] = "configure"
    folder: str
    settings: Settings | None = None
    """None keeps the settings of the folder."""


@frozen
class Touch(Request[None]):
    """A hint that files may have changed: the engine looks at the disk."""

    method: ClassVar[str] = "touch"
    folder: str
    paths: list[RelativePath]


@frozen
class Focus(Request[None]):
    """The files that the user has open: the deep tier takes them first."""

    method: ClassVar[str] = "focus"
    folder: str
    paths: list[RelativePath]


@frozen
class Attend(Request[None]):
    """The user is typing: background work may give way."""

    method: ClassVar[str] = "attend"


@frozen
class PauseAnswer:
    paused: bool


@frozen
class Pause(Request[PauseAnswer]):
    """Stop indexing every folder, or go on with it."""

    method: ClassVar[str] = "pause"
    paused: bool


@frozen
class Index(LongRequest[Report]):
    """Make the index of a folder equal to the disk, with progress in the stages `files` and `chunks`."""

    method: ClassVar[str] = "index"
    folder: str
    full: bool = False
    """Read every file again."""
    tier: Tier = Tier.DEEP
    """Answer when this tier is full; the deep tier goes on in the background."""
    images: bool | None = None
    """Index the folder's images too from now on, or no longer; None keeps it as it is."""


@frozen
class Refusal:
    """The rule that keeps a file out of the index; its parts are None where they do not apply."""

    rule: str | None = None
    file: str | None = None
    """The file that holds the rule."""
    line: int | None = None


@frozen
class WhyAnswer:
    indexed: bool
    reason: str
    """A whole sentence, or for a refused file the predicate of one: "is ignored by git"."""
    refusal: Refusal | None = None
    remedy: str | None = None
    """A sentence that says how to let a refused file in; None if nothing does."""


@frozen
class Why(Request[WhyAnswer]):
    """Why a file is in the index, or is not."""

    method: ClassVar[str] = "why"
    folder: str
    path: RelativePath


@frozen
class LeftOutFile:
    """A file or folder that is not in the index."""

    path: RelativePath
    reason: str
    """The predicate of a sentence: "is ignored by git"."""
    refusal: Refusal


@frozen
class LeftOutAnswer:
    files: list[LeftOutFile]
    """By path."""
    total: int
    """All of them, beyond the limit too."""


@frozen
class LeftOut(Request[LeftOutAnswer]):
    """The files and folders at or below `below` that are not in the index, and why."""

    method: ClassVar[str] = "left_out"
    folder: str
    below: RelativePath
    limit: int = 1_000


@frozen
class SplitDefinition:
    """A definition that a model sees in several chunks."""

    path: RelativePath
    name: str
    """With the names of the definitions around it."""
    kind: str
    start_line: int
    end_line: int
    chunks: int


@frozen
class UnseenText:
    """A line that is longer than all the parts that it may be cut into: models do not see its end."""

    path: RelativePath
    line: int
    parts: int
    """The parts that are seen."""


@frozen
class SplitCodeAnswer:
    definitions: list[SplitDefinition]
    """Most chunks first."""
    total: int
    """All of them, beyond the limit too."""
    unseen: list[UnseenText]


@frozen
class SplitCode(Request[SplitCodeAnswer]):
    """The code at or below `below` that the embedding model cannot see whole."""

    method: ClassVar[str] = "split_code"
    folder: str
    below: RelativePath
    limit: int = 1_000


@frozen
class CopyPlace:
    """A definition that has near copies."""

    path: RelativePath
    name: str
    """With the names of the definitions around it; empty if it has none."""
    kind: str
    start_line: int
    end_line: int
    whole: bool = True
    """Whether these lines are all of the definition that is named; else they are some inside of it."""


@frozen
class CopyGroup:
    """Definitions of which each is nearly the same as another one."""

    places: list[CopyPlace]
    """By path and line."""
    similarity: float
    """The least share of words in common of the pairs that make the group, from 0 to 1."""
    repeated_lines: int
    """The lines that all but the longest of them have."""


@frozen
class DuplicatesAnswer:
    groups: list[CopyGroup]
    """Those with the most repeated lines first."""
    total: int
    """All of them, beyond the limit too."""
    repeated_lines: int
    """Of all groups."""
    coverage: Coverage


@frozen
class Duplicates(Request[DuplicatesAnswer]):
    """The near copies among the definitions of a folder."""

    method: ClassVar[str] = "duplicates"
    folder: str
    min_lines: int = 5
    """Shorter definitions are left out."""
    similarity: float = 0.8
    """The least share of words that two copies have in common, from 0 to 1."""
    include: list[str] = Factory(list)
    """Globs."""
    exclude: list[str] = Factory(list)
    """Globs."""
    tests: bool | None = None
    """Only tests, no tests, or both."""
    limit: int = 100


# Questions


@frozen
class SearchAnswer:
    hits: list[Hit]
    """The best first."""
    coverage: Coverage
    """Of all searched folders together."""
    elapsed_ms: float
    """Milliseconds in the engine."""
    partial: bool = False
    """Whether a model is being loaded or has not read all of the first hits: ask again for better ones."""
    notices: list[Notice] = Factory(list)
    """What became of the question, such as a filter that leaves no file."""
    weak: bool = False
    """Whether nothing matches the question well."""
    shortfall: Shortfall | None = None
    """Why, if the question asked for it and nothing matches well."""


@frozen
class Question(LongRequest[SearchAnswer]):
    """The fields that `Search` and `Similar` share."""

    folders: list[str] | None = field(default=None, kw_only=True)
    """Where to search: for `Search` None means every open folder, for `Similar` the folder of the file."""
    limit: int = field(default=20, kw_only=True)
    """The most hits, from 1 to 1000."""
    tiers: list[Tier] = field(factory=list, kw_only=True)
    """The tiers that answer; empty for all."""
    include: list[str] = field(factory=list, kw_only=True)
    """Globs."""
    include_in: dict[str, list[str]] = field(factory=dict, kw_only=True)
    """Folder → globs that count there alone, besides `include`."""
    exclude: list[str] = field(factory=list, kw_only=True)
    """Globs."""
    languages: list[str] = field(factory=list, kw_only=True)
    """By name or by the ending of a file's name; empty for all."""
    tests: bool | None = field(default=None, kw_only=True)
    """Only tests, no tests, or both."""
    wait: bool = field(default=False, kw_only=True)
    """Wait up to two minutes for models that are not loaded."""
    wait_seconds: float = field(default=0.0, kw_only=True)
    """The most seconds to wait for a model that is already being loaded."""
    rerank: str = field(default="", kw_only=True)
    """The folder of a cross-encoder that orders the first hits; empty for the one in the settings."""
    explain: bool = field(default=False, kw_only=True)
    """Say why each hit is where it is, and why nothing matches if nothing does."""


@frozen
class Search(Question):
    """Find the code that answers a query."""

    method: ClassVar[str] = "search"
    query: str
    kind: QueryKind = "auto"


@frozen
class CompleteAnswer:
    completions: list[Completion]


@frozen
class Complete(Request[CompleteAnswer]):
    """How the filter at the end of a question may go on, by the files of some folders."""

    method: ClassVar[str] = "complete"
    query: str
    folders: list[str] | None = None
    """None means every open folder."""


@frozen
class Similar(Question):
    """Find code like some lines of a file, without these lines."""

    method: ClassVar[str] = "similar"
    folder: str
    path: RelativePath
    start_line: int
    end_line: int
    text: str = ""
    """The code in these lines; empty to read it from the disk."""


@frozen
class WordShare:
    """A word in a text, and what it adds to a cosine."""

    start: int
    """In code points."""
    end: int
    share: float


@frozen
class CompareAnswer:
    """How alike two texts are to the model of one tier."""

    model: str
    cosine: float
    one: list[WordShare]
    """The words of the first text that add to the cosine or take from it."""
    other: list[WordShare]
    seen: list[int]
    """How many code points of each text the model sees."""
    percentile: float | None = None
    """The share of random pairs of the folder's chunks that are less alike; None if there are too few."""
    chunks: int = 0
    """The chunks that were paired."""
    lowest: float = 0.0
    """Where the first bin of the histogram begins; the last one ends at 1."""
    histogram: list[int] = Factory(list)
    """How many of the pairs have each cosine."""


@frozen
class Compare(Request[CompareAnswer]):
    """How alike are two texts, beside random pairs of a folder's chunks?"""

    method: ClassVar[str] = "compare"
    folder: str
    one: str
    other: str
    tier: Tier = Tier.INSTANT
    """`instant` or `deep`. The deep tier may take seconds, as its model may have to be loaded."""


# The engine


@frozen
class StatusAnswer:
    folders: list[FolderStatus]
    """The open folders."""
    engine: EngineStatus
    models: list[ModelStatus]
    data_dir: str
    """The absolute path of the data folder."""
    disk_bytes: int
    """The size of the data folder."""
    notice: str | None = None
    """A sentence about the data folder, such as how to get space back."""
    team: TeamAnswer | None = None
    """The user's team, if there is one."""


@frozen
class Status(Request[StatusAnswer]):
    """How the folders, the models and the engine are."""

    method: ClassVar[str] = "status"


@frozen
class Ping(Request[None]):
    """A sign of life."""

    method: ClassVar[str] = "ping"


@frozen
class Shutdown(Request[None]):
    """End the engine. Every version of the engine understands this request."""

    method: ClassVar[str] = "shutdown"


REQUESTS: Requests = {
    kind.method: kind
    for kind in (
        Attach, Detach, Configure, Touch, Focus, Attend, Pause, Index, Why, LeftOut, SplitCode, Search,
        Complete, Similar, Compare, Duplicates, Bench, Status, Ping, Shutdown,
    )
}  # fmt: skip
"""Method → request."""
