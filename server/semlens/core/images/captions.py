"""What a text says of an image at the place where it uses it: alt text, caption, comment, name, heading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

MOST_CHARACTERS: Final = 300
"""Of what is said at one place."""

_BESIDE: Final = 300
"""Characters of the line before and behind a path that are looked at."""
_NEAR: Final = 4
"""Lines around a path in which its tag, its caption or its comment stands."""
_OPTIONS: Final = 12
"""Lines of a directive of reStructuredText."""
_ABOVE: Final = 40
"""Lines above a path in which its heading stands."""

_ALT: Final = re.compile(r"\[([^\[\]]*)\]\(\s*<?$")
"""Of `![alt](path)`, or the text of a link."""
_TITLE: Final = re.compile(r"^\S*\s+[\"'(]([^\"'()]+)[\"')]")
"""Of `![alt](path "title")`."""
_LABEL: Final = re.compile(r"^\s{0,3}\[([^\[\]]+)\]:\s*<?$")
"""Of `[label]: path`."""
_LABELLED: Final = re.compile(r"!?\[([^\[\]]+)\]\[([^\[\]]*)\]")
"""`![alt][label]`."""
_ATTRIBUTE: Final = re.compile(
    r"\b(?:alt|title|aria-label|caption)\s*[=:]\s*\{?\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)", re.IGNORECASE
)
_DIRECTIVE: Final = re.compile(r"(?:image:|(?:image|figure|thumbnail)::)\s*$")
_OPTION: Final = re.compile(r"^\s+:(?:alt|caption|title):\s*(.+)$")
_IN_BRACKETS: Final = re.compile(r"^\[([^\[\],\]]+)")
"""Of AsciiDoc's `image::path[alt]`."""
_CAPTION: Final = re.compile(
    r"^\s*(?:<figcaption[^<>]*>|\\caption\{|[*_]{1,2}(?=[^\s*_])|(?:figure|fig\.|image|abbildung|abb\.|图)\s*\d)",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(r"^\s{0,3}(?:#{1,6}|={1,5}|<h[1-6][^<>]*>)\s*(?=[^\s#=])(.+)$", re.IGNORECASE)
_UNDERLINE: Final = re.compile(r"^([=\-~^\"'`#*+])\1{2,}\s*$")
_COMMENT: Final = re.compile(r"^\s*(?://+!?|#+|--+|/?\*+|;+|%+|<!--|\"\"\"|''')\s?(.*)$")
_COMMENT_BEHIND: Final = re.compile(r"(?:\s//+|\s#|\s--|/\*|<!--)\s*([^\"'`]+)$")
_GETS: Final = re.compile(r"([A-Za-z_][\w-]{2,40})[\"']?\s*[=:]\s*[^=:]*$")
"""A name that gets the path: `LOGO = "…`, `"logo": "…`."""
_PLAIN_NAMES: Final = frozenset(
    "src href url path file filename image img icon srcset poster data content source name".split()
)
"""Names that say of a path only what every path is."""
_MARKUP: Final = re.compile(r"<[^<>]{0,200}>|[*_`{}<>|\\]+|\]\([^()]*\)|!?\[|\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path stands: a row from 0, and the characters from `start` to before `end`."""

    row: int
    start: int
    end: int


class Surroundings:
    """The lines of a text, each of which may say something of an image."""

    def __init__(self, lines: Sequence[str], is_document: bool) -> None:
        """`is_document` says whether the text is prose with headings, and no code with comments."""
        self.lines = lines
        self._is_document = is_document

    def words(self, place: Place) -> str:
        """What the text says of an image whose path stands at a place; "" for nothing."""
        kept = dict.fromkeys(one for one in map(_plain, self._said(place)) if any(map(str.isalpha, one)))
        return ". ".join(one.rstrip(".") for one in kept)[:MOST_CHARACTERS].strip()

    def _said(self, place: Place) -> Iterator[str]:
        line = self.lines[place.row]
        before = line[max(0, place.start - _BESIDE) : place.start]
        behind = line[place.end : place.end + _BESIDE]
        alt = _ALT.search(before)
        if alt:
            yield alt[1]
            title = _TITLE.match(behind)
            yield title[1] if title else ""
        label = _LABEL.match(before)
        if label:
            title = _TITLE.match(behind)
            yield title[1] if title else ""
            yield from self._alts_by_label[label[1].casefold()]
        yield from self._attributes(place)
        if _DIRECTIVE.search(before):
            bracketed = _IN_BRACKETS.match(behind)
            yield bracketed[1] if bracketed else ""
            yield from self._of_directive(place.row)
        yield from self._caption(place.row)
        if self._is_document:
            yield self._heading(place.row)
        else:
            yield from self._in_code(place.row, before, behind)

    @cached_property
    def _alts_by_label(self) -> defaultdict[str, list[str]]:
        """The alt texts of images that name their path by a label, which stands elsewhere."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            for match in _LABELLED.finditer(line):
                found[(match[2] or match[1]).casefold()].append(match[1])
        return found

    def _attributes(self, place: Place) -> Iterator[str]:
        """The attributes of the tag in which a path stands."""
        first, last = max(0, place.row - _NEAR), place.row + _NEAR + 1
        above = "\n".join([*self.lines[first : place.row], self.lines[place.row][: place.start]])
        below = "\n".join([self.lines[place.row][place.end :], *self.lines[place.row + 1 : last]])
        begin, end = above.rfind("<"), below.find(">")
        if begin < 0 or end < 0 or ">" in above[begin:] or "<" in below[:end]:
            begin, end = above.rfind("\n") + 1, below.find("\n")  # an object of a program, on one line
        tag = f"{above[begin:]} {below[: end if end >= 0 else None]}"
        for match in _ATTRIBUTE.finditer(tag):
            yield next(filter(None, match.groups()), "")

    def _of_directive(self, row: int) -> Iterator[str]:
        """The options of a directive of reStructuredText, and the caption of a figure."""
        indent = _indent(self.lines[row])
        after_blank = False
        for line in self.lines[row + 1 : row + 1 + _OPTIONS]:
            if not line.strip():
                after_blank = True
                continue
            if _indent(line) <= indent:
                return
            option = _OPTION.match(line)
            if option:
                yield option[1]
            elif after_blank:
                yield line
                return

    def _caption(self, row: int) -> Iterator[str]:
        """The first line below an image, if it looks like a caption."""
        for line in self.lines[row + 1 : row + 1 + _NEAR]:
            if _CAPTION.match(line):
                yield line
                return
            if line.strip() and not line.lstrip().startswith(("<", "\\")):
                return

    def _in_code(self, row: int, before: str, behind: str) -> Iterator[str]:
        """The comments beside a path and right above it, and the name that gets it."""
        beside = _COMMENT_BEHIND.search(behind)
        yield beside[1].removesuffix("*/").removesuffix("-->") if beside else ""
        above: list[str] = []
        for line in reversed(self.lines[max(0, row - _NEAR) : row]):
            comment = _COMMENT.match(line)
            if not comment:
                break
            above.insert(0, comment[1].removesuffix("*/").removesuffix("-->").strip())
        yield " ".join(above)
        gets = _GETS.search(before[-80:])
        if gets and gets[1].lower() not in _PLAIN_NAMES:
            yield gets[1].replace("_", " ").replace("-", " ")

    def _heading(self, row: int) -> str:
        """The nearest heading above an image."""
        for at in range(row - 1, max(-1, row - _ABOVE), -1):
            heading = _HEADING.match(self.lines[at])
            if heading:
                return heading[1].rstrip("# =")
            title = self.lines[at - 1] if at else ""
            if title.strip() and not title[0].isspace() and _UNDERLINE.match(self.lines[at]):
                return title
        return ""


def _plain(said: str) -> str:
    """Some words without the marks of a markup language."""
    return " ".join(_MARKUP.sub(" ", said).split())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
