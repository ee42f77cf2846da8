"""The text that was read in an image of pixels, as a part of the image's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from semlens.core.files.masking import without_secrets
from semlens.core.files.private_keys import holds_private_key
from semlens.core.images.wording import WindowTokenizer

MOST_CHARACTERS: Final = 4_000
"""Of the text in one image; a screenshot full of code has fewer."""

_HEADING: Final = "Text in the picture:"
"""The line of an image's words above the text that was read in it."""
_UNNAMED: Final = "picture.txt"


class ImageWords(NamedTuple):
    """All words of an image."""

    text: str
    embedded: str
    """As much of `text` as fits a model's window."""


def kept_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that were read in an image as they are kept: each once, in order, and without secrets."""
    text = "\n".join(" ".join(line.split()) for line in lines)
    if holds_private_key(_UNNAMED, text):
        return ()
    kept: list[str] = []
    left = MOST_CHARACTERS
    for line in dict.fromkeys(without_secrets(text).split("\n")):
        if len(line) > left:
            break
        if any(map(str.isalnum, line)):
            kept.append(line)
            left -= len(line)
    return tuple(kept)


def with_picture_text(said: str, read: Sequence[str], tokenizer: WindowTokenizer) -> ImageWords:
    """The words of an image with the lines that were read in it, which stand last.

    :param said: all others, as `wording` has put them together; they fit the window
    """
    if not read:
        return ImageWords(said, said)
    lines = [said, _HEADING, *read]
    tokens, fitting = tokenizer.count(said), 1
    while fitting < len(lines):
        tokens += tokenizer.count(lines[fitting])
        if tokens > tokenizer.limit:
            break
        fitting += 1
    return ImageWords("\n".join(lines), "\n".join(lines[:fitting]))


def picture_rows(words: Sequence[str]) -> range:
    """The rows of an image's words that were read in the picture; empty if none was."""
    return range(words.index(_HEADING) + 1 if _HEADING in words else len(words), len(words))
