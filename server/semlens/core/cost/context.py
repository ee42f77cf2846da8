"""Places in files as pieces of a prompt: the definitions around them, with their signatures and imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import CALLABLE, CLASS_LIKE, Definition
from semlens.core.cost.hovered import first_line, spoken_kind
from semlens.core.cost.requests import PackContext, Place
from semlens.core.cost.types import ContextPiece, PackedContext
from semlens.core.files.masking import without_secrets
from semlens.core.files.permission import Permission
from semlens.core.files.source import read_source
from semlens.core.pack.context import pack_context, tokens_alone
from semlens.core.pack.imports import Import, imports_of
from semlens.core.pack.pieces import Count, Part, Piece, Shown
from semlens.core.text.languages import LANGUAGES, TEXT, language_of
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

_MOST_OF_CLASS = 0.6
"""The share of a class from which a hit in it stands for all of it."""
_MOST_NAMES = 4
"""Definitions of one piece that are all named."""
_DOCUMENTED_ROWS = 3
"""Rows of a text without definitions that stand for it."""


class Contexts:
    """Packs prompts, and keeps the last texts and counts: while a user chooses, most of them come again."""

    def __init__(self, library: TokenizerLibrary) -> None:
        self._library = library
        self._counts: dict[str, Count] = {}
        self._files = lru_cache(maxsize=_CACHED_TEXTS)(_read_file)

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
        file = self._files(place.path, text)
        if place.start_line > len(file.lines):
            return None
        return _piece_of(file, place)


def _shown(place: Place, piece: Piece | None, part: Part | None, count: Count) -> ContextPiece:
    if piece is None:
        return ContextPiece(place.start_line, place.end_line, "", 0, Shown.NONE, 0)
    last = piece.start_line + len(piece.lines) - 1
    if part is None:
        return ContextPiece(piece.start_line, last, piece.name, tokens_alone(piece, count), Shown.NONE, 0)
    return ContextPiece(piece.start_line, last, piece.name, part.whole_tokens, part.shown, part.tokens)


@dataclass(frozen=True, slots=True)
class _File:
    """A text with what a grammar finds in it."""

    language: str
    lines: tuple[str, ...]
    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]


def _text_on_disk(root: str, path: RelativePath, encoding: str) -> str | None:
    source = read_source(Path(root), path, MAX_BYTES, encoding, Permission.PATH)
    return None if isinstance(source, Skipped) else source.written


def _read_file(path: RelativePath, text: str) -> _File:
    masked = without_secrets(text)
    name = language_of(path, text) or TEXT
    language = LANGUAGES.get(name)
    lines = tuple(masked.split("\n"))
    if language is None or language.prose:
        return _File(name, lines, (), ())
    found = tuple(find_structure(masked, language).walk())
    inside = {row for one in found if one.kind in CALLABLE for row in range(one.line, one.end + 1)}
    imports = imports_of(lines, inside) if language.grammar else ()
    return _File(name, lines, tuple(one for one in found if one.kind != "scope"), imports)


def _piece_of(file: _File, place: Place) -> Piece:
    start, end = place.start_line - 1, min(place.end_line, len(file.lines)) - 1
    around = None if place.exact else _definition_at(file, start, end)
    if around is not None:
        start, end = first_line(around, file.lines), around.end
    elif not place.exact:
        start, end = _with_whole_functions(file, start, end)
    while start < end and not file.lines[end].strip():
        end -= 1
    while start < end and not file.lines[start].strip():
        start += 1
    names = [around] if around else _outermost(file, start, end)
    return Piece(
        path=place.shown or place.path,
        language="" if file.language == TEXT else file.language,
        start_line=start + 1,
        lines=file.lines[start : end + 1],
        signature=tuple(row - start for row in _signature(file, start, end)),
        name=", ".join(_name(one, file) for one in names) if len(names) <= _MOST_NAMES else "",
        imports=file.imports,
        first=place.first,
    )


def _definition_at(file: _File, start: int, end: int) -> Definition | None:
    """The innermost definition that has all these rows; none if they are a small part of a class."""
    around = [one for one in file.definitions if one.start <= start and end <= one.end]
    if not around:
        return None
    innermost = around[-1]
    rows = end - start + 1
    is_small_part = rows < _MOST_OF_CLASS * (innermost.end - innermost.start + 1)
    return None if innermost.kind in CLASS_LIKE and is_small_part and rows > 1 else innermost


def _with_whole_functions(file: _File, start: int, end: int) -> tuple[int, int]:
    """The rows with all of a function that they begin or end in."""
    functions = [one for one in file.definitions if one.kind in CALLABLE]
    begun = [one.start for one in functions if one.start < start <= one.end]
    ended = [one.end for one in functions if one.start <= end < one.end]
    return min([start, *begun]), max([end, *ended])


def _signature(file: _File, start: int, end: int) -> Sequence[int]:
    """The rows of the signatures of the definitions in these rows; without one, the first rows."""
    inside = [one for one in file.definitions if start <= one.line and one.end <= end]
    rows = {row for one in _outer(inside) for row in range(first_line(one, file.lines), one.header_end + 1)}
    rows &= set(range(start, end + 1))
    return sorted(rows) or range(start, min(start + _DOCUMENTED_ROWS, end + 1))


def _outer(definitions: Sequence[Definition]) -> Iterator[Definition]:
    """Those that lie in no function: what a function defines is a part of its body."""
    body_until = -1
    for one in definitions:
        if one.line > body_until:
            yield one
            if one.kind not in CLASS_LIKE:
                body_until = one.end


def _name(definition: Definition, file: _File) -> str:
    return f"{spoken_kind(definition, file.lines, file.language)} {definition.path}"


def _outermost(file: _File, start: int, end: int) -> list[Definition]:
    """The definitions in these rows that lie in no other one there."""
    inside = [*_outer([one for one in file.definitions if start <= one.line and one.end <= end])]
    return [one for one in inside if one.parent is None or one.parent not in inside]
