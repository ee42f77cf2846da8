"""The engine's request to measure search on a user's own code."""

from __future__ import annotations

from typing import ClassVar, Literal

from attrs import Factory, frozen

from semlens.protocol.request import LongRequest

QuestionSource = Literal["docstrings", "history"]
"""Docstrings of functions, or the messages of the folder's commits in git."""


@frozen
class Interval:
    """The middle 95 % of what a figure is when questions are drawn anew."""

    low: float
    high: float


@frozen
class BenchResult:
    """How well some tiers find the answers."""

    tiers: str
    """A name, such as `lexical+instant`."""
    model: str | None
    """None for tiers without a transformer."""
    mrr: float
    """The mean reciprocal rank, from 0 to 1."""
    recall_at_1: float
    """The share of questions whose answer is the first hit, from 0 to 1."""
    recall_at_5: float
    recall_at_10: float
    mrr_interval: Interval
    recall_at_1_interval: Interval
    recall_at_5_interval: Interval
    recall_at_10_interval: Interval


@frozen
class BenchTrial:
    """The figures of one model."""

    model: str
    chunks: int
    seconds: float
    """Spent on embedding."""
    results: list[BenchResult]
    problem: str | None = None
    """A sentence that says why figures are missing."""


@frozen
class BenchDifference:
    """Two ways to search, compared question by question."""

    tiers: str
    model: str | None
    other_tiers: str
    other_model: str | None
    mrr: float
    """By how much the first has the higher mean reciprocal rank."""
    interval: Interval
    within_chance: bool
    """Whether the interval has 0 in it: then these questions do not tell which one is better."""


@frozen
class BenchAnswer:
    questions: int
    files: int
    seed: int
    trials: list[BenchTrial]
    """One for each model, the bundled one first."""
    differences: list[BenchDifference] = Factory(list)
    source: QuestionSource = "docstrings"


@frozen
class Bench(LongRequest[BenchAnswer]):
    """Measure how well models find the code of a folder, with questions whose answers are known."""

    method: ClassVar[str] = "bench"
    folder: str
    questions: int
    """The most questions."""
    files: int
    """The most files, drawn at random."""
    seed: int
    seconds: float
    """The most seconds for each model to embed."""
    models: list[str] = Factory(list)
    """Models besides the bundled one, by the absolute path of their folder."""
    source: QuestionSource = "docstrings"
