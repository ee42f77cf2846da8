"""The engine's requests whose answers are packed for a language model, and what else agents ask.

Folders are absolute paths; files are paths relative to their folder, with forward slashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen

from semlens.protocol.costs import FolderTokens
from semlens.protocol.data import DATA_REQUESTS
from semlens.protocol.engine import REQUESTS, Search, Similar
from semlens.protocol.folders import FOLDER_REQUESTS
from semlens.protocol.learn import LEARN_REQUESTS
from semlens.protocol.maps import DrawMap, NearOnMap
from semlens.protocol.models import MODEL_REQUESTS
from semlens.protocol.request import Request, Requests
from semlens.protocol.served import SERVED_REQUESTS
from semlens.protocol.team import TEAM_REQUESTS
from semlens.protocol.train import TRAIN_REQUESTS
from semlens.types import Detail, RelativePath


@frozen
class Packing:
    """How large an answer may be, and what it leaves out."""

    max_tokens: int = 2000
    """The most tokens of the text, and of the structured content as compact JSON."""
    detail: Detail = "auto"
    tokenizer: str = ""
    """The name of a tokenizer; empty for the one that an editor shows."""
    root: str = ""
    """The folder that paths are relative to; empty for the folder that is searched."""
    sent: list[str] = field(factory=list)
    """The ids of passages that are not sent again; the answer says so."""
    delivered: list[str] = field(factory=list)
    """The ids of passages that this question's earlier answers had."""
    cursor: str = ""
    """The name to give to the rest, if some passages are not shown."""
    definitions: bool = False
    """Whether the passages are the whole definitions around the hits, with the imports that they need."""
    for_terminal: bool = False
    """Whether control and formatting characters are replaced."""
    notes: list[str] = field(factory=list)
    """Sentences that the answer begins its notes with."""


@frozen
class PackedAnswer:
    """An answer in two forms, with the same passages."""

    text: str
    structured: Mapping[str, object]
    """`results`, each with `place`, `lines` and perhaps `symbol`, `why`, `stale`; `shown`, `found`, and
    perhaps `root`, `cursor`, `notes`."""
    tokens: int
    """The tokens of the text."""
    shown: list[str]
    """The ids of the shown passages."""
    rest: int
    """How many passages are not shown."""
    whole: list[str] = field(factory=list)
    """The ids of those that are shown with all of their lines."""


@frozen
class PackSearch(Request[PackedAnswer]):
    """Find the code that answers a query. `question.limit` is the most passages."""

    method: ClassVar[str] = "pack_search"
    question: Search
    packing: Packing


@frozen
class PackSimilar(Request[PackedAnswer]):
    """Find code like some lines of a file. `question.limit` is the most passages."""

    method: ClassVar[str] = "pack_similar"
    question: Similar
    packing: Packing


@frozen
class PackDefinitions(Request[PackedAnswer]):
    """Find the definitions of a name in some folders."""

    method: ClassVar[str] = "pack_definitions"
    folders: list[str]
    name: str
    """A name, or a qualified one, such as `Cart.total`."""
    packing: Packing
    limit: int = 10
    include_in: dict[str, list[str]] = field(factory=dict)
    """Folder → globs of the files to look in."""
    languages: list[str] = field(factory=list)
    elsewhere: list[str] = field(factory=list)
    """Folders of which only places are named, if the name is defined in none of `folders`."""
    narrowed_to: str = ""
    """What a client narrowed the question to, as a sentence names it: `this folder`."""


@frozen
class IndexedPlace:
    """A file or folder in an indexed folder."""

    folder: str
    path: RelativePath
    """Empty for the whole folder."""


@frozen
class NamedPlaces:
    """What a client's path stands for: a file, a folder, or several indexed folders."""

    name: str
    """As answers name it."""
    places: list[IndexedPlace]


@frozen
class PackOutline(Request[PackedAnswer]):
    """The definitions in a file, or in the files below a folder."""

    method: ClassVar[str] = "pack_outline"
    where: NamedPlaces
    packing: Packing


@frozen
class PathTokens:
    path: str
    """The name of the places."""
    tokens: int
    files: int
    """The number of indexed files that were counted."""


@frozen
class CountedTokens:
    tokenizer: str
    tokens: int
    """Of all paths together, each file once, or of the text."""
    paths: list[PathTokens]


@frozen
class CountTokens(Request[CountedTokens]):
    """Count the tokens of a text, or of files and folders; files that are not indexed are left out."""

    method: ClassVar[str] = "count_tokens"
    paths: list[NamedPlaces] = field(factory=list)
    text: str = ""
    tokenizer: str = ""
    """Empty for the one that an editor shows."""


ENGINE_REQUESTS: Requests = {
    **REQUESTS,
    **{kind.method: kind for kind in (PackSearch, PackSimilar, PackDefinitions, PackOutline, CountTokens)},
    **DATA_REQUESTS,
    **FOLDER_REQUESTS,
    **LEARN_REQUESTS,
    **MODEL_REQUESTS,
    **SERVED_REQUESTS,
    **TEAM_REQUESTS,
    **TRAIN_REQUESTS,
    **{kind.method: kind for kind in (FolderTokens, DrawMap, NearOnMap)},
}
"""Every request that the engine answers: method → request."""
