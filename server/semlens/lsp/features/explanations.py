"""Why a hit is there and why nothing is, in the editor's types."""

from __future__ import annotations

from collections.abc import Sequence

from semlens.protocol import editor as protocol
from semlens.types import Effect, Explanation, Shortfall


def explanation(one: Explanation | None) -> protocol.Explanation | None:
    """Why a hit is where it is."""
    if one is None:
        return None
    return protocol.Explanation(
        one.summary,
        [protocol.TierOpinion(tier.tier.value, tier.strength, tier.text) for tier in one.tiers],
        [protocol.WordMatch(word.word, list(word.places)) for word in one.words],
        _effects(one.gained),
        _effects(one.lost),
    )


def shortfall(one: Shortfall | None, outside: list[protocol.Hit]) -> protocol.Shortfall | None:
    """Why nothing matches; `outside` are its hits as the editor has them."""
    if one is None:
        return None
    return protocol.Shortfall(
        one.searched,
        one.progress,
        [protocol.LeftOutCount(left.reason, left.count) for left in one.left_out],
        list(one.unknown),
        outside,
        one.advice,
        one.instead,
    )


def _effects(effects: Sequence[Effect]) -> list[protocol.Effect]:
    return [protocol.Effect(one.signal, one.value, one.text) for one in effects]
