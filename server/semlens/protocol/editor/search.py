"""Questions and their answers, and the completion of filters."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.hits import Hit
from semlens.protocol.editor.places import Range, TextDocument

QueryKind = Literal["auto", "text", "code", "symbol"]


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
    tiers: list[Literal["lexical", "instant", "deep", "second", "image"]] = Factory(list)
    """The ways to search that answer; all together if empty."""
    wait: bool = False
    """Wait some seconds for a model to load rather than answer without it."""
    explain: bool = False
    """Say why each hit is where it is, and why nothing matches if nothing does."""


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
    shared: float = 0.0
    """The share that the index on the team's server has, as a sample of the chunks says; 0 without one."""
    second: float | None = None
    """The share that the second model has read; null without one."""


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
    """A sentence: how far the index is; empty if it is as far as it will be, and nothing was searched."""
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
    source: Range | None = None
    """Of a search for similar code: the lines that the hits are like."""


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
