"""The requests to the process that counts tokens. Imports no tokenizer, as `types`."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.core.cost.types import (
    DefinitionCost,
    DefinitionCounts,
    PackedContext,
    Part,
    Source,
    TextCost,
    TokenCount,
)
from semlens.protocol.editor import NamedTokenizer, TokenizersResult, TokenView
from semlens.protocol.request import Request, Requests
from semlens.types import RelativePath, Span


@frozen
class CountText(Request[TextCost]):
    """What does a text cost, or a part of it?"""

    method: ClassVar[str] = "count_text"
    source: Source
    part: Part | None = None
    """None for the whole text."""
    chunks: bool = True
    """Whether to say how the embedding model sees it, for which the source is cut into chunks."""


@frozen
class CountDefinition(Request[DefinitionCost | None]):
    """What does the definition cost that is defined or called at a 0-based position?"""

    method: ClassVar[str] = "count_definition"
    source: Source
    line: int
    column: int
    """In code points."""
    chunks: bool = True
    """As in `CountText`."""


@frozen
class FindDefinition(Request[Span | None]):
    """Which lines has the innermost definition around a 0-based line?"""

    method: ClassVar[str] = "find_definition"
    source: Source
    line: int


@frozen
class CutAnswer:
    """Texts cut into tokens, and the tokenizers that there are."""

    views: list[TokenView]
    choices: list[NamedTokenizer]


@frozen
class CutText(Request[CutAnswer]):
    """Which tokens do some tokenizers make of a text?"""

    method: ClassVar[str] = "cut_text"
    text: str
    """With its own line ends."""
    model: str
    """The embedding model, as in the settings."""
    tokenizers: list[str]
    """As `TextCosts.tokenizer` takes them."""


@frozen
class LiveCount:
    """The counts of a text, or word that there are none yet."""

    counts: tuple[TokenCount, ...] = ()
    """As `TextCost.counts`; empty while the text is not counted to its end."""
    lost: bool = False
    """Whether the text has to be sent again: it was too long ago, or to another process."""


@frozen
class CountLive(Request[LiveCount]):
    """Count a text that changes, for a short time; ask again without the text until there are counts."""

    method: ClassVar[str] = "count_live"
    key: str
    """Of which text this is a state, such as a document's URI: what did not change is not counted again."""
    revision: int
    """Which state it is: another number for each."""
    text: str | None
    """Lines with "\n" between them; None to go on with the text of the same revision."""
    model: str
    """As in `Source`."""
    tokenizers: tuple[str, ...]
    """As in `Source`."""
    seconds: float
    """After this time there is an answer, so that others get theirs in between."""


@frozen
class CountDefinitions(Request[DefinitionCounts]):
    """How many tokens has each definition of a text, in the first tokenizer of its source?"""

    method: ClassVar[str] = "count_definitions"
    source: Source


@frozen
class ListTokenizers(Request[TokenizersResult]):
    """Which tokenizers are known by name?"""

    method: ClassVar[str] = "list_tokenizers"


@frozen
class Place:
    """Lines of a file that may go into a prompt, with the definition around them."""

    root: str
    """The absolute path of a workspace folder; not read if there is a text."""
    path: RelativePath
    start_line: int
    """1-based."""
    end_line: int
    shown: str = ""
    """The path as the prompt shows it; empty for `path`."""
    text: str | None = None
    """All of the file, with "\n" between lines; None for the text on the disk."""
    encoding: str = ""
    """The editor's, for files that say nothing of their own."""
    chosen: bool = True
    """Whether it goes into the prompt; if not, its tokens are counted all the same."""
    exact: bool = False
    """Whether these lines alone are meant, and not the definition around them."""
    first: bool = False
    """Whether it comes before all others."""
    language: str = ""
    """Of a text that is not written in the language of its path, as a cell of a notebook."""


@frozen
class PackContext(Request[PackedContext]):
    """Pack code into a prompt within a budget of tokens."""

    method: ClassVar[str] = "pack_context"
    places: list[Place]
    """The best first."""
    max_tokens: int
    tokenizer: str = ""
    """As `TokenizerLibrary.named` takes it; empty for the default."""


REQUESTS: Requests = {
    request.method: request
    for request in (
        CountText,
        CountLive,
        CountDefinition,
        CountDefinitions,
        FindDefinition,
        ListTokenizers,
        CutText,
        PackContext,
    )
}
"""Method → request."""
