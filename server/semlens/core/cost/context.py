"""Places in files as a prompt: the code around them within a budget."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from semlens.core.cost.around import parse_file, piece_around
from semlens.core.cost.requests import PackContext, Place
from semlens.core.cost.types import ContextPiece, PackedContext
from semlens.core.files.permission import Permission
from semlens.core.files.source import read_source
from semlens.core.pack.context import pack_context, tokens_alone
from semlens.core.pack.pieces import Count, Part, Piece, Shown
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.errors import UsageError
from semlens.settings import DEFAULT_TOKENIZER
from semlens.types import RelativePath, Skipped

MAX_BYTES = 16 * 1024 * 1024
"""Of a file on the disk."""

_CACHED_TEXTS = 256
_CACHED_COUNTS = 8192
_CACHED_LETTERS = 20_000
"""A longer text is counted anew."""


class Contexts:
    """Packs prompts, and keeps the last texts and counts: while a user chooses, most of them come again."""

    def __init__(self, library: TokenizerLibrary) -> None:
        self._library = library
        self._counts: dict[str, Count] = {}
        self._files = lru_cache(maxsize=_CACHED_TEXTS)(parse_file)

    def packed(self, request: PackContext) -> PackedContext:
        """As much of the chosen places as fits. Raises `UsageError` and `ModelError`."""
        if request.max_tokens < 1:
            raise UsageError("The budget must be at least one token.")
        name = request.tokenizer or DEFAULT_TOKENIZER
        count = self._count(name)
        on_disk = lru_cache(maxsize=None)(_text_on_disk)  # of one request: files may change between two
        found = [self._piece(place, on_disk) for place in request.places]
        chosen = [at for at, place in enumerate(request.places) if place.chosen and found[at] is not None]
        context = pack_context([one for at in chosen if (one := found[at])], request.max_tokens, count)
        parts = dict(zip(chosen, context.parts, strict=True))
        pieces = [
            _shown(place, piece, parts.get(at), count)
            for at, (place, piece) in enumerate(zip(request.places, found, strict=True))
        ]
        here = [one.name for one in self._library.listed() if one.here]
        return PackedContext(context.text, context.tokens, self._library.named(name).name, pieces, here)

    def _count(self, name: str) -> Count:
        if name not in self._counts:
            tokenizer = self._library.named(name)
            cached = lru_cache(maxsize=_CACHED_COUNTS)(tokenizer.count)
            self._counts[name] = lambda text: (
                cached(text) if len(text) <= _CACHED_LETTERS else tokenizer.count(text)
            )
        return self._counts[name]

    def _piece(self, place: Place, on_disk: Callable[[str, RelativePath, str], str | None]) -> Piece | None:
        """The piece at a place; None if its file cannot be read, or is shorter now."""
        text = on_disk(place.root, place.path, place.encoding) if place.text is None else place.text
        if text is None:
            return None
        file = self._files(place.path, text, place.language)
        if place.start_line > len(file.lines):
            return None
        lines = range(place.start_line, place.end_line + 1)
        return piece_around(file, place.shown or place.path, lines, exact=place.exact, first=place.first)


def _shown(place: Place, piece: Piece | None, part: Part | None, count: Count) -> ContextPiece:
    if piece is None:
        return ContextPiece(place.start_line, place.end_line, "", 0, Shown.NONE, 0)
    last = piece.start_line + len(piece.lines) - 1
    if part is None:
        return ContextPiece(piece.start_line, last, piece.name, tokens_alone(piece, count), Shown.NONE, 0)
    return ContextPiece(piece.start_line, last, piece.name, part.whole_tokens, part.shown, part.tokens)


def _text_on_disk(root: str, path: RelativePath, encoding: str) -> str | None:
    source = read_source(Path(root), path, MAX_BYTES, encoding, Permission.PATH)
    return None if isinstance(source, Skipped) else source.written
