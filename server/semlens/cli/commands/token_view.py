"""`semlens tokens --show`: how a text is cut, token by token."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from semlens.cli.commands.tokens import DEFAULT_TOKENIZERS, library, read_text
from semlens.cli.engine import print_json, say
from semlens.core.cost.text import TextCosts
from semlens.core.text.printable import one_line, printable
from semlens.core.text.tokenizers.lesson import lesson
from semlens.core.text.tokenizers.types import Piece, Token, Tokenizer
from semlens.core.text.tokenizers.view import LONGEST, CutText
from semlens.errors import UsageError
from semlens.settings import DEFAULT_MODEL

COLOURS = ("blue", "magenta")
"""The backgrounds of tokens, in turn."""
PARTS_COLOUR = "red"
"""The background of a character that is several tokens."""


def show(paths: Sequence[Path], names: Sequence[str], as_json: bool) -> None:
    """Print each file's text cut into tokens, in each of the tokenizers `names`.

    Raises `FolderError`, `UsageError` and `ModelError`.
    """
    known = TextCosts(library())
    tokenizers = [known.tokenizer(name, DEFAULT_MODEL) for name in names or DEFAULT_TOKENIZERS[:1]]
    shown: list[dict[str, object]] = []
    for path in dict.fromkeys(paths):
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file to show its tokens.")
        text = read_text(path)
        for tokenizer in tokenizers:
            if as_json:
                shown.append(_json(path, text, tokenizer))
            else:
                _print(path, text[:LONGEST], tokenizer, len(text) > LONGEST)
    if as_json:
        print_json({"files": shown})


def _json(path: Path, text: str, tokenizer: Tokenizer) -> dict[str, object]:
    tokens = [
        {"id": token.id, "start": token.start, "end": token.end, "text": text[token.start : token.end]}
        for token in tokenizer.cut(text)
    ]
    return {
        "path": str(path),
        "tokenizer": tokenizer.name,
        "strategy": tokenizer.strategy.value,
        "tokens": tokens,
    }


def _print(path: Path, text: str, tokenizer: Tokenizer, is_cut: bool) -> None:
    cut = CutText.by(tokenizer, text)
    say(f"{one_line(str(path))}: {len(cut.tokens):,} tokens in {tokenizer.name} ({tokenizer.strategy.value})")
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):  # https://no-color.org
        typer.echo(_coloured(cut))
        say(lesson(cut))
    else:
        say("\n".join(f"{_number(token):>8}  {text[token.start : token.end]!r}" for token in cut.tokens))
    if is_cut:
        say(f"Only the first {LONGEST:,} characters are shown.")


def _coloured(cut: CutText) -> str:
    styled: list[str] = []
    number = 0
    for piece in cut.pieces:
        shown = printable(cut.part(piece))
        if piece.tokens:
            styled.append(typer.style(shown, bg=_colour(piece, number), fg="white"))
            number += 1
        else:
            styled.append(shown)
    return "".join(styled)


def _colour(piece: Piece, number: int) -> str:
    return PARTS_COLOUR if len(piece.tokens) > 1 else COLOURS[number % len(COLOURS)]


def _number(token: Token) -> str:
    return "" if token.id is None else str(token.id)
