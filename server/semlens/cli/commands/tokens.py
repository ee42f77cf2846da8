"""`semlens tokens`: counted in this process, as no index is needed for it."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from semlens.cli.engine import print_json, say
from semlens.errors import FolderError
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath

_ENTRIES_SHOWN = 20


def tokens(paths: list[Path], as_json: bool) -> None:
    """Print each file's tokens in the embedding model and in the language models' encodings.

    Of a folder, what the files in it cost that belong to its index.
    """
    from semlens.core.embed.deep_model import DeepModel
    from semlens.core.text.tokens import ModelTokenizer

    model = DeepModel.find()
    measure = ModelTokenizer(model.tokenizer_json, model.limit)
    folders = [_count_folder(path) for path in paths if path.is_dir()]
    files = [_count(path, model.tokenizer_name, measure) for path in paths if not path.is_dir()]
    if as_json:
        print_json({"files": files, **({"folders": folders} if folders else {})})
        return
    tables = [_folder_table(folder) for folder in folders]
    if files:
        tables.append(_file_table(files))
    say("\n\n".join("\n".join(table) for table in tables))


def _count_folder(folder: Path) -> dict[str, Any]:
    from semlens.core.cost.folder import BILLED, cost_of

    found = cost_of(folder, RelativePath(""), Settings(), CancelToken())
    return {
        "path": str(folder),
        "counts": [{"tokenizer": BILLED, "tokens": found.tokens}],
        "files": [{"path": file.path, "tokens": file.tokens} for file in found.files],
        "skipped": found.skipped,
    }


def _count(file: Path, model: str, measure: Any) -> dict[str, Any]:
    from semlens.core.chunk import chunk_source
    from semlens.core.text.languages import language_of
    from semlens.core.text.tokens import TOKENIZERS, count_tokens

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


def _folder_table(folder: dict[str, Any]) -> list[str]:
    """What lies directly in the folder, dearest first, and all of it."""
    (total,) = folder["counts"]
    entries: Counter[str] = Counter()
    for file in folder["files"]:
        name, below, _ = file["path"].partition("/")
        entries[name + below] += file["tokens"]
    rows = [(tokens, name) for name, tokens in entries.most_common(_ENTRIES_SHOWN)]
    if len(entries) > len(rows):
        rest = total["tokens"] - sum(tokens for tokens, _ in rows)
        rows.append((rest, f"{len(entries) - len(rows):,} more"))
    counted = f"{len(folder['files']):,} files, {folder['skipped']:,} left out"
    rows.append((total["tokens"], f"{folder['path']}  ({counted})"))
    return _aligned([([total["tokenizer"]], ""), *(([f"{tokens:,}"], label) for tokens, label in rows)])


def _file_table(counted: list[dict[str, Any]]) -> list[str]:
    rows = [([count["tokenizer"] for count in counted[0]["counts"]], "")]
    for file in counted:
        rows.append(
            ([f"{count['tokens']:,}" for count in file["counts"]], f"{file['path']}  ({_seen(file)})")
        )
    if len(counted) > 1:
        columns = zip(*(file["counts"] for file in counted), strict=True)
        rows.append(([f"{sum(count['tokens'] for count in column):,}" for column in columns], "in all"))
    return _aligned(rows)


def _aligned(rows: list[tuple[list[str], str]]) -> list[str]:
    """Lines of right-aligned cells, each with a label behind."""
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)), label]).rstrip()
        for cells, label in rows
    ]


def _seen(file: dict[str, Any]) -> str:
    chunks = file["chunks"]
    return "1 chunk" if chunks == 1 else f"{chunks:,} chunks"
