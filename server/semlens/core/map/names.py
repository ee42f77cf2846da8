"""Names for clusters: the words that tell each from the others, by c-TF-IDF over names and paths.

The measure is that of BERTopic (Grootendorst, 2022): how often a word is in the cluster, times how rare it is
in all of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from semlens.core.map.clusters import NONE
from semlens.core.map.types import Rows
from semlens.core.text.analyzer import light_stem
from semlens.core.text.words import composed

WORDS = 3
"""Words in a name."""
_RESERVE = 5
"""More words of a cluster, for one whose name another cluster has."""
_LEAST_SHARE = 0.08
"""A word in fewer of a cluster's definitions tells nothing of it."""
_SAME_DEFINITIONS = 0.8
"""Of two words that stand together so often, one is enough."""

_FILLERS = frozenset(
    """
    about above after again all also and another any are back because been before being below between both
    but can could did does doing done down each either else ever every few for from had has have having her
    here him his how into its itself just less like made make makes many may might more most much must nor
    not now off once one only other others ought our out over own per put real really same she should since
    some such than that the their them then there these they this those three through too two under until
    upon use used uses using very via was way well were what when where whether which while who whom whose
    why will with within without would yet you your self none null true false foo bar baz
    """.split()
)
"""Words that tell nothing of a cluster, however rare they are in names."""

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_SHORTEST = 3


def telling_words(labels: Rows, texts: Sequence[str], clusters: int) -> list[list[str]]:
    """The words that tell each cluster, best first, of no two clusters the same; none if it has no word.

    :param labels: the cluster of each definition, from 0 to `clusters` - 1, or `NONE`
    :param texts: the name and path of each definition
    """
    everywhere: Counter[str] = Counter()
    within: list[dict[str, set[int]]] = [defaultdict(set) for _ in range(clusters)]
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for row, (label, text) in enumerate(zip(labels.tolist(), texts, strict=True)):
        words = set(_words(text))
        for stem in {light_stem(word) for word in words}:
            everywhere[stem] += 1
            if label != NONE:
                within[label][stem].add(row)
        for word in words:
            forms[light_stem(word)][word] += 1
    sizes = Counter(labels.tolist())
    ranked = [_best(found, sizes[label], everywhere, len(texts)) for label, found in enumerate(within)]
    return [[_form(forms[stem]) for stem in stems] for stems in _told_apart(ranked)]


def _told_apart(ranked: Sequence[list[str]]) -> list[list[str]]:
    """The first words of each cluster; the last of them makes way where another cluster has the same ones."""
    alike: dict[frozenset[str], list[int]] = defaultdict(list)
    for label, stems in enumerate(ranked):
        alike[frozenset(stems[:WORDS])].append(label)
    named = [stems[:WORDS] for stems in ranked]
    taken = set(alike)
    for labels in alike.values():
        for label in labels[1:]:  # the largest keeps its words
            for own in ranked[label][WORDS:]:
                words = [*ranked[label][: WORDS - 1], own]
                if frozenset(words) not in taken:
                    named[label] = words
                    taken.add(frozenset(words))
                    break
    return named


def _best(found: dict[str, set[int]], size: int, everywhere: Counter[str], total: int) -> list[str]:
    """The words of one cluster, best first, with some in reserve."""
    scores = {stem: len(rows) / size * math.log(total / everywhere[stem]) for stem, rows in found.items()}
    shared = {stem for stem, rows in found.items() if len(rows) >= max(2, _LEAST_SHARE * size)}
    if any(scores[stem] > 0 for stem in shared):  # else a word of one definition is better than a number
        scores = {stem: scores[stem] for stem in shared}
    chosen: list[str] = []
    for stem in sorted(scores, key=lambda stem: (-scores[stem], stem)):
        if scores[stem] > 0 and not any(_together(found[stem], found[other]) for other in chosen):
            chosen.append(stem)
            if len(chosen) == WORDS + _RESERVE:
                break
    return chosen


def _together(one: set[int], other: set[int]) -> bool:
    return len(one & other) >= _SAME_DEFINITIONS * len(one | other)


def _form(seen: Counter[str]) -> str:
    """The most usual form of a word."""
    return min(seen, key=lambda word: (-seen[word], len(word), word))


def _words(text: str) -> Iterable[str]:
    for part in _PART.findall(composed(text)):
        word = part.lower()
        if (len(part) >= _SHORTEST or not part.isascii()) and word not in _FILLERS:
            yield word
