"""All words of an image in one text: its name, its own texts, and what is said of it where it is used."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from semlens.types import RelativePath

MOST_CHARACTERS: Final = 6_000
"""Of the words of one image; a model's window is mostly smaller."""

_CASE_CHANGE: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS: Final = re.compile(r"[^\W_]+")


class WindowTokenizer(Protocol):
    """The tokens of a model's window."""

    @property
    def limit(self) -> int:
        """The most tokens of a text."""

    def count(self, text: str) -> int:
        """The tokens of a text."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a file says of an image where it uses it."""

    path: RelativePath
    line: int
    target: str
    """The image's path as the file has it."""
    words: str


def uses_of(images: Sequence[RelativePath], uses: Iterable[Use]) -> dict[RelativePath, list[Use]]:
    """The uses of each of some images that have one name, by path and line.

    A path that leads from the file to an image means that image. One that leads nowhere is one that a server
    or a bundler reads from another folder: it means each image whose path ends so, or for a name alone the
    only image of that name.

    :param images: all images of the name
    :param uses: those whose path ends in the name
    """
    found: dict[RelativePath, list[Use]] = {image: [] for image in images}
    for use in sorted(uses, key=lambda one: (one.path, one.line, one.target)):
        for image in _meant(images, use):
            found[image].append(use)
    return found


def name_in_words(path: RelativePath) -> str:
    """The name of an image without its ending, in words: `checkoutFlow-2.png` is `checkout Flow 2`."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return " ".join(_WORDS.findall(_CASE_CHANGE.sub(" ", stem))) or stem


def wording(path: RelativePath, own: Sequence[str], uses: Sequence[Use], tokenizer: WindowTokenizer) -> str:
    """The words of an image, a line each, as many as fit the window; the first line is its name's."""
    first, *others = dict.fromkeys(_lines(path, own, uses))
    kept = [_fitting(first, tokenizer)]
    tokens, characters = tokenizer.count(kept[0]), len(first)
    for line in others:
        tokens += tokenizer.count(line)
        characters += len(line)
        if tokens > tokenizer.limit or characters > MOST_CHARACTERS:
            break
        kept.append(line)
    return "\n".join(kept)


def _lines(path: RelativePath, own: Sequence[str], uses: Sequence[Use]) -> Iterator[str]:
    """What people say of an image stands before what it says itself: that may be hundreds of labels."""
    yield f"Image: {name_in_words(path)}"
    yield from own[:2]
    yield from (use.words for use in uses if use.words)
    yield from own[2:]


def _fitting(line: str, tokenizer: WindowTokenizer) -> str:
    while len(line) > 1 and tokenizer.count(line) > tokenizer.limit:
        line = line[: len(line) // 2]
    return line


def _meant(images: Sequence[RelativePath], use: Use) -> list[RelativePath]:
    here = posixpath.dirname(use.path)
    exact = use.target.lstrip("/") if use.target.startswith("/") else posixpath.join(here, use.target)
    exact = posixpath.normpath(exact).casefold()
    same = [image for image in images if image.casefold() == exact]
    if same:
        return same
    parts = [part for part in use.target.casefold().split("/") if part not in ("", ".", "..", "~", "@")]
    if len(parts) == 1:
        return list(images) if len(images) == 1 else []
    tail = "/" + "/".join(parts)
    return [image for image in images if f"/{image.casefold()}".endswith(tail)]
