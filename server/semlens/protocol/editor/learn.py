"""What a learner sees of models on the user's own code: their networks, their speed, a word in context."""

from __future__ import annotations

from attrs import frozen


@frozen
class NetworksParams:
    """Ask what the models of a folder are made of."""

    folder: str
    """The URI of a workspace folder."""


@frozen
class Network:
    """A model, as its files describe it. What they do not say is null."""

    name: str
    deep: bool
    """Whether it is the transformer of the deep tier; else it is the table of the instant tier."""
    parameters: int
    """The numbers that it has learned."""
    table: int
    """Those of them that are the table of its vocabulary."""
    dimension: int
    """How many numbers are the vector of a text."""
    vocabulary: int
    """How many different tokens it knows."""
    tokenizer: str
    """The strategy of its tokenizer, such as WordPiece."""
    pooling: str
    """How the vectors of tokens become that of a text: `mean`, `cls`, `sum` …"""
    size: int
    """Bytes of its files."""
    layers: int | None = None
    heads: int | None = None
    """Of attention, in each layer."""
    window: int | None = None
    """The most tokens that it reads at once; null for any number."""
    licence: str | None = None


@frozen
class NetworksResult:
    """The models that answer for a folder."""

    networks: list[Network]
    """The instant tier's first."""
    chunks: int
    """How many chunks of the folder they read."""
    split: int
    """How many definitions are too long for the transformer to read at once, and are several chunks."""


@frozen
class SpeedParams:
    """Measure how fast a model reads chunks of a folder now, on this machine."""

    folder: str
    """The URI of a workspace folder."""
    deep: bool
    """The transformer, which may have to be loaded first; else the instant tier's table."""


@frozen
class SpeedResult:
    """What a model read in a short time."""

    chunks: int
    """How many chunks, drawn at random."""
    tokens: int
    """How many tokens they have."""
    seconds: float


@frozen
class WordInContextParams:
    """Compare the vectors of one word in several sentences."""

    folder: str
    """The URI of a workspace folder, whose models are asked."""
    word: str
    texts: list[str]
    """The sentences, two or more."""


@frozen
class WordInTwo:
    """How alike the vectors of a word are in two sentences, as cosines."""

    one: int
    """The place of a sentence among those asked for."""
    other: int
    static: float
    """To the instant tier's table."""
    layers: list[float]
    """To the transformer: what goes into its first layer, then what comes out of each."""


@frozen
class WordInContextResult:
    """One word in several sentences."""

    pairs: list[WordInTwo]
    """Each two sentences that have the word."""
    missing: list[int]
    """The sentences that do not have it."""
