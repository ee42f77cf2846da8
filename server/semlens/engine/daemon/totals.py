"""Totals over folders and over processes."""

from __future__ import annotations

from collections.abc import Callable

import psutil

from semlens.types import Coverage


def together(parts: list[Coverage]) -> Coverage:
    """The coverage of several folders as one."""
    chunks = sum(part.chunks for part in parts)
    if not chunks:
        return parts[0] if parts else Coverage()

    def mean(share: Callable[[Coverage], float]) -> float:
        return sum(share(part) * part.chunks for part in parts) / chunks

    any_second = any(part.second is not None for part in parts)
    return Coverage(
        sum(part.files for part in parts),
        chunks,
        mean(lambda part: part.lexical),
        mean(lambda part: part.instant),
        mean(lambda part: part.deep),
        mean(lambda part: part.shared),
        mean(lambda part: 1.0 if part.second is None else part.second) if any_second else None,
    )


def memory() -> int:
    """Bytes resident in the engine and its encoder."""
    engine = psutil.Process()
    total = engine.memory_info().rss
    for child in engine.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.Error:
            continue
    return int(total)
