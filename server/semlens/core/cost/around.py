"""The code around some lines of a file, as a piece: a whole definition, its signature, the file's imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import CALLABLE, CLASS_LIKE, Definition
from semlens.core.cost.hovered import first_line, spoken_kind
from semlens.core.files.masking import without_secrets
from semlens.core.pack.imports import Import, imports_of
from semlens.core.pack.pieces import Piece
from semlens.core.text.languages import LANGUAGES, TEXT, language_of
from semlens.types import RelativePath

_MOST_OF_CLASS = 0.6
"""The share of a class from which a hit in it stands for all of it."""
_MOST_NAMES = 4
"""Definitions of one piece that are all named."""
_DOCUMENTED_ROWS = 3
"""Rows of a text without definitions that stand for it."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A text with what a grammar finds in it."""

    language: str
    lines: tuple[str, ...]
    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]


def parse_file(path: RelativePath, text: str, named: str = "") -> ParsedFile:
    """A text of a file, without secrets, with its definitions and imports.

    :param named: its language, if the path does not tell it
    """
    masked = without_secrets(text)
    name = named or language_of(path, text) or TEXT
    language = LANGUAGES.get(name)
    lines = tuple(masked.split("\n"))
    if language is None or language.prose:
        return ParsedFile(name, lines, (), ())
    found = tuple(find_structure(masked, language).walk())
    inside = {row for one in found if one.kind in CALLABLE for row in range(one.line, one.end + 1)}
    imports = imports_of(lines, inside) if language.grammar else ()
    return ParsedFile(name, lines, tuple(one for one in found if one.kind != "scope"), imports)


def piece_around(
    file: ParsedFile, path: str, lines: range, *, exact: bool = False, first: bool = False
) -> Piece:
    """The definition that has some lines of a file, by their numbers; those lines alone if `exact`.

    :param path: as the piece shows it
    :param first: see `Piece`
    """
    start, end = lines.start - 1, min(lines.stop - 1, len(file.lines)) - 1
    around = None if exact else _definition_at(file, start, end)
    if around is not None:
        start, end = first_line(around, file.lines), around.end
    elif not exact:
        start, end = _with_whole_functions(file, start, end)
    while start < end and not file.lines[end].strip():
        end -= 1
    while start < end and not file.lines[start].strip():
        start += 1
    names = [around] if around else _outermost(file, start, end)
    return Piece(
        path=path,
        language="" if file.language == TEXT else file.language,
        start_line=start + 1,
        lines=file.lines[start : end + 1],
        signature=tuple(row - start for row in _signature(file, start, end)),
        name=", ".join(_name(one, file) for one in names) if len(names) <= _MOST_NAMES else "",
        imports=file.imports,
        first=first,
    )


def _definition_at(file: ParsedFile, start: int, end: int) -> Definition | None:
    """The innermost definition that has all these rows; none if they are a small part of a class."""
    around = [one for one in file.definitions if one.start <= start and end <= one.end]
    if not around:
        return None
    innermost = around[-1]
    rows = end - start + 1
    is_small_part = rows < _MOST_OF_CLASS * (innermost.end - innermost.start + 1)
    return None if innermost.kind in CLASS_LIKE and is_small_part and rows > 1 else innermost


def _with_whole_functions(file: ParsedFile, start: int, end: int) -> tuple[int, int]:
    """The rows with all of a function that they begin or end in."""
    functions = [one for one in file.definitions if one.kind in CALLABLE]
    begun = [one.start for one in functions if one.start < start <= one.end]
    ended = [one.end for one in functions if one.start <= end < one.end]
    return min([start, *begun]), max([end, *ended])


def _signature(file: ParsedFile, start: int, end: int) -> Sequence[int]:
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


def _name(definition: Definition, file: ParsedFile) -> str:
    return f"{spoken_kind(definition, file.lines, file.language)} {definition.path}"


def _outermost(file: ParsedFile, start: int, end: int) -> list[Definition]:
    """The definitions in these rows that lie in no other one there."""
    inside = [*_outer([one for one in file.definitions if start <= one.line and one.end <= end])]
    return [one for one in inside if one.parent is None or one.parent not in inside]
