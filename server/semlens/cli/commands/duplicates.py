"""`semlens duplicates`."""

from __future__ import annotations

from pathlib import Path

from semlens.cli.commands.first_index import index_first
from semlens.cli.commands.folders import check_all_is_read
from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.paths import from_here
from semlens.core.text.printable import one_line, printable
from semlens.engine.client.client import EngineClient
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import CopyGroup, CopyPlace, Duplicates, DuplicatesAnswer


def duplicates(request: Duplicates, as_json: bool) -> int:
    """Print the near copies of a folder. Returns the exit status: 1 if there are any."""

    async def ask(client: EngineClient) -> DuplicatesAnswer:
        await index_first(client, [request.folder])
        answer = await client.request(request)
        if not answer.coverage.chunks:
            await check_all_is_read(client, [request.folder])
        return answer

    answer = with_engine(ask)
    if as_json:
        print_json({"folder": request.folder, **encode_all(answer)})
    else:
        say(printable("\n".join(_lines(answer, Path(request.folder)))))
    return 1 if answer.total else 0


def _lines(answer: DuplicatesAnswer, folder: Path) -> list[str]:
    if not answer.total:
        return ["No near copies."]
    lines: list[str] = []
    for group in answer.groups:
        lines += [_headline(group), *(f"    {_place(place, folder)}" for place in group.places), ""]
    groups = "1 group" if answer.total == 1 else f"{answer.total:,} groups"
    more = answer.total - len(answer.groups)
    rest = f", {more:,} of them not shown" if more else ""
    return [*lines, f"{groups} of near copies with {answer.repeated_lines:,} repeated lines{rest}."]


def _headline(group: CopyGroup) -> str:
    same = "the same" if group.similarity == 1 else f"{group.similarity:.0%} alike or more"
    return f"{len(group.places)} definitions, {same}, {group.repeated_lines:,} repeated lines"


def _place(place: CopyPlace, folder: Path) -> str:
    inside = "" if place.whole else "in "
    named = f"  {inside}{place.kind} {place.name}" if place.name else ""
    return f"{one_line(from_here(folder / place.path))}:{place.start_line}-{place.end_line}{named}"
