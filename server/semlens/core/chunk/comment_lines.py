"""The comments of a file without a grammar, those that belong to the heading below them, and their words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from semlens.core.chunk.docstrings import plain_comment
from semlens.core.text.languages import Language


def comment_rows(lines: Sequence[str], language: Language) -> frozenset[int]:
    """The rows (0-based) that hold nothing but a comment. A block that never ends is no comment."""
    rows: set[int] = set()
    unclosed: set[str] = set()
    row = 0
    while row < len(lines):
        last = row if _is_line_comment(lines[row], language) else _block_end(lines, row, language, unclosed)
        if last is not None:
            rows.update(range(row, last + 1))
            row = last
        row += 1
    return frozenset(rows)


def rows_above(
    lines: Sequence[str], comments: Collection[int], language: Language, line: int, floor: int
) -> tuple[int, ...]:
    """The rows of the comments right above `line`, in order, below the row `floor`.

    One blank line may stand between, and lines that prepare a definition: `.PHONY` in a makefile,
    `DROP … IF EXISTS` in SQL.
    """
    found: list[int] = []
    blank = False
    for row in range(line - 1, floor, -1):
        if row in comments:
            found.append(row)
        elif not lines[row].strip() and not found and not blank:
            blank = True
        elif not (language.between and re.match(language.between, lines[row])):
            break
    return tuple(reversed(found))


def comment_text(lines: Iterable[str], language: Language) -> str:
    """The words of a comment without its markers."""
    marker = re.compile(rf"\A\s*(?:{language.line_comment})" if language.line_comment else r"(?!)")
    return plain_comment("\n".join(marker.sub("", line, count=1) for line in lines))


def _is_line_comment(line: str, language: Language) -> bool:
    return bool(language.line_comment) and re.match(rf"\s*(?:{language.line_comment})", line) is not None


def _block_end(lines: Sequence[str], row: int, language: Language, unclosed: set[str]) -> int | None:
    """The last row of the block comment that begins at `row`, or None.

    `unclosed` collects the closers that do not come again, so that each is looked for once.
    """
    for opener, closer in language.block_comments:
        opened = re.match(rf"\s*{opener}", lines[row])
        if not opened or closer in unclosed:
            continue
        for last in range(row, len(lines)):
            closed = re.search(closer, lines[last][opened.end() if last == row else 0 :])
            if closed:
                after = lines[last][(opened.end() if last == row else 0) + closed.end() :]
                return last if not after.strip() else last - 1 if last > row else None
        unclosed.add(closer)
    return None
