"""`semlens tokens`: print what files and folders cost. This process counts itself, as it needs no index."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from semlens.cli.engine import print_json, say
from semlens.cli.paths import absolute
from semlens.core.cost.fit import fitting
from semlens.core.cost.folder import cost_of_folder
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import FileCost, FolderCost, Source, TextCost
from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.source import with_line_feeds
from semlens.core.text.languages import TEXT, language_of
from semlens.core.text.tokenizers.library import FOLDER, TokenizerLibrary
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import FolderError
from semlens.settings import DEFAULT_MODEL, Settings
from semlens.types import CancelToken, RelativePath

FolderCosts = Sequence[FolderCost]
"""What one folder costs in one tokenizer after the other."""

ENTRIES_SHOWN = 20
FITTING_SHOWN = 50


DEFAULT_TOKENIZERS = ("o200k_base", "cl100k_base")


def tokens(paths: list[Path], names: Sequence[str], budget: int | None, as_json: bool) -> bool:
    """Print each file's tokens in the embedding model and in the tokenizers `names`.

    For a folder, print what its files that belong to the index cost in them; in the first, if none is named.
    The path "-" is stdin. Returns whether all together fit into `budget` tokens of the first.
    Raises `FolderError`, `UsageError` and `ModelError`.
    """
    costs = TextCosts(library())
    chosen = tuple(dict.fromkeys(names))
    names = chosen or DEFAULT_TOKENIZERS
    tokenizers = [costs.tokenizer(name, DEFAULT_MODEL) for name in names]  # before all: a name may be wrong
    first, of_folders = tokenizers[0], tokenizers[: len(chosen) or 1]
    own = costs.model(DEFAULT_MODEL)
    others = tuple(name for name in names if name != own.name)
    folders = [(path, _costs_of_folder(path, of_folders)) for path in paths if path.is_dir()]
    files = [(path, _cost_of_file(path, costs, others)) for path in paths if not path.is_dir()]
    column = 0 if first is own else 1
    used = sum(folder[0].tokens for _, folder in folders)
    used += sum(file.counts[column].tokens for _, file in files)
    fits = budget is None or used <= budget
    if as_json:
        shown: dict[str, Any] = {"files": [_file_json(*file) for file in files]}
        if folders:
            shown["folders"] = [_folder_json(*folder) for folder in folders]
        if budget is not None:
            shown["budget"] = {
                "tokenizer": first.name,
                "tokens": budget,
                "used": used,
                "fits": fits,
            }
            if folders and not fits:
                shown["budget"]["fitting"] = [str(path) for path in _fitting(folders, budget)]
        print_json(shown)
        return fits
    tables = [_folder_table(*folder) for folder in folders]
    if files:
        tables.append(_file_table(files))
    if budget is not None:
        if folders and not fits:
            tables.append(_fitting_lines(folders, budget))
        tables.append([_verdict(first.name, used, budget)])
    say("\n\n".join("\n".join(table) for table in tables))
    return fits


def library() -> TokenizerLibrary:
    """The tokenizers of this user."""
    return TokenizerLibrary(default_data_dir() / FOLDER)


def _verdict(tokenizer: str, used: int, budget: int) -> str:
    if used <= budget:
        return f"{used:,} of {budget:,} tokens in {tokenizer}: it fits, with {budget - used:,} left."
    return f"{used:,} of {budget:,} tokens in {tokenizer}: {used - budget:,} too many."


def _fitting(folders: Sequence[tuple[Path, FolderCosts]], budget: int) -> list[Path]:
    """The files of the folders that fit into a budget, the smallest first."""
    files = [
        FileCost(RelativePath(str(root / one.path)), one.tokens)
        for root, costs in folders
        for one in costs[0].files
    ]
    return [Path(one.path) for one in fitting(files, budget)]


def _fitting_lines(folders: Sequence[tuple[Path, FolderCosts]], budget: int) -> list[str]:
    paths = _fitting(folders, budget)
    number = sum(len(costs[0].files) for _, costs in folders)
    said = f"The smallest {len(paths):,} of {number:,} files fit together" + (":" if paths else ".")
    more = len(paths) - FITTING_SHOWN
    return [said, *map(str, paths[:FITTING_SHOWN]), *([f"and {more:,} more"] if more > 0 else [])]


def _costs_of_folder(folder: Path, tokenizers: Sequence[Tokenizer]) -> FolderCosts:
    return [cost_of_folder(folder, RelativePath(""), Settings(), one, CancelToken()) for one in tokenizers]


def _cost_of_file(file: Path, costs: TextCosts, names: tuple[str, ...]) -> TextCost:
    """In the embedding model's tokenizer, then in those with these names."""
    text = read_text(file)
    language = language_of(RelativePath(file.name), text) or TEXT
    return costs.of(Source(text, language, DEFAULT_MODEL, names))


def read_text(file: Path) -> str:
    """The text of a file, or of stdin for "-", with one sign for the end of a line."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise FolderError(f"{file} cannot be read: {error.strerror}.") from error
    whole = Path(os.path.normpath(absolute(file)))
    below = RelativePath(whole.relative_to(whole.anchor).as_posix())
    decoded = decode(raw, lambda: iter((charset_of(Path(whole.anchor), below),)))
    return with_line_feeds(raw.decode("latin-1") if decoded is None else decoded.text)


def _file_json(file: Path, cost: TextCost) -> dict[str, object]:
    counts = [
        {name: value for name, value in asdict(count).items() if value not in (None, "")}
        for count in cost.counts
    ]
    return {"path": str(file), "counts": counts, "chunks": cost.chunks, "truncated": cost.truncated}


def _folder_json(folder: Path, costs: FolderCosts) -> dict[str, object]:
    """The files are those of the first tokenizer."""
    return {
        "path": str(folder),
        "counts": [{"tokenizer": cost.tokenizer, "tokens": cost.tokens} for cost in costs],
        "files": [asdict(file) for file in costs[0].files],
        "skipped": costs[0].skipped,
    }


def _folder_table(folder: Path, costs: FolderCosts) -> list[str]:
    """The entries that lie directly in the folder, the dearest first, and the sum of all of them."""
    entries = [_entries(cost) for cost in costs]
    shown = [name for name, _ in entries[0].most_common(ENTRIES_SHOWN)]
    rows = [([one[name] for one in entries], name) for name in shown]
    if len(entries[0]) > len(shown):
        rest = [one.total() - sum(one[name] for name in shown) for one in entries]
        rows.append((rest, f"{len(entries[0]) - len(shown):,} more"))
    whole = f"{folder}  ({len(costs[0].files):,} files, {costs[0].skipped:,} left out)"
    rows.append(([cost.tokens for cost in costs], whole))
    head = ([cost.tokenizer for cost in costs], "")
    return _aligned([head, *(([f"{one:,}" for one in tokens], label) for tokens, label in rows)])


def _entries(cost: FolderCost) -> Counter[str]:
    """The tokens of each file and folder that lies directly in the folder."""
    entries: Counter[str] = Counter()
    for file in cost.files:
        name, below, _ = file.path.partition("/")
        entries[name + below] += file.tokens
    return entries


def _file_table(files: Sequence[tuple[Path, TextCost]]) -> list[str]:
    rows = [([count.tokenizer for count in files[0][1].counts], "")]
    for file, cost in files:
        rows.append(([f"{count.tokens:,}" for count in cost.counts], f"{file}  ({_chunks(cost.chunks)})"))
    if len(files) > 1:
        columns = zip(*(cost.counts for _, cost in files), strict=True)
        rows.append(([f"{sum(count.tokens for count in column):,}" for column in columns], "in all"))
    return _aligned(rows)


def _chunks(number: int) -> str:
    return "1 chunk" if number == 1 else f"{number:,} chunks"


def _aligned(rows: list[tuple[list[str], str]]) -> list[str]:
    """Lines of right-aligned cells, each with a label behind."""
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)), label]).rstrip()
        for cells, label in rows
    ]
