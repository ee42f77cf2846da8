"""How well models find the user's own code, by questions whose answers are known."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen


@frozen
class BenchParams:
    """Measure the ways to search a folder, and models for it. Nothing is switched."""

    folder: str
    """The URI of a workspace folder."""
    source: Literal["docstrings", "history"] = "docstrings"
    """Docstrings of functions, or the messages of the folder's commits in git."""
    models: list[str] = Factory(list)
    """Models besides the bundled one, by the absolute path of their folder or their name."""
    questions: int = 200
    """The most questions."""
    files: int = 150
    """The most files, drawn at random."""
    seconds: float = 120.0
    """The most seconds for each model to embed."""
    work_done_token: str | int | None = None
    """The token for reports of progress."""


@frozen
class Measured:
    """A figure, and the middle 95 % of what it is when questions are drawn anew."""

    mean: float
    low: float
    high: float


@frozen
class BenchRow:
    """How well one way to search finds the answers."""

    tiers: str
    """Such as `lexical+instant`."""
    mrr: Measured
    """The mean reciprocal rank, from 0 to 1."""
    first: Measured
    """The share of questions whose answer is the first hit, from 0 to 1."""
    in_five: Measured
    model: str | None = None
    """Null for tiers without a transformer."""
    seconds: float | None = None
    """Spent on embedding, if that was measured for this row."""


@frozen
class BenchPair:
    """Two ways to search, compared question by question."""

    tiers: str
    other_tiers: str
    mrr: Measured
    """By how much the first has the higher mean reciprocal rank."""
    within_chance: bool
    """Whether the interval has 0 in it: then these questions do not tell which one is better."""
    model: str | None = None
    other_model: str | None = None


@frozen
class BenchResult:
    """How well models find the folder's code."""

    questions: int
    files: int
    chunks: int
    rows: list[BenchRow]
    pairs: list[BenchPair]
    problems: list[str]
    """Sentences that say why figures of a model are missing."""
