"""Answers that are packed for a language model."""

from __future__ import annotations

from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.index.indexer import reconcile
from semlens.core.pack.types import Limits
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.engine.daemon.packed_answers import Found, Wanted, of_hits
from semlens.protocol.agents import Packing
from semlens.protocol.engine import SearchAnswer
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Tier
from support.opened_index import opened_index

FAST = SearchOptions(1, frozenset({Tier.LEXICAL, Tier.INSTANT}))
EDITORS, DETECTED = "koi8r", "cp866"


def test_the_lines_around_a_hit_are_decoded_as_the_hit_is(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    body = "".join(f"    step_{n}(); /* складской учёт */\n" for n in range(120))
    data = f"void run(void) {{\n{body}}}\n".encode(DETECTED)
    (root / "a.c").write_bytes(data)
    alone = read_source(root, RelativePath("a.c"), 100_000)
    assert isinstance(alone, Source) and alone.text == data.decode(DETECTED)
    with opened_index(root, tmp_path / "data") as index:
        reconcile(index, Membership(root, Settings(files_encoding=EDITORS)), CancelToken())
        query = parse_query("step_60")
        hits = Searcher(index).search(query, FAST)
        answer = SearchAnswer(hits, index.coverage(), 0.0)
        found = Found(query, answer, (), 10, 60, {str(root): index})
        packed = of_hits(found, Wanted(Packing(20_000), Limits(20_000, 10), len))
    lines = [line for result in packed.structured["results"] for line in result["lines"]]  # type: ignore[attr-defined]
    numbers = {int(line.split(" ", 1)[0]) for line in lines}
    assert numbers - {*range(hits[0].start_line, hits[0].end_line + 1)}, "there are lines around the hit"
    comment = "складской учёт".encode(DETECTED).decode("koi8_r")
    assert comment in packed.text and "складской" not in packed.text
