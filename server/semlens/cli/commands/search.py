"""`semlens search` and `semlens similar`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from semlens.cli.commands.explained import explanation_text, shortfall_text
from semlens.cli.commands.first_index import index_first, say_how_far
from semlens.cli.commands.folders import check_all_is_read, indexed_folder, not_indexed, searched
from semlens.cli.commands.queries import Queries
from semlens.cli.engine import Bars, print_json, say, with_engine
from semlens.cli.paths import from_here, real_file
from semlens.core.files.images import IMAGE
from semlens.core.text.printable import one_line, printable
from semlens.engine.client.client import EngineClient
from semlens.errors import UsageError
from semlens.protocol.agents import Packing, PackSearch
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import Search, SearchAnswer, Similar
from semlens.types import Hit, RelativePath

if TYPE_CHECKING:
    from rich.text import Text

_LINES_SHOWN = 8
_COPIES_SHOWN = 3
_LINES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_WHOLE = 10**9


def search(queries: Queries, folders: list[Path], options: Search, as_json: bool) -> None:
    """Print each query's hits as they come, searched with `options`.

    A folder that was never indexed is indexed first, as far as the instant tier: its first answer waits for
    no transformer. Raises `SemlensError`.
    """
    where = searched(folders)

    async def ask(client: EngineClient) -> None:
        fresh = await index_first(client, where)
        wait = options.wait and not fresh

        async def answer_to(query: str) -> SearchAnswer:
            asked = evolve(options, folders=where, query=query, wait=wait)
            with Bars() as progress:
                answer = await client.request(asked, progress)
            if not answer.hits and not answer.coverage.chunks:
                await check_all_is_read(client, where)
            if (answer.weak or not answer.hits) and not asked.explain:
                told = await client.request(evolve(asked, explain=True))
                answer = evolve(answer, shortfall=told.shortfall)
            return answer

        async for query, answer in queries.answered(answer_to):
            if isinstance(answer, UsageError):
                if as_json:
                    print_json({"query": query, "error": str(answer)}, one_line=True)
                else:
                    _print_error(query, answer)
                continue
            if fresh and query == queries.texts[0]:
                say_how_far(answer.coverage)
            if as_json:
                print_json({"query": query, **_for_json(answer)}, one_line=True)
            else:
                _print_hits(answer, query if len(queries.texts) > 1 else "")

    with_engine(ask)


def search_for_agent(queries: Queries, folders: list[Path], options: Search, max_tokens: int | None) -> None:
    """Print for each query what the tool `search_code` answers, within a budget of tokens.

    Raises `SemlensError`.
    """
    where = searched(folders)
    packing = Packing(for_terminal=True)
    if max_tokens is not None:
        packing = evolve(packing, max_tokens=max_tokens)

    async def ask(client: EngineClient) -> None:
        fresh = await index_first(client, where)

        async def answer_to(query: str) -> str:
            question = evolve(options, folders=where, query=query, wait=options.wait and not fresh)
            answer = await client.request(PackSearch(question, packing))
            if not answer.shown and not (await client.request(question)).coverage.chunks:
                await check_all_is_read(client, where)
            return answer.text

        async for query, answer in queries.answered(answer_to):
            text = str(answer)
            say(f"query {query}\n\n{text}\n" if len(queries.texts) > 1 else text)

    with_engine(ask)


def similar(file: Path, lines: str, limit: int, as_json: bool) -> None:
    """Print the code that is like some lines of a file, copies of these lines last."""
    start, end = _span(lines)
    real = real_file(file)
    folder = indexed_folder(real.parent)
    path = RelativePath(real.relative_to(folder).as_posix())
    request = Similar(str(folder), path, start, end, limit=limit, wait=True)

    async def ask(client: EngineClient) -> SearchAnswer:
        with Bars() as progress:
            return await client.request(request, progress)

    answer = with_engine(ask)
    if not answer.coverage.chunks:
        raise not_indexed(str(folder))
    if as_json:
        place = {"path": path, "start_line": start, "end_line": end}
        print_json({**place, **_for_json(answer)})
    else:
        _print_hits(answer)


def _for_json(answer: SearchAnswer) -> dict[str, object]:
    """The fields of an answer, but for what tells an editor to ask again and what nobody asked to explain."""
    hits = [_known(hit, "explanation") for hit in answer.hits]
    told = _known(answer, "shortfall")
    return {**{name: value for name, value in told.items() if name != "partial"}, "hits": hits}


def _known(value: object, optional: str) -> dict[str, object]:
    """The fields of a value, without an `optional` one that it lacks."""
    return {name: field for name, field in encode_all(value).items() if name != optional or field is not None}


def _span(lines: str) -> tuple[int, int]:
    """First and last line of `12-30` or `12`, or of a whole file; raises UsageError."""
    found = _LINES.fullmatch(lines)
    start, end = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not lines:
        return 1, _WHOLE
    if not 0 < start <= end:
        raise UsageError(f'"{lines}" names no lines: write for example 12-30.')
    return start, end


def _print_hits(answer: SearchAnswer, headline: str = "") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if headline:
        console.print(Text(printable(headline), style="bold underline"))
    for notice in answer.notices:
        console.print(Text(printable(notice.text), style="yellow"))
    if not answer.hits:
        console.print("No hits.")
    elif answer.weak:
        console.print(Text("Nothing matches well. The nearest:", style="bold yellow"))
    under_copies = False
    for number, hit in enumerate(answer.hits, 1):
        if not under_copies and any(reason.name == "copy" for reason in hit.reasons):
            under_copies = True
            console.print("Copies", style="bold underline")
        console.print(_headline(number, hit))
        if hit.copies:
            console.print(Text(_also_in(hit), style="cyan"))
        console.print(Text(printable(_code(hit)), style="dim"))
        if hit.explanation is not None:
            console.print(Text(printable(explanation_text(hit.explanation)), style="green"))
    if answer.shortfall is not None:
        console.print(Text(printable(shortfall_text(answer.shortfall))))


def _print_error(query: str, error: UsageError) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(printable(query), style="bold underline"))
    console.print(Text(printable(str(error)), style="red"))


def _headline(number: int, hit: Hit) -> Text:
    from rich.text import Text

    lines = "" if hit.language == IMAGE else f":{hit.start_line}-{hit.end_line}"
    place = f"{from_here(Path(hit.folder) / hit.path)}{lines}"
    line = Text(f"{number:>2}. ").append(one_line(place), style="bold cyan")
    symbol = hit.symbol
    if hit.language == IMAGE:
        line.append("  image", style="bold")
    elif symbol:
        line.append(f"  {symbol.kind} ").append(printable(symbol.dotted_name), style="bold")
    if hit.stale:
        line.append("  (changed since it was indexed)", style="yellow")
    return line


def _also_in(hit: Hit) -> str:
    """The other places of the same code."""
    shown = hit.copies[:_COPIES_SHOWN]
    places = [f"{from_here(Path(hit.folder) / copy.path)}:{copy.start_line}" for copy in shown]
    more = len(hit.copies) - len(places)
    listed = ", ".join([*places, f"{more} more"] if more else places)
    return one_line(f"    also in {listed}")


def _code(hit: Hit) -> str:
    lines = hit.preview.split("\n")
    # To say that one line is left out takes a line.
    count = len(lines) if len(lines) <= _LINES_SHOWN + 1 else _LINES_SHOWN
    numbered = hit.language != IMAGE  # its words stand in no line
    shown = [
        f"{hit.start_line + row if numbered else '':>7}  {line}" for row, line in enumerate(lines[:count])
    ]
    more = len(lines) - count
    return "\n".join([*shown, f"         … {more} more lines"] if more else shown) + "\n"
