"""Packed outlines of files and folders. What an answer leaves out, of files or of one file, is its rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from semlens.core.pack.passages import outline_id
from semlens.core.pack.types import Packed, Passage
from semlens.core.search.symbols import OutlineFile
from semlens.core.text.words import without_surrogates
from semlens.engine.daemon.packed_answers import Wanted, nothing_at, pack_within, relative, unread_in
from semlens.engine.workspace.why import indexed_at
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.agents import PackedAnswer
from semlens.types import RelativePath, whole_path

OUTLINE_FILES = 200
"""Files in one answer."""

_File = tuple[Workspace, RelativePath]


def of_outline(name: str, places: Sequence[_File], wanted: Wanted) -> PackedAnswer:
    """The definitions of a file, or of the files of folders, but for those that earlier answers had.

    `shown` has the ids of files that are shown whole, and of others that of each definition that is shown.

    :param name: what a client calls the places
    :raises FolderError: nothing there is indexed
    """
    unread = unread_in(workspace for workspace, _ in places)
    files = _files(places)
    if not files:
        raise nothing_at(name, unread, "; why_not_indexed says why.")
    root = wanted.packing.root or str(places[0][0].root)
    delivered = frozenset(wanted.packing.delivered)
    left = [(one, *file) for one, file in files.items() if one not in delivered]
    passages: list[Passage] = []
    for one, workspace, path in left[:OUTLINE_FILES]:
        outline = workspace.handle.searcher.outline(path, as_indexed=(workspace, path) not in places)
        passages.append(_passage(one, workspace, outline, root, delivered))
    notes = unread
    if not any(line.strip() for passage in passages for line in passage.lines):
        notes.append("Nothing is left." if delivered else "No definitions are known here: read the file.")
    return _with_rest(pack_within(passages, len(left), notes, root, wanted), passages)


def _files(places: Sequence[_File]) -> Mapping[str, _File]:
    """The id of each indexed file at or below some places → the file; one folder may lie in another."""
    found: dict[str, _File] = {}
    for workspace, place in places:
        for path in indexed_at(workspace.index, place):
            found.setdefault(outline_id(whole_path(str(workspace.root), path)), (workspace, path))
    return found


def _passage(
    file_id: str, workspace: Workspace, file: OutlineFile, root: str, delivered: Collection[str]
) -> Passage:
    """A file whose lines are blank but for those that name definitions which no earlier answer had."""
    named = {line: text for line, text in file.lines.items() if _line_id(file_id, line) not in delivered}
    lines = tuple(without_surrogates(named.get(line, "")) for line in range(1, file.last + 1))
    rows = tuple(line - 1 for line in named)
    return Passage(
        id=file_id,
        path=relative(root, str(workspace.root), file.path),
        start_line=1,
        lines=lines,
        name_row=rows[0] if rows else 0,
        header=tuple(line - 1 for line in file.outer if line in named) or rows[:1] or (0,),
        telling=(),
        goes_on=True,
    )


def _with_rest(packed: Packed, passages: Sequence[Passage]) -> PackedAnswer:
    """The answer, whose rest has the files that are shown in part."""
    of_id = {passage.id: passage for passage in passages}
    shown: list[str] = []
    rest = packed.rest
    for file_id, numbers in zip(packed.shown, packed.lines, strict=True):
        passage = of_id[file_id]
        rows = [number - passage.start_line for number in numbers]
        if passage.is_cut(rows):
            named = [row for row in rows if passage.lines[row].strip()] or [
                passage.name_row
            ]  # too long to show
            shown += [_line_id(file_id, passage.number(row)) for row in named]
            rest += 1
        else:
            shown.append(file_id)
    return PackedAnswer(packed.text, packed.structured, packed.tokens, shown, rest)


def _line_id(file: str, line: int) -> str:
    """A name for the line of a file's outline."""
    return f"{file}:{line}"
