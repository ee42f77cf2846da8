"""`semlens compare`: how alike two pieces of code are, and which words make them so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from semlens.cli.commands.folders import indexed_folder
from semlens.cli.commands.tokens import read_text
from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.paths import real_file
from semlens.core.text.printable import one_line, printable
from semlens.engine.client.client import EngineClient
from semlens.errors import UsageError
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import Compare, CompareAnswer, WordShare
from semlens.types import Tier

WORDS_SHOWN = 8

_PLACE = re.compile(r"(.+?)(?::(\d{1,9})(?:-(\d{1,9}))?)?", re.S)


def compare(one: str, other: str, tiers: Sequence[Tier], as_json: bool) -> None:
    """Print how alike two pieces of code are in each of `tiers`. Each is `FILE`, `FILE:12` or `FILE:12-30`.

    Raises `FolderError` and `UsageError`.
    """
    first, file = _code(one)
    second, _ = _code(other)
    folder = str(indexed_folder(file.parent))

    async def ask(client: EngineClient) -> list[CompareAnswer]:
        return [await client.request(Compare(folder, first, second, tier)) for tier in tiers]

    answers = with_engine(ask)
    if as_json:
        models = [
            {"tier": tier.value, **encode_all(answer)} for tier, answer in zip(tiers, answers, strict=True)
        ]
        print_json({"one": one, "other": other, "models": models})
        return
    for answer in answers:
        say(f"{answer.model}: cosine {answer.cosine:.2f}{_rank(answer)}")
        for name, text, words in ((one, first, answer.one), (other, second, answer.other)):
            say(f"  {one_line(name)}: {_words(text, words)}")


def _code(place: str) -> tuple[str, Path]:
    """The code that is named, and its file."""
    found = _PLACE.fullmatch(place)
    # A path may itself end with a colon and a number.
    path, start, end = (place, None, None) if Path(place).is_file() or not found else found.groups()
    file = real_file(Path(path))
    lines = read_text(file).split("\n")
    first, last = int(start or 1), int(end or start or len(lines))
    code = "\n".join(lines[first - 1 : last])
    if not 0 < first <= last or not code.strip():
        raise UsageError(f"{place} has no code in these lines.")
    return code, file


def _rank(answer: CompareAnswer) -> str:
    if answer.percentile is None:
        return ""
    return f", more than {100 * answer.percentile:.1f}% of random pairs of {answer.chunks:,} chunks here"


def _words(text: str, words: Sequence[WordShare]) -> str:
    """The words that add most, each with all its places together."""
    shares: Counter[str] = Counter()
    for word in words:
        shares[text[word.start : word.end]] += word.share  # type: ignore[assignment]  # floats add as well
    heaviest = sorted(shares.items(), key=lambda pair: -abs(pair[1]))[:WORDS_SHOWN]
    return ", ".join(f"{printable(word)} {share:+.3f}" for word, share in heaviest)
