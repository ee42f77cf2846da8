"""Why a hit is where it is: its signals as sentences that need no knowledge of ranking. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from semlens.core.files.images import IMAGE
from semlens.core.images.picture_text import picture_rows
from semlens.core.search.explain.effects import effects
from semlens.core.text.analyzer import code_terms
from semlens.types import Explanation, Hit, Strength, Tier, TierOpinion, WordMatch

TIER_NAMES: Final[Mapping[Tier, str]] = {
    Tier.LEXICAL: "By its words",
    Tier.INSTANT: "By meaning, fast",
    Tier.DEEP: "By meaning, thorough",
    Tier.SECOND: "By meaning, in words",
    Tier.IMAGE: "By what it shows",
}

_STRENGTHS: Final[Sequence[tuple[float, Strength]]] = ((1.0, "best"), (0.75, "strong"), (0.4, "fair"))
"""The least share of the best hit's score in a tier."""

_NEAR: Final = ("best", "strong")
_MODELS: Final = (Tier.DEEP, Tier.SECOND)

_SAID: Final[Mapping[Strength, str]] = {
    "best": "the best match of all",
    "strong": "a strong match",
    "fair": "a fair match",
    "weak": "a weak match",
    "none": "not among its matches",
}


def tier_opinions(
    hit: Hit, best: Mapping[Tier, float], words: Sequence[WordMatch]
) -> tuple[TierOpinion, ...]:
    """What each tier that answered says of a hit.

    :param best: the highest value of the signal of each tier that answered; 0 means that it did not
    """
    common = bool(words) and not any(word.places for word in words)
    return tuple(
        _by_common_words()
        if common and tier is Tier.LEXICAL and _value(hit, tier)
        else _opinion(hit, tier, best[tier])
        for tier in Tier
        if best.get(tier, 0.0) > 0 and (tier is not Tier.IMAGE or _value(hit, tier))
    )


def explained(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with what their signals say; the tiers and words of their explanations stay."""
    return [replace(hit, explanation=_explanation(hit)) for hit in hits]


def _explanation(hit: Hit) -> Explanation:
    known = hit.explanation or Explanation()
    gained, lost = effects(hit)
    summary = _summary(hit, known.tiers, known.words)
    return replace(known, summary=summary, gained=gained, lost=lost)


def _by_common_words() -> TierOpinion:
    text = f"{TIER_NAMES[Tier.LEXICAL]}: only words that are in most code."
    return TierOpinion(Tier.LEXICAL, "weak", text)


def _opinion(hit: Hit, tier: Tier, best: float) -> TierOpinion:
    share = _value(hit, tier) / best
    weak: Strength = "weak" if share > 0 else "none"
    strength = next((name for least, name in _STRENGTHS if share >= least), weak)
    return TierOpinion(tier, strength, f"{TIER_NAMES[tier]}: {_SAID[strength]}.")


def _value(hit: Hit, tier: Tier) -> float:
    return sum(reason.value for reason in hit.reasons if reason.name == tier.value)


def _summary(hit: Hit, tiers: Sequence[TierOpinion], words: Sequence[WordMatch]) -> str:
    """How the hit was found, and how much of the question stands in it."""
    there = [word.word for word in words if word.places]
    by_words = any(one.tier is Tier.LEXICAL and one.strength != "none" for one in tiers)
    by_meaning = any(one.tier is not Tier.LEXICAL and one.strength in _NEAR for one in tiers)
    looks_alike = any(one.tier is Tier.IMAGE for one in tiers)
    if looks_alike and not by_words:
        found = "Found by what it shows: the picture looks like the question"
    elif words and not there:
        found = "Found by meaning: none of the question’s words stands here"
    elif by_meaning and by_words:
        found = "Found by its words and by its meaning"
    elif by_meaning:
        found = "Found by its meaning"
    else:
        found = "Found by its words" if by_words else "Found by what it names"
    if looks_alike and by_words:
        found += "; the picture looks like the question"
    if all(any(one.tier is tier and one.strength in _NEAR for one in tiers) for tier in _MODELS):
        found += "; near in meaning by both models"
    if words and there:
        found += f"; {_share_of(there, words)}"
    if hit.language == IMAGE and _are_read(hit.preview, there):
        found += "; words of the question stand in the picture"
    return f"{found}. Nothing matches well, and this is among the nearest." if hit.weak else f"{found}."


def _are_read(words_of_image: str, words: Sequence[str]) -> bool:
    """Whether some words stand in the text that was read in an image."""
    lines = words_of_image.split("\n")
    read = frozenset(code_terms("\n".join(lines[row] for row in picture_rows(lines))))
    return any(not read.isdisjoint(code_terms(word)) for word in words)


def _share_of(there: Sequence[str], words: Sequence[WordMatch]) -> str:
    """Which of the question's words stand in the hit."""
    if len(there) == len(words):
        if len(words) == 1:
            return "the question’s word stands here"
        return "both words stand here" if len(words) == 2 else f"all {len(words)} words stand here"
    if len(there) == 1:
        return f"1 of {len(words)} words stands here"
    return f"{len(there)} of {len(words)} words stand here"
