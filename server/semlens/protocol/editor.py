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
    """A place in a document."""

    line: int
    """0-based."""
    character: int
    """The 0-based column, in UTF-16 units."""


@frozen
class Range:
    """A part of a document."""

    start: Position
    end: Position
    """The end is not part of the range."""


@frozen
class TextDocument:
    """A document of the editor."""

    uri: str


@frozen
class SearchParams:
    """Search for a query."""

    query: str
    """Words, code or a symbol's name, with filters such as `path:` and `lang:`."""
    limit: int = 20
    """The most hits to return."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""
    include: list[str] = Factory(list)
    """Globs: search only files that match one of them."""
    exclude: list[str] = Factory(list)
    """Globs: search no files that match one of them."""
    languages: list[str] = Factory(list)
    """Search only these languages, given by name or by a file's ending; all if empty."""
    tests: bool | None = None
    """True searches only tests, false no tests; both if left out."""
    kind: QueryKind = "auto"
    """How to read the query; `auto` decides by its form."""
    wait: bool = False
    """Wait some seconds for a model to load rather than answer without it."""
    explain: bool = False
    """Say why each hit is where it is, and why nothing matches if nothing does."""


@frozen
class PackParams:
    """Pack the code that answers a query for a language model."""

    query: str
    """As in a search."""
    max_tokens: int = 2000
    """The most tokens of the text, in o200k_base."""
    limit: int = 10
    """The most passages."""
    whole: bool = False
    """Show as many passages as fit with all their lines, rather than a part of more of them."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""
    include: list[str] = Factory(list)
    """Globs: search only files that match one of them."""
    languages: list[str] = Factory(list)
    """Search only these languages, given by name or by a file's ending; all if empty."""


@frozen
class PackResult:
    """Passages of code with their places and line numbers, as they are on disk."""

    text: str
    tokens: int
    shown: int
    """The number of passages in the text."""
    rest: int
    """The number of passages that did not fit."""


@frozen
class ContextPlace:
    """A piece of code that may go into a prompt."""

    uri: str
    start_line: int
    """0-based."""
    end_line: int
    """0-based and inclusive."""
    chosen: bool = True
    """Whether it goes into the prompt."""
    first: bool = False
    """Whether it comes before all others."""


@frozen
class ContextParams:
    """Pack code for a prompt: for a question, at a place, or the pieces of an earlier answer."""

    query: str = ""
    """As in a search; empty for no search."""
    text_document: TextDocument | None = None
    """The document with the code that comes first, if any, with the definitions that it uses."""
    range: Range | None = None
    """The code in the document; an empty range stands for the definition around it."""
    folder: str | None = None
    """The URI of a folder whose files are packed, the smallest first, or to which the query is kept."""
    places: list[ContextPlace] | None = None
    """The pieces of an earlier answer, in its order: nothing is searched then."""
    max_tokens: int = 4000
    """The most tokens of the text."""
    tokenizer: str | None = None
    """The tokenizer to count in; the first of the settings if left out."""
    limit: int = 30
    """The most pieces."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""


@frozen
class ContextPiece:
    """A piece of code, and how much of it the text shows."""

    place: ContextPlace
    """Of all of it."""
    name: str
    """Its kind and its name; empty if it has none."""
    tokens: int
    """Of all of it."""
    shown: Literal["whole", "part", "signature", "none"]
    shown_tokens: int
    """About; 0 for a piece that another one holds."""


@frozen
class ContextResult:
    """Code for a prompt as Markdown, with paths and line numbers."""

    text: str
    """Empty if nothing fits."""
    tokens: int
    """Never more than were asked for."""
    tokenizer: str
    """The tokenizer's name."""
    pieces: list[ContextPiece]
    """The best first."""
    tokenizers: list[str]
    """The names of the tokenizers that can be used at once."""
    notices: list[Notice] = Factory(list)
    """What became of the question, such as a filter that leaves no file."""
    weak: bool = False
    """Whether nothing matches the question well."""


@frozen
class SimilarParams:
    """Search for code like a part of a document."""

    text_document: TextDocument
    range: Range
    """The part to compare with."""
    limit: int = 20
    """The most hits to return."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""
    include: list[str] = Factory(list)
    """Globs: search only files that match one of them."""
    exclude: list[str] = Factory(list)
    """Globs: search no files that match one of them."""
    languages: list[str] = Factory(list)
    """Search only these languages, given by name or by a file's ending; all if empty."""
    tests: bool | None = None
    """True searches only tests, false no tests; both if left out."""
    wait: bool = False
    """Wait some seconds for a model to load rather than answer without it."""
    explain: bool = False
    """Say why each hit is where it is, and why nothing matches if nothing does."""


@frozen
class HitSymbol:
    """The definition that a hit is in."""

    name: str
    kind: str
    """Such as function, class or section."""
    container: str | None = None
    """The dotted names of the definitions around it, if any."""


@frozen
class HitReason:
    """A ranking signal, and what it added to the score."""

    name: str
    """The name of the signal."""
    value: float
    """The signal's share of the score."""


@frozen
class HitCopy:
    """Another place with the same code."""

    uri: str
    range: Range


@frozen
class WordMatch:
    """A word of the question, and where in a hit it stands."""

    word: str
    """As it is typed."""
    places: list[Literal["name", "path", "comment", "body"]]
    """Empty if it stands nowhere in the hit. A docstring is a comment."""


@frozen
class TierOpinion:
    """What one way to search says of a hit."""

    tier: Literal["lexical", "instant", "deep"]
    strength: Literal["best", "strong", "fair", "weak", "none"]
    """How well it finds the hit, beside the hit that it finds best."""
    text: str
    """A sentence."""


@frozen
class Effect:
    """What one signal did to a hit's score."""

    signal: str
    value: float
    text: str
    """A sentence."""


@frozen
class Explanation:
    """Why a hit is where it is."""

    summary: str
    """One sentence."""
    tiers: list[TierOpinion]
    words: list[WordMatch]
    """The question's words that carry meaning, in their order; none for a question in code."""
    gained: list[Effect]
    """What raised the score beside the tiers, the most first."""
    lost: list[Effect]
    """What lowered the score, the most first."""


@frozen
class Hit:
    """A piece of code that answers a search."""

    uri: str
    range: Range
    score: float
    language: str
    preview: str
    """The code as it is in the file or in the open document."""
    stale: bool
    """Whether the file has changed and no longer has this code."""
    reasons: list[HitReason]
    """The signals that make up the score."""
    symbol: HitSymbol | None = None
    """The definition that the hit is in, if any."""
    line: int = 0
    """The 0-based line that says best what the hit is: to show and to go to. It may be the one that names the
    symbol, outside of `range`."""
    summary: str = ""
    """The code of `line`, with the rest of its parameters."""
    copies: list[HitCopy] = Factory(list)
    """Other places with the same code on disk."""
    explanation: Explanation | None = None
    """Set if the search asked for it."""


@frozen
class Coverage:
    """How much of the chunks each tier covers."""

    files: int = 0
    """Files in the index."""
    chunks: int = 0
    """Chunks in the index."""
    lexical: float = 0.0
    """The share of the chunks, from 0 to 1."""
    instant: float = 0.0
    """The share of the chunks, from 0 to 1."""
    deep: float = 0.0
    """The share of the chunks, from 0 to 1."""


@frozen
class Notice:
    """Something that the user should know about an answer."""

    text: str
    """One or more sentences."""
    query: str | None = None
    """A question to ask instead, if one is likely to be meant."""


@frozen
class LeftOutCount:
    """A reason for leaving files out of the index."""

    reason: str
    """The predicate of a sentence: "is ignored by git"."""
    count: int
    """How many files and folders it holds for."""


@frozen
class Shortfall:
    """Why a search has no good hits."""

    searched: str
    """A sentence: what was searched."""
    progress: str
    """A sentence: how far the index is."""
    left_out: list[LeftOutCount]
    """What is not in the index, the most frequent reason first."""
    unknown: list[str]
    """The words of the question that stand in no file."""
    outside: list[Hit]
    """Good hits that the filters keep out, the best first."""
    advice: str
    """A sentence: one thing to try."""
    instead: str | None = None
    """The question that the advice proposes, if it is another question."""


@frozen
class SearchResult:
    """The hits of a search."""

    hits: list[Hit]
    """The best one first."""
    coverage: Coverage
    """How much of the searched folders is indexed."""
    elapsed_ms: float
    """How long the search took, in milliseconds."""
    partial: bool = False
    """Whether a model is being loaded or has not read all of the first hits: ask again with `wait`."""
    notices: list[Notice] = Factory(list)
    """What became of the question, such as a filter that leaves no file."""
    weak: bool = False
    """Whether nothing matches the question well."""
    shortfall: Shortfall | None = None
    """Why, if the search asked for it and nothing matches well."""


@frozen
class CompleteParams:
    """Ask how the filter at the end of a question may go on."""

    query: str
    """The question up to where the user types."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""


@frozen
class Completion:
    """One way to complete a filter."""

    label: str
    """The filter, such as `lang:python`."""
    detail: str
    """What it leaves, such as `12 files`."""
    query: str
    """The question with the completed filter."""


@frozen
class CompleteResult:
    """The ways to complete a filter; none if the question does not end with one."""

    completions: list[Completion]
    """The most likely one first."""


@frozen
class CodePart:
    """Some code in the editor."""

    text_document: TextDocument
    range: Range
    """An empty range is the definition around it, or else its line."""
    text: str | None = None
    """The code, if the server does not have the document."""


@frozen
class CompareParams:
    """Compare two pieces of code by their meaning."""

    one: CodePart
    other: CodePart
    deep: bool = False
    """Ask the deep tier's model, which may take seconds, rather than the instant one."""


@frozen
class WordShare:
    """A word, and what it adds to a cosine."""

    start: int
    """Where it begins in its text, in UTF-16 units."""
    end: int
    share: float
    """Below 0 for a word that makes the pieces less alike."""


@frozen
class ComparedText:
    """One of two pieces of code that were compared."""

    text: str
    range: Range
    """Where it is in its document."""
    seen: int
    """How many UTF-16 units of it the model sees."""
    words: list[WordShare]
    """Its words in their order. Those that were not looked at are left out."""


@frozen
class CompareResult:
    """How alike two pieces of code are to one model."""

    model: str
    cosine: float
    """From -1 to 1."""
    percentile: float | None
    """The share of random pairs of the folder's chunks that are less alike, from 0 to 1."""
    chunks: int
    """How many chunks were paired."""
    lowest: float
    """Where the first bin of the histogram begins; the last one ends at 1."""
    histogram: list[int]
    """How many of the pairs have each cosine."""
    one: ComparedText
    other: ComparedText


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

    tier: Literal["instant", "deep", "rerank"]
    """The tier that uses the model."""
    name: str
    """The model's name."""
    state: Literal["loaded", "idle", "loading", "off", "error"]
    message: str | None = None
    """A sentence for the user, such as an error."""


@frozen
class StatusResult:
    """The state of all folders and models."""

    folders: list[FolderStatus]
    engine: EngineStatus | None
    """Null if no engine runs."""
    models: list[ModelStatus]


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


REQUESTS: dict[str, tuple[type, type]] = {
    "semlens/search": (SearchParams, SearchResult),
    "semlens/similar": (SimilarParams, SearchResult),
    "semlens/compare": (CompareParams, CompareResult),
    "semlens/complete": (CompleteParams, CompleteResult),
    "semlens/pack": (PackParams, PackResult),
    "semlens/context": (ContextParams, ContextResult),
    "semlens/reindex": (ReindexParams, Report),
    "semlens/status": (StatusParams, StatusResult),
    "semlens/tokens": (TokensParams, TokensResult),
    "semlens/showTokens": (ShowTokensParams, ShowTokensResult),
    "semlens/cost": (CostParams, CostResult),
    "semlens/count": (CountParams, CountResult),
    "semlens/definitions": (DefinitionsParams, DefinitionsResult),
    "semlens/hover": (HoverParams, HoverResult),
    "semlens/tokenizers": (TokenizersParams, TokenizersResult),
    "semlens/why": (WhyParams, WhyResult),
    "semlens/leftOut": (LeftOutParams, LeftOutResult),
    "semlens/splitCode": (SplitCodeParams, SplitCodeResult),
    "semlens/pause": (PauseParams, PauseResult),
}
"""Method → (params, result)."""

NOTIFICATIONS: dict[str, type] = {"semlens/statusChanged": FolderStatus}
"""Method → params, server to client."""
