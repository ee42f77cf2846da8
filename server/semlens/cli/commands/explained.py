"""Why a hit is there, and why nothing matches, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from semlens.cli.paths import from_here
from semlens.core.text.printable import one_line
from semlens.types import Explanation, Shortfall

_INDENT = "    "
_PLACES = {
    "name": "its name",
    "path": "its path",
    "comment": "its comments",
    "body": "its code",
    "text": "its text",
}


def explanation_text(explanation: Explanation) -> str:
    """Why a hit is where it is."""
    lines = [explanation.summary, " ".join(tier.text for tier in explanation.tiers)]
    for word in explanation.words:
        if word.places:
            lines.append(f"“{word.word}” is in {', '.join(_PLACES[place] for place in word.places)}.")
    missing = [f"“{word.word}”" for word in explanation.words if not word.places]
    if missing:
        lines.append(f"Not here: {', '.join(missing)}.")
    lines += [f"+ {one.text}" for one in explanation.gained]
    lines += [f"- {one.text}" for one in explanation.lost]
    return "".join(f"{_INDENT}{line}\n" for line in lines)


def shortfall_text(shortfall: Shortfall) -> str:
    """Why nothing matches."""
    return "\n".join(_shortfall_lines(shortfall))


def _shortfall_lines(shortfall: Shortfall) -> Iterator[str]:
    yield shortfall.searched
    if shortfall.progress:
        yield shortfall.progress
    if shortfall.left_out:
        counts = "; ".join(f"{left.count:,} × {left.reason}" for left in shortfall.left_out)
        yield f"Left out: {counts}."
    if shortfall.unknown:
        words = ", ".join(f"“{word}”" for word in shortfall.unknown)
        yield f"In no file: {words}."
    if shortfall.outside:
        yield "Outside of what was searched:"
    for hit in shortfall.outside:
        place = one_line(from_here(Path(hit.folder) / hit.path))
        yield f"{_INDENT}{place}:{hit.line or hit.start_line}  {hit.summary}"
    yield f"Try: {shortfall.advice}"
