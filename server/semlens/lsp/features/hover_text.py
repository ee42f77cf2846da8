"""What a hover says of the tokens of some code, as Markdown: one line, or a table of all tokenizers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from semlens.core.cost.types import TextCost, TokenCount
from semlens.settings import Settings

_UNBROKEN = "\N{NO-BREAK SPACE}"
_DECIMALS = 2
"""Digits after the point, of an amount of money."""

Say = Callable[[str], str]
"""Says an English text in the language of the editor."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The code that a hover speaks of."""

    kind: str
    """Such as function, or selection."""
    name: str
    """Empty for a selection."""
    lines: int
    cost: TextCost


def hover_text(subject: Subject, settings: Settings, say: Say = str) -> str:
    """What the settings want to be said."""
    return details(subject, settings, say) if settings.hover == "full" else summary(subject, say)


def summary(subject: Subject, say: Say = str) -> str:
    """One line, because the language's own hover is there too: the code, and what models bill."""
    counts = subject.cost.counts
    billed = next((one for one in [*counts[1:], *counts] if not one.problem), None)  # at worst, the model's
    problems = "".join(f" · {say(one.problem)}" for one in counts if one.problem)
    if billed is None:
        return f"{_title(subject, say)}{problems}"
    tokens = say("1 token" if billed.tokens == 1 else f"{billed.tokens:,} tokens")
    return f"{_title(subject, say)} · {tokens} ({_plain(billed.tokenizer)}){problems}"


def details(subject: Subject, settings: Settings, say: Say = str) -> str:
    """The code, its tokens in each tokenizer, and how the embedding model sees it."""
    asked = (settings.model, *settings.tokenizers)
    counts = subject.cost.counts
    counted = [pair for pair in zip(counts, asked, strict=True) if not pair[0].problem]
    rows = [_cells(count, name, settings, say) for count, name in counted]
    heads = [say(head) for head in ("tokenizer", "tokens", "special", "of its window", "price")]
    shown = [column for column in range(len(heads)) if column < 2 or any(row[column] for row in rows)]
    table = [_spaced([row[column] for column in shown]) for row in [heads, *rows]]
    table.insert(1, ["---", *["---:"] * (len(shown) - 1)])
    lines_of_code = say("1 line" if subject.lines == 1 else f"{subject.lines:,} lines")
    title = f"{_title(subject, say)} · {lines_of_code}"
    problems = (part for count in counts if count.problem for part in ("", say(count.problem)))
    seen = [] if counts[0].problem else ["", say(_seen(subject.cost))]
    lines = [title, "", *(f"| {' | '.join(row)} |" for row in table), *seen, *problems]
    return "\n".join(lines)


def _spaced(row: list[str]) -> list[str]:
    """Cells in one line each, that do not touch each other where editors draw tables without space.

    An entity, because space at the beginning of a cell is left out.
    """
    whole = [cell.replace(" ", _UNBROKEN) for cell in row]
    return [*whole[:2], *(f"&nbsp;&nbsp;{cell}" for cell in whole[2:])]


def _cells(count: TokenCount, asked: str, settings: Settings, say: Say) -> list[str]:
    """A row of the table; an empty cell where nothing is known."""
    special = "" if count.special is None else f"+{count.special}"
    billed = count.tokens + (count.special or 0)
    price = _set_for(settings.token_prices, asked, count.tokenizer)
    cost = "" if price is None else _price(billed * price / 1_000_000)
    share = say(_share(count, billed, asked, settings))
    return [_plain(count.tokenizer), say(f"{count.tokens:,}"), special, share, cost]


def _share(count: TokenCount, tokens: int, asked: str, settings: Settings) -> str:
    """How much of the model's window `tokens` take, and which window it is."""
    chosen = _set_for(settings.token_windows, asked, count.tokenizer)
    window = chosen or count.window
    if not window:
        return ""
    share = tokens / window
    percent = "< 0.1%" if 0 < share < 0.001 else f"{share:.1%}" if share < 0.1 else f"{share:,.0%}"
    if count.window_of and chosen is None:
        return f"{percent} of {window:,.0f} ({count.window_of})"
    return f"{percent} of {window:,.0f}"


def _set_for(values: Mapping[str, float], *names: str) -> float | None:
    return next((values[name] for name in names if name in values), None)


def _price(amount: float) -> str:
    """An amount with two digits after the point, or as many as its first two digits need."""
    places = _DECIMALS if amount <= 0 else max(_DECIMALS, 1 - math.floor(math.log10(amount)))
    return f"{amount:,.{places}f}"


def _seen(cost: TextCost) -> str:
    """How the embedding model sees a text, in a sentence."""
    model = cost.counts[0]
    name = _plain(model.tokenizer)
    if cost.truncated:
        return f"{name} sees {cost.chunks:,} pieces here, but not the end of a very long line."
    if cost.chunks <= 1:
        return f"{name} sees it whole."
    return f"{name} takes {model.limit:,} tokens at once: it sees this in {cost.chunks:,} pieces."


def _title(subject: Subject, say: Say) -> str:
    return f"**Semlens** · {say(subject.kind)}{' ' if subject.name else ''}{_code(subject.name)}"


def _code(text: str) -> str:
    """`text` as it is, in a monospaced font: nothing in it is Markdown, whatever it holds."""
    if not text:
        return ""
    text = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _plain(text: str) -> str:
    """A tokenizer's name: a bar would end the cell of a table."""
    return text.replace("|", "\\|")
