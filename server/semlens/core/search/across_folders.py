"""The hits of several folders as one list. One of the folders may lie in another, and have the same files."""

from __future__ import annotations

from collections.abc import Iterable

from semlens.types import Hit, whole_path


def each_place_once(hits: Iterable[Hit]) -> list[Hit]:
    """The hits, best first, without those of places that a better hit of another folder shows or names.

    Of two hits of one place, the first gives the rank, and the one with more copies is kept.
    """
    kept: list[Hit] = []
    shown: dict[tuple[str, int], int] = {}
    for hit in hits:
        at = shown.get((hit.file, hit.start_line))
        if at is None or kept[at].folder == hit.folder:
            at = len(kept)
            kept.append(hit)
        elif hit.file == kept[at].file and len(hit.copies) > len(kept[at].copies):
            kept[at] = hit
        else:
            continue
        for place in _places(hit):
            shown.setdefault(place, at)
    return kept


def _places(hit: Hit) -> list[tuple[str, int]]:
    copies = ((whole_path(hit.folder, copy.path), copy.start_line) for copy in hit.copies)
    return [(hit.file, hit.start_line), *copies]
