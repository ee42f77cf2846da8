"""Name the filters that leave no file, with what would leave some. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NamedTuple

from semlens.core.query.filters import IMAGES, Filter, narrowed
from semlens.core.query.query import Query
from semlens.core.query.scope import ScopeFilter, names_of
from semlens.core.text.languages import LANGUAGES, TEXT, languages_named
from semlens.types import RelativePath, Scope

LANGUAGES_NAMED = 5
"""Languages of the searched files that a sentence lists."""

MAX_NAMES = 5_000
"""Names of files and folders that a mistyped path is compared with."""

_CLOSE = 0.6
"""The least similarity, as `difflib` counts it, of what somebody may have meant."""


class IndexedFile(NamedTuple):
    """A file to search."""

    path: RelativePath
    language: str | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Filters that together leave no file, though there are files."""

    filters: tuple[Filter, ...]
    sentence: str
    instead: Filter | None = None
    """What to type in place of a single filter, so that some file is left."""
    present: str = ""
    """A sentence about what there is instead, which may be long."""


def unmatched_filters(query: Query, files: Sequence[IndexedFile]) -> list[Unmatched]:
    """Each filter of the query that leaves none of `files` by itself; or else all, if they do so together."""
    if not files:
        return []
    narrowing = [one for one in query.filters if one.name != "kind" or one.value == IMAGES]
    alone = [one for one in narrowing if not _leaves_any([one], files)]
    if alone:
        return [_explained(one, files) for one in alone]
    if len(narrowing) < 2 or _leaves_any(narrowing, files):
        return []
    listed = _listed([one.text for one in narrowing])
    return [Unmatched(tuple(narrowing), f"No file is left by {listed} together.")]


def empty_scope(scope: Scope, files: Sequence[IndexedFile]) -> str | None:
    """A sentence if the options of a search leave none of `files`, else None."""
    if scope == Scope() or not files or _admits_any(scope, files):
        return None
    options = [
        *(Filter("path", glob) for glob in scope.include),
        *(Filter("lang", name.strip().lower()) for name in scope.languages),
    ]
    for one in options:
        if not _leaves_any([one], files):
            found = _explained(one, files)
            return (
                " ".join(filter(None, (found.sentence, found.present)))
                .replace("lang:", "")
                .replace("path:", "")
            )
    return "No file matches everything that the search is narrowed to."


def _leaves_any(filters: Sequence[Filter], files: Sequence[IndexedFile]) -> bool:
    return _admits_any(narrowed(Scope(), filters), files)


def _admits_any(scope: Scope, files: Sequence[IndexedFile]) -> bool:
    admits = ScopeFilter(scope).admits
    return any(admits(path, language) for path, language in files)


def _explained(one: Filter, files: Sequence[IndexedFile]) -> Unmatched:
    if one.name == "kind":
        if one.excludes:
            return Unmatched((one,), "Every file is an image.")
        return Unmatched(
            (one,), "No image is indexed. Images are found while the setting semlens.images is on."
        )
    if one.name == "is":
        return Unmatched((one,), "Every file is a test." if one.excludes else "No file is a test.")
    if one.excludes:
        what = replace(one, excludes=False).text
        return Unmatched((one,), f"Every file is in {what}, so {one.text} leaves none.")
    sentence = f"No file is in {one.text}."
    languages = Counter(language or TEXT for _, language in files)
    meant = _meant_language(one.value, languages) if one.name == "lang" else _meant_path(one.value, files)
    if meant is not None:
        instead = replace(one, value=meant)
        return Unmatched((one,), f"{sentence} Did you mean {instead.text}?", instead)
    if one.name == "lang":
        most = [name for name, _ in languages.most_common(LANGUAGES_NAMED)]
        if not most[1:]:
            present = f"The only language here is {_listed(most)}."
        elif len(languages) <= LANGUAGES_NAMED:
            present = f"The languages here are {_listed(most)}."
        else:
            present = f"Most files are in {_listed(most)}."
        return Unmatched((one,), sentence, present=present)
    return Unmatched((one,), sentence)


def _meant_language(name: str, languages: Iterable[str]) -> str | None:
    """The language of some file whose name is like `name`, which is that of no language itself."""
    if name not in languages_named(name) or name in LANGUAGES:
        return None
    present = {other: language for language in languages for other in names_of(language)}
    close = get_close_matches(name, present, 1, _CLOSE)
    return present[close[0]] if close else None


def _meant_path(glob: str, files: Sequence[IndexedFile]) -> str | None:
    """A glob like `glob` that matches some file: in another case, at any depth, or of a name like it."""
    bare = glob.replace("\\", "/").strip("/").removeprefix("./").removeprefix("**/")
    folder, slash, last = bare.rpartition("/")
    names = Counter(name for path, _ in files for name in path.split("/"))
    close = get_close_matches(last, [name for name, _ in names.most_common(MAX_NAMES)], 3, _CLOSE)
    tries = [*_other_case(bare, files), f"**/{bare}"]
    tries += [f"{before}{folder}{slash}{name}" for before in ("", "**/") for name in close]
    for meant in (*tries, *close):
        if meant != glob and _leaves_any([Filter("path", meant)], files):
            return meant if "/" in meant.removeprefix("**/") else meant.removeprefix("**/")
    return None


def _other_case(bare: str, files: Sequence[IndexedFile]) -> Iterator[str]:
    """The first place where a path has the letters of `bare` in another case."""
    mark = "/" if "/" in bare else ""
    wanted = f"{mark}{bare.lower()}{mark}"
    for path, _ in files:
        at = f"{mark}{path.lower()}{mark}".find(wanted)
        if at >= 0 and len(path.lower()) == len(path):
            found = path[at : at + len(bare)]
            yield from (found, f"**/{found}")
            return


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(items[:-1])] if items[1:] else []), *items[-1:]])
