"""The commands that give an index to other tools, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from semlens.cli.arguments import AsJson, one_of
from semlens.cli.paths import absolute


def embed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text; - is standard input.")],
    model: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="deep or instant, all-MiniLM-L6-v2, or a sentence-transformers folder."
        ),
    ] = "deep",
    by: Annotated[
        str, typer.Option(metavar="PART", help="A vector for the whole text, or for its chunks or lines.")
    ] = "whole",
    query: Annotated[
        bool, typer.Option("--query", help="The text is a question: some models have a prompt for these.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; .npy is written as NumPy."),
    ] = None,
) -> None:
    """Write the vectors of a text, as JSON lines or as NumPy.

    A text that is longer than the model's window has the mean of its chunks' vectors.
    """
    from semlens.cli.commands import embed as embedding

    named = model if "/" not in model and "\\" not in model else str(absolute(Path(model)))
    embedding.embed(
        file if str(file) == "-" else absolute(file), named, one_of(by, get_args(embedding.By)), query, output
    )


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder whose index to write.")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write: a new or an empty folder.")],
    kind: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="numpy (arrays and JSON lines) or chroma (a directory)."
        ),
    ] = "numpy",
    as_json: AsJson = False,
) -> None:
    """Write chunks, symbols and vectors for other tools.

    The folder is indexed first as far as it is not.
    """
    from semlens.api.index import ExportKind
    from semlens.cli.commands import export as exporting

    exporting.export(absolute(folder), absolute(to), one_of(kind, get_args(ExportKind)), as_json)
