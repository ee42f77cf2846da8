"""The ablation of two models: code, code in words, and both; by themselves and in the whole search.

All rows of a table answer the same questions, so differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from semlens.core.bench.statistics import difference
from semlens.types import Tier

FORMS: Mapping[str, frozenset[Tier]] = {
    "code": frozenset({Tier.DEEP}),
    "words": frozenset({Tier.SECOND}),
    "both": frozenset({Tier.DEEP, Tier.SECOND}),
    "all tiers, code": frozenset(Tier) - {Tier.SECOND},
    "all tiers, words": frozenset(Tier) - {Tier.DEEP},
    "all tiers, both": frozenset(Tier),
}
"""What the transformers read → the tiers that answer."""


def table(title: str, measures: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Print the mean of each measure for each form, and how far it is from code alone, with its interval.

    :param measures: the name of a measure → form → the value of each question, all in one order
    """
    first = next(iter(measures.values()))
    names = [cell for name in measures for cell in (name, "beyond code")]
    print(f"\n| {title} | questions | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}")
    for form, values in first.items():
        cells = [str(len(values))]
        for by_form in measures.values():
            base = by_form["all tiers, code" if form.startswith("all") else "code"]
            cells += [f"{sum(by_form[form]) / len(values):.3f}", _beyond(by_form[form], base)]
        print(f"| {form} | {' | '.join(cells)} |")


def _beyond(values: Sequence[float], base: Sequence[float]) -> str:
    if values is base:
        return ""
    found = difference(values, base)
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
