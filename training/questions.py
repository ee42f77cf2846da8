"""Make training questions from the lines of `pairs.py`."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from semlens.core.embed.static_model import PART

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n")
_PATH_WORD = re.compile(r"[A-Za-z]{2,}")
_EMPTY_FOLDERS = frozenset(
    "src lib main java kotlin scala swift com org io github sources packages pkg internal".split()
)

Pair = dict[str, Any]
"""A line of `pairs.py`: a chunk's code, docstring, comments, names, path, language and repository."""


def read_pairs(path: Path, without: Collection[str] = ()) -> list[Pair]:
    """Read the output of `pairs.py`, except chunks in the languages of `without`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    return [pair for pair in pairs if pair["language"] not in without]


def groups_of(pairs: Sequence[Pair], size: int, draw: random.Random) -> list[list[Pair]]:
    """Groups of up to `size` pairs of one repository, in random order. Rests under `size` / 2 are dropped."""
    by_repository: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_repository[pair["repository"]].append(pair)
    groups = []
    for members in by_repository.values():
        draw.shuffle(members)
        groups += [members[i : i + size] for i in range(0, len(members) - size // 2, size)]
    draw.shuffle(groups)
    return groups


def ask(pair: Pair, draw: random.Random) -> tuple[str, str]:
    """A question of a random kind that the chunk allows, and the text that answers it."""
    kinds = {"path": 2.0}
    if pair["doc"]:
        kinds["doc"] = 5.0
    if pair["comments"]:
        kinds["comment"] = 3.0
    if pair["name"] or pair["defines"]:
        kinds["name"] = 3.0
    kind = draw.choices(list(kinds), list(kinds.values()))[0]
    code = pair["code"]
    said = [pair["doc"], *pair["comments"]]
    if kind == "doc":
        sentences = [part for part in _SENTENCE.split(pair["doc"]) if part.strip()]
        question = sentences[0] if sentences and draw.random() < 0.6 else pair["doc"]
        said = pair["comments"] if draw.random() < 0.5 else []
    elif kind == "comment":
        question = draw.choice(pair["comments"])
        said = [text for text in said if text != question] if draw.random() < 0.5 else []
    elif kind == "name":
        question = _name_question(pair, draw)
    else:
        question = _path_question(pair, draw)
    return " ".join(question.split()[:48]), "\n".join(filter(None, [*said, code]))


def _name_question(pair: Pair, draw: random.Random) -> str:
    names = [name for name in (pair["name"], *pair["defines"]) if name]
    name = draw.choice(names)
    if pair["container"] and draw.random() < 0.5:
        name = f"{pair['container']} {name}"
    return " ".join(PART.findall(name)) if draw.random() < 0.5 else name


def _path_question(pair: Pair, draw: random.Random) -> str:
    """Words from the end of the path, sometimes with the symbol's name."""
    stem = pair["path"].rpartition(".")[0] or pair["path"]
    names = [name for name in stem.split("/") if name.lower() not in _EMPTY_FOLDERS][-draw.randint(1, 3) :]
    question = " ".join(word for name in names for word in PART.findall(name) if _PATH_WORD.match(word))
    return f"{question} {pair['name']}" if draw.random() < 0.3 else question
