"""`semlens tokens`: counted in this process, as no index is needed for it."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Any

from semlens.cli.asking import print_json, say
from semlens.errors import FolderError
from semlens.types import RelativePath


def tokens(files: list[Path], as_json: bool) -> None:
    """Print each file's tokens in the embedding model and in the language models' encodings."""
    from semlens.core.embed.model import DeepModel
    from semlens.core.tokens import ModelTokenizer

    model = DeepModel.find()
    measure = ModelTokenizer(model.tokenizer_json, model.limit)
    counted = [_count(file, model.name, measure) for file in files]
    if as_json:
        print_json({"files": counted})
    else:
        _print_table(counted)


def _count(file: Path, model: str, measure: Any) -> dict[str, Any]:
    from semlens.core.chunk import chunk_source
    from semlens.core.languages import language_of
    from semlens.core.tokens import TOKENIZERS, count_tokens

    text = _read(file)
    own = measure.count(text)
    billed = [{"tokenizer": name, "tokens": count_tokens(text, name)} for name in TOKENIZERS]
    language = language_of(RelativePath(file.name), text.split("\n", 1)[0]) or "text"
    return {
        "path": str(file),
        "counts": [{"tokenizer": model, "tokens": own, "limit": measure.limit}, *billed],
        "chunks": len(chunk_source(text, language, measure)),
        "truncated": own > measure.limit,
    }


def _read(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise FolderError(f"{file} cannot be read: {error.strerror}.") from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _print_table(counted: list[dict[str, Any]]) -> None:
    names = [count["tokenizer"] for count in counted[0]["counts"]]
    rows = [[f"{count['tokens']:,}" for count in file["counts"]] for file in counted]
    labels = [f"{file['path']}  ({_seen(file)})" for file in counted]
    if len(counted) > 1:
        columns = zip(*(file["counts"] for file in counted), strict=True)
        rows.append([f"{sum(count['tokens'] for count in column):,}" for column in columns])
        labels.append("in all")
    widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
    for label, row in zip(["", *labels], [names, *rows], strict=True):
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join([*cells, label]).rstrip())


def _seen(file: dict[str, Any]) -> str:
    chunks = file["chunks"]
    return "1 chunk" if chunks == 1 else f"{chunks:,} chunks"
