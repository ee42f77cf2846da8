"""What code costs in tokens, and how tokenizers cut it."""

from __future__ import annotations

from attrs import Factory, frozen

from semlens.protocol.editor.places import Position, Range, TextDocument


@frozen
class TokensParams:
    """Count the tokens of a document, of a part of it, or of a text."""

    text_document: TextDocument | None = None
    """The document to count."""
    range: Range | None = None
    """The part of the document to count; all of it if left out."""
    text: str | None = None
    """The text to count, if there is no document."""


@frozen
class TokenCount:
    """A count by one tokenizer."""

    tokenizer: str
    """The tokenizer's name."""
    tokens: int
    limit: int | None = None
    """The most tokens of one text that the model reads, if there is such a limit."""
    problem: str | None = None
    """Why there is no count, in a sentence."""
    window: int | None = None
    """The most tokens that the model reads at once, with special tokens, if that is known."""
    window_of: str | None = None
    """The model that has this window, where models with different windows share the tokenizer."""


@frozen
class TokensResult:
    """The tokens of a text."""

    counts: list[TokenCount]
    """One count for each tokenizer, the embedding model's first."""
    chunks: int
    """The number of chunks that the text is cut into for the embedding model."""
    truncated: bool
    """Whether the embedding model does not see all of the text: some line is longer than all the parts that
    it may be cut into. A text that takes several chunks is not truncated."""


@frozen
class ShowTokensParams:
    """Cut a document, a part of it, or a text into tokens, to look at them."""

    text_document: TextDocument | None = None
    """The document to cut."""
    range: Range | None = None
    """The part to cut. An empty range is the definition around it, or else the whole document; so is none."""
    text: str | None = None
    """The text to cut, if the server does not have the document."""
    tokenizers: list[str] = Factory(list)
    """One tokenizer, or two to compare; the first one of the settings if empty."""


@frozen
class TokenName:
    """What a token is in the vocabulary."""

    id: int
    text: str
    """With the marks of its strategy, such as `##ing`."""
    bytes: bool = False
    """Whether the token is a part of a character: `text` is its bytes then, in hexadecimal."""


@frozen
class TokenView:
    """A text as one tokenizer cuts it. The pieces join to the text."""

    tokenizer: str
    strategy: str
    """Such as WordPiece or byte-level BPE."""
    vocabulary: int | None
    """The number of different tokens; null where there is no vocabulary."""
    tokens: int
    """The number of tokens, without those of `before` and `after`."""
    starts: list[int]
    """Where each piece begins in the text, in UTF-16 units; it ends where the next begins."""
    counts: list[int]
    """How many tokens each piece became: one, several parts of a character, or none."""
    ids: list[int]
    """The token's number in the vocabulary, piece by piece; -1 where there is none."""
    names: list[TokenName]
    """The tokens that are not written in the vocabulary as they stand in the text."""
    special: list[int]
    """The pieces, by their place in `starts`, that became a special token."""
    differs: list[int]
    """The pieces that the other tokenizer cuts in another way."""
    before: list[int]
    """The ids of the special tokens that the model puts before the text."""
    after: list[int]
    """The ids of the special tokens that the model puts behind the text."""
    lesson: str
    """What the strategy did with this text, in a few sentences."""
    problem: str | None = None
    """Why there are no tokens, in a sentence."""


@frozen
class NamedTokenizer:
    """A tokenizer that is known by name."""

    name: str
    models: str
    """The models that cut their texts with it."""
    here: bool
    """Whether it can be used at once."""
    megabytes: float = 0.0
    """To download, if it is not here."""
    licence: str = ""
    """Of the file to download."""


@frozen
class ShowTokensResult:
    """A text, cut into tokens."""

    text: str
    """The text that was cut."""
    range: Range | None
    """The part of the document that the text is; null for the whole document."""
    longer: bool
    """Whether the text is only the beginning of what was asked for."""
    views: list[TokenView]
    """One for each tokenizer."""
    choices: list[NamedTokenizer]


@frozen
class CountParams:
    """Count the tokens of a document that is being typed or selected in."""

    text_document: TextDocument | None = None
    """The document to count."""
    ranges: list[Range] = Factory(list)
    """The parts of the document to count; all of it if left out."""
    text: str | None = None
    """The text to count, if there is no document."""
    tokenizers: list[str] | None = None
    """Count in these tokenizers rather than in those of the settings."""


@frozen
class CountResult:
    """The tokens of a document, or of parts of it."""

    counts: list[TokenCount]
    """One count for each tokenizer, the embedding model's first."""


@frozen
class DefinitionsParams:
    """Ask for the tokens of each definition of a document."""

    text_document: TextDocument


@frozen
class DefinitionTokens:
    """A definition and its tokens."""

    name: str
    """With the names of the definitions around it."""
    line: int
    """The 0-based line that has the name."""
    start_line: int
    """The first line, with decorators, 0-based."""
    end_line: int
    """The last line, 0-based."""
    tokens: int


@frozen
class DefinitionsResult:
    """The definitions of a document that have a body."""

    tokenizer: str
    """The tokenizer's name."""
    definitions: list[DefinitionTokens]
    """In the order of the document; a member after what it is in."""


@frozen
class TokenizersParams:
    """Ask which tokenizers there are."""


@frozen
class TokenizersResult:
    """The tokenizers that are known by name."""

    tokenizers: list[NamedTokenizer]
    """Those of Semlens first, those trained here last."""


@frozen
class HoverParams:
    """Ask what the definition at a position, or the selection around it, costs in tokens."""

    text_document: TextDocument
    position: Position
    selection: Range | None = None
    """The selection that the position is in, if any: the answer is about it."""


@frozen
class HoverResult:
    """What to show on hover."""

    text: str
    """Markdown, without links; empty if there is nothing to say here."""
    range: Range | None = None
    """The code to highlight, if it is at the position."""
    about: Range | None = None
    """The definition or the selection that was counted."""


@frozen
class CostParams:
    """Count the tokens of a folder."""

    folder: str
    """The URI of a folder in the workspace."""
    tokenizer: str | None = None
    """The tokenizer to count in; the first of the settings if left out."""
    work_done_token: str | int | None = None
    """The token for reports of progress."""


@frozen
class FileCost:
    """The tokens of a file."""

    path: str
    """Relative to the counted folder."""
    tokens: int


@frozen
class CostResult:
    """The tokens of a folder."""

    tokenizer: str
    """The tokenizer's name."""
    tokens: int
    """The sum of all files."""
    files: list[FileCost]
    """Every file of the folder that belongs to the index."""
    skipped: int
    """The number of files and folders left out."""
    complete: bool = True
    """Whether all files were counted: false while the index is being made."""
