"""`semlens search` and `semlens similar`."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from semlens.cli.engine import Bars, print_json, printable, with_engine
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, prepare
from semlens.errors import FolderError, UsageError

_LINES_SHOWN = 8
_COPIES_SHOWN = 3
_LINES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_WHOLE = 10**9


def search(queries: list[str], folders: list[Path], asked: dict[str, Any], as_json: bool) -> None:
    """Print each query's hits as they come. No folder means the indexed one around the current folder."""
    where = [str(folder) for folder in folders] or [str(_indexed_folder(Path.cwd()))]

    async def ask(client: EngineClient) -> None:
        for query in queries:
            with Bars() as progress:
                params = {**asked, "folders": where, "query": query}
                result = _for_good(await client.request("search", params, progress))
            if not result["hits"] and not result["coverage"]["chunks"]:
                raise _not_indexed(where[0])
            if as_json:
                print_json({"query": query, **result}, one_line=True)
            else:
                _print_hits(query, result, with_query=len(queries) > 1)

    with_engine(ask)


def similar(file: Path, lines: str, asked: dict[str, Any], as_json: bool) -> None:
    """Print what is like some lines of a file, its copies last."""
    start, end = _span(lines)
    real = Path(os.path.realpath(file))
    if not real.is_file():
        raise FolderError(f"There is no file {file}.")
    folder = _indexed_folder(real.parent)
    place = {"path": real.relative_to(folder).as_posix(), "start_line": start, "end_line": end}

    async def ask(client: EngineClient) -> dict[str, Any]:
        with Bars() as progress:
            params = {**asked, **place, "folder": str(folder)}
            return _for_good(await client.request("similar", params, progress))

    result = with_engine(ask)
    if not result["coverage"]["chunks"]:
        raise _not_indexed(str(folder))
    if as_json:
        print_json({**place, **result})
    else:
        _print_hits("", result, with_query=False)


def _for_good(result: dict[str, Any]) -> dict[str, Any]:
    """Nobody asks again here: whether the answer could become better is an editor's question."""
    return {name: value for name, value in result.items() if name != "partial"}


def _span(lines: str) -> tuple[int, int]:
    """First and last line of `12-30` or `12`, or of a whole file; raises UsageError."""
    found = _LINES.fullmatch(lines)
    start, end = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not lines:
        return 1, _WHOLE
    if not 0 < start <= end:
        raise UsageError(f'"{lines}" names no lines: write for example 12-30.')
    return start, end


def read_queries(file: Path) -> list[str]:
    """The lines of `file` that are not blank; raises UsageError."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{file} cannot be read as a list of queries: {reason}.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _indexed_folder(start: Path) -> Path:
    """The nearest folder around `start` that was ever indexed; raises FolderError."""
    from semlens.core.store.layout import workspaces

    known = {root for _, root in workspaces(prepare(default_data_dir()))}
    real = Path(os.path.realpath(start))
    for folder in (real, *real.parents):
        if folder in known:
            return folder
    raise _not_indexed(str(start))


def _not_indexed(folder: str) -> FolderError:
    return FolderError(f"Nothing is indexed in {folder}; run: semlens index {shlex.quote(folder)}")


def _print_hits(query: str, result: dict[str, Any], with_query: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if with_query:
        console.print(Text(printable(query), style="bold underline"))
    if not result["hits"]:
        console.print("No hits.")
    under_copies = False
    for number, hit in enumerate(result["hits"], 1):
        if not under_copies and any(reason["name"] == "copy" for reason in hit["reasons"]):
            under_copies = True
            console.print("Copies", style="bold underline")
        console.print(_headline(number, hit))
        if hit.get("copies"):
            console.print(Text(_also_in(hit), style="cyan"))
        console.print(Text(printable(_code(hit)), style="dim"))


def _headline(number: int, hit: dict[str, Any]) -> Any:
    from rich.text import Text

    place = f"{_shown_path(hit)}:{hit['start_line']}-{hit['end_line']}"
    line = Text(f"{number:>2}. ").append(printable(place).replace("\n", "\ufffd"), style="bold cyan")
    symbol = hit.get("symbol")
    if symbol:
        name = ".".join(part for part in (symbol.get("container"), symbol["name"]) if part)
        line.append(f"  {symbol['kind']} ").append(printable(name), style="bold")
    if hit.get("stale"):
        line.append("  (changed since it was indexed)", style="yellow")
    return line


def _also_in(hit: dict[str, Any]) -> str:
    """Where else the same code stands."""
    copies = [{**copy, "folder": hit.get("folder")} for copy in hit["copies"][:_COPIES_SHOWN]]
    places = [f"{_shown_path(copy)}:{copy['start_line']}" for copy in copies]
    more = len(hit["copies"]) - len(places)
    listed = ", ".join([*places, f"{more} more"] if more else places)
    return printable(f"    also in {listed}").replace("\n", "\ufffd")


def _shown_path(hit: dict[str, Any]) -> str:
    """Relative to the current folder where it lies below it, so that it can be opened from here."""
    whole = Path(hit.get("folder") or "") / hit["path"]
    try:
        return str(whole.relative_to(os.getcwd()))
    except ValueError:
        return str(whole)


def _code(hit: dict[str, Any]) -> str:
    lines = str(hit["preview"]).split("\n")
    # To say that one line is left out takes a line.
    count = len(lines) if len(lines) <= _LINES_SHOWN + 1 else _LINES_SHOWN
    shown = [f"{hit['start_line'] + row:>7}  {line}" for row, line in enumerate(lines[:count])]
    more = len(lines) - count
    return "\n".join([*shown, f"         … {more} more lines"] if more else shown) + "\n"
