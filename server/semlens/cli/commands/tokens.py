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
from semlens.core.cost.fit import Offered, fitting
from semlens.core.cost.folder import cost_of_folder
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import FolderCost, Source, TextCost
from semlens.core.cost.worth import worth
from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.source import with_line_feeds
from semlens.core.text.languages import TEXT, language_of
from semlens.core.text.printable import one_line
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
    The path "-" is stdin. Returns whether all, each file once, fit into `budget` tokens of the first.
    Raises `FolderError`, `UsageError` and `ModelError`.
    """
    paths = list(dict.fromkeys(paths))
    costs = TextCosts(library())
    chosen = tuple(dict.fromkeys(names))
    names = chosen or DEFAULT_TOKENIZERS
    tokenizers = [costs.tokenizer(name, DEFAULT_MODEL) for name in names]  # before all: a name may be wrong
    first, of_folders = tokenizers[0], tokenizers[: len(chosen) or 1]
    own = costs.model(DEFAULT_MODEL)
    others = tuple(name for name in names if name != own.name)
    folders = [(path, _costs_of_folder(path, of_folders)) for path in paths if path.is_dir()]
    files = [(path, _cost_of_file(path, costs, others)) for path in paths if not path.is_dir()]
    each = _each_once(folders, files, 0 if first is own else 1)
    used = sum(one.tokens for one in each)
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
                shown["budget"]["fitting"] = [one.path for one in fitting(each, budget)]
        elif len(paths) > 1:
            shown["together"] = {"tokenizer": first.name, "tokens": used}
        print_json(shown)
        return fits
    tables = [_folder_table(*folder) for folder in folders]
    if files:
        tables.append(_file_table(files))
    if budget is not None:
        if folders and not fits:
            tables.append(_fitting_lines(each, budget))
        tables.append([_verdict(first.name, used, budget)])
    elif len(tables) > 1:
        tables.append([f"{used:,} tokens in {first.name} together, each file once."])
    say("\n\n".join("\n".join(table) for table in tables))
    return fits


def library() -> TokenizerLibrary:
    """The tokenizers of this user."""
    return TokenizerLibrary(default_data_dir() / FOLDER)


def _verdict(tokenizer: str, used: int, budget: int) -> str:
    if used <= budget:
        return f"{used:,} of {budget:,} tokens in {tokenizer}: it fits, with {budget - used:,} left."
    return f"{used:,} of {budget:,} tokens in {tokenizer}: {used - budget:,} too many."


def _each_once(
    folders: Sequence[tuple[Path, FolderCosts]], files: Sequence[tuple[Path, TextCost]], column: int
) -> list[Offered]:
    """Each file that was counted, by its path as the user would write it: what is named may overlap.

    :param column: which of a file's counts is meant
    """
    found: dict[str, Offered] = {}
    for root, costs in folders:
        for one in costs[0].files:
            path = root / one.path
            found.setdefault(_place(path), Offered(str(path), one.tokens, worth(one.path)))
    for path, cost in files:
        found[_place(path)] = Offered(str(path), cost.counts[column].tokens, worth(RelativePath(path.name)))
    return list(found.values())


def _place(path: Path) -> str:
    """The same for all names of a file; "-" for stdin."""
    return "-" if str(path) == "-" else os.path.normcase(os.path.realpath(absolute(path)))


def _fitting_lines(each: Sequence[Offered], budget: int) -> list[str]:
    paths = [one_line(one.path) for one in fitting(each, budget)]
    said = f"{len(paths):,} of {len(each):,} files fit together" + (", source first:" if paths else ".")
    more = len(paths) - FITTING_SHOWN
    return [said, *paths[:FITTING_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]


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
        each = {_place(file): cost.counts for file, cost in files}
        columns = zip(*each.values(), strict=True)
        label = "in all" if len(each) == len(files) else "in all, each file once"
        rows.append(([f"{sum(count.tokens for count in column):,}" for column in columns], label))
    return _aligned(rows)


def _chunks(number: int) -> str:
    return "1 chunk" if number == 1 else f"{number:,} chunks"


def _aligned(rows: list[tuple[list[str], str]]) -> list[str]:
    """Lines of right-aligned cells, each with a label behind."""
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in rows), strict=True)]
    return ["  ".join([*map(str.rjust, cells, widths), one_line(label)]).rstrip() for cells, label in rows]
