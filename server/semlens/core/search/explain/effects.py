"""What the signals beside the tiers did to a hit's score, in sentences. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from semlens.core.files.role import Role, role_of
from semlens.core.search.ranking.weights import WEIGHTS
from semlens.types import Effect, Hit, Tier

_LEAST = 0.02
"""The least share of a score for an effect to be worth a sentence."""

_WHOLE = 0.9
"""The strength from which all of the question stands in a hit."""

_GAINED: Final[Mapping[str, str]] = {
    "defines": "It defines a name that the question has.",
    "unique": "It is the only definition of that name.",
    "path": "The name of its file or folder is near to the question.",
    "file": "Its file has words of the question in other places, too.",
    "symbol": "A name that it defines is near in meaning to the question.",
    "neighbours": "Its file as a whole is near to the question.",
    "gist": "It matches the text as a whole.",
    "gist of file": "Its file matches the text as a whole.",
    "title": "It matches the first line of the text.",
    "title of file": "Its file matches the first line of the text.",
    "names": "It defines names that the text mentions.",
    "names of file": "Its file defines names that the text mentions.",
    "files": "The text mentions its file.",
    "lines": "The text mentions its lines.",
    "copy": "It is a near copy of the code: {percent} of its words are the same.",
    "rerank": "The reranking model moved it up.",
}
"""By the name of a signal that raised the score."""

_ROLES: Final[Mapping[Role, str]] = {
    Role.TEST: "It is a test, and the question asks for none",
    Role.EXAMPLE: "It is an example, and the question asks for none",
    Role.DECLARATION: "It only declares types",
    Role.VENDORED: "It is other people’s code, copied into the folder",
    Role.REEXPORT: "Its file mostly passes on what other files define",
    Role.DOCUMENT: "It is a document, and the question asks for none",
    Role.IMAGE: "It is an image, and the question asks for none",
    Role.SETTINGS: "It is a settings or data file, and the question asks for none",
}

_IN_TIERS = frozenset(tier.value for tier in Tier)


def effects(hit: Hit) -> tuple[tuple[Effect, ...], tuple[Effect, ...]]:
    """What raised a hit's score beside the tiers, and what lowered it, each with the most first."""
    gained: list[Effect] = []
    lost: list[Effect] = []
    score = 0.0
    for reason in hit.reasons:
        before, score = score, score + reason.value
        if reason.name == "copy":  # a share of words, and no part of the score
            score = before
        if reason.name in _IN_TIERS or not reason.value:
            continue
        if reason.value < 0:
            lost.append(Effect(reason.name, reason.value, _taken_off(hit, reason.name, reason.value, before)))
        elif reason.value >= _LEAST * max(hit.score, score):
            gained.append(Effect(reason.name, reason.value, _added(hit, reason.name, reason.value, before)))
    shared = hit.score - score
    if shared < -_LEAST * score:
        text = f"A better hit of the same file comes first: {_percent(-shared / score)} off."
        lost.append(Effect("saturation", shared, text))
    return (
        tuple(sorted(gained, key=lambda one: -one.value)),
        tuple(sorted(lost, key=lambda one: one.value)),
    )


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(items[:-1])] if items[1:] else []), *items[-1:]])


def _added(hit: Hit, name: str, value: float, before: float) -> str:
    if name == "role":
        return f"It is where its folder’s code begins: {_percent(value / before)} more."
    if name == "symbol" and role_of(hit.path) is Role.IMAGE:
        return "Its name is near in meaning to the question."
    if name == "literal":
        what = "The question" if value >= _WHOLE * WEIGHTS.literal else "A part of the question"
        return f"{what} stands here word for word."
    return _GAINED.get(name, "Another sign speaks for it: {name}.").format(name=name, percent=_percent(value))


def _taken_off(hit: Hit, name: str, value: float, before: float) -> str:
    off = f"{_percent(-value / before)} off" if before > 0 else "moved down"
    if name == "depth":
        return f"It lies deeper in the folders than other candidates: {off}."
    if name == "role":
        why = _ROLES.get(role_of(hit.path), "A newer version of it lies beside it")
        return f"{why}: {off}."
    if name == "rerank":
        return "The reranking model moved it down."
    return f"Something speaks against it ({name}): {off}."


def _percent(share: float) -> str:
    return f"{share:.0%}"
