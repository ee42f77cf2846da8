"""Bring a folder's index to what is on disk: all of it, or some paths of it.

The disk is the truth for the index as the index is for what is derived from it: a
notification only says where to look.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from semlens.core.files.membership import Membership
from semlens.core.files.walk import FoundFile, walk, walk_path
from semlens.core.index.folder import FolderIndex
from semlens.core.index.isolation import PrepareContext
from semlens.core.index.pipeline import prepare_each
from semlens.core.index.prepare import Prepared, Wanted
from semlens.core.store.quantized import Codes
from semlens.core.util.memory import give_back
from semlens.types import CancelToken, ContentHash, FileStamp, RelativePath, Report, Skipped

BATCH_FILES = 64
BATCH_BYTES = 256_000
"""A batch takes about a quarter of a second: a cancel or a kill loses little."""

REMOVED_FILES = 500
"""Files that leave the index in one step."""

MANY_FILES = 50
"""Files after which it is worth giving memory back."""

STORE_SECONDS = 0.5
"""What was prepared within this time is stored in one step, which is cheaper than many."""

PUBLISH_SECONDS = 1.0
"""How often what a long run has done becomes findable by words."""

Progress = Callable[[int, int], None]
"""Called with the files done and the files in all."""

Known = Mapping[RelativePath, tuple[FileStamp, ContentHash]]
"""The files in the index."""


@dataclass(frozen=True, slots=True)
class Run:
    """What every step of one run needs."""

    index: FolderIndex
    membership: Membership
    known: Known
    """The files in the index when the run began."""
    cancel: CancelToken
    progress: Progress = lambda done, total: None


def reconcile(
    index: FolderIndex,
    membership: Membership,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    full: bool = False,
) -> Report:
    """Make the index equal to a scan of the disk. With `full`, every file is read again.

    Raises `Cancelled`, `FolderError` and `StorageError`; what was done until then is kept.
    """
    tally = _Tally()
    found, skipped = _split(walk(index.root, membership, cancel))
    run = Run(index, membership, index.reader.stamps(), cancel, progress)
    as_before = {} if full else _as_refused(index, found)
    skipped += as_before.values()
    index.database.replace_skipped(skipped)
    tally.leave_out(skipped)
    wanted = [item for item in found if full or (_differs(item, run.known) and item.path not in as_before)]
    _take_in(run, wanted, len(found), tally)
    _take_out(run, run.known.keys() - {item.path for item in found}, tally)
    if len(wanted) >= MANY_FILES:
        give_back()
    return tally.report(index)


def update(
    index: FolderIndex, membership: Membership, paths: Iterable[RelativePath], cancel: CancelToken
) -> Report:
    """Make the index true for `paths`, each a file or a folder, there or gone."""
    run, tally = Run(index, membership, index.reader.stamps(), cancel), _Tally()
    left_out = index.reader.skipped_paths()
    found: dict[RelativePath, FoundFile] = {}
    skipped: list[Skipped] = []
    touched: set[RelativePath] = set()
    for path in sorted(set(paths)):
        touched.update(_at_or_below(path, run.known), _at_or_below(path, left_out))
        candidates, refused = _split(walk_path(index.root, membership, path, cancel))
        found.update((candidate.path, candidate) for candidate in candidates)
        skipped.extend(refused)
    _leave_out(run, skipped, tally)
    as_before = _as_refused(index, found.values())
    wanted = [item for item in found.values() if _differs(item, run.known) and item.path not in as_before]
    _take_in(run, wanted, len(found), tally)
    _take_out(run, touched - found.keys() - {item.path for item in skipped}, tally)
    return tally.report(index)


@dataclass(slots=True)
class _Tally:
    """The counts of a run, as they grow."""

    started: float = field(default_factory=time.perf_counter)
    added: int = 0
    changed: int = 0
    removed: int = 0
    embedded: int = 0
    reused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def take(self, prepared: Prepared, known: Known) -> None:
        was_known = sum(file.path in known for file in prepared.files)
        self.changed += was_known
        self.added += len(prepared.files) - was_known
        self.embedded += len(prepared.fresh)
        self.reused += prepared.reused

    def leave_out(self, skipped: Iterable[Skipped]) -> None:
        self.reasons.update(item.reason for item in skipped)

    def report(self, index: FolderIndex) -> Report:
        counts = index.reader.counts()
        return Report(
            files=counts.files,
            chunks=counts.chunks,
            added=self.added,
            changed=self.changed,
            removed=self.removed,
            skipped=sum(self.reasons.values()),
            embedded=self.embedded,
            reused=self.reused,
            seconds=time.perf_counter() - self.started,
            skipped_reasons=dict(self.reasons),
        )


def _split(items: Iterator[FoundFile | Skipped]) -> tuple[list[FoundFile], list[Skipped]]:
    candidates: list[FoundFile] = []
    skipped: list[Skipped] = []
    for item in items:
        if isinstance(item, FoundFile):
            candidates.append(item)
        else:
            skipped.append(item)
    return candidates, skipped


def _as_refused(index: FolderIndex, found: Iterable[FoundFile]) -> dict[RelativePath, Skipped]:
    """Those that were left out for their content and are as they were then."""
    before = index.reader.skipped_for_content()
    again = (before.get(item.path) for item in found if item.path in before)
    stamps = {item.path: item.stamp for item in found} if before else {}
    return {one.path: one for one in again if one is not None and one.stamp == stamps[one.path]}


def _differs(candidate: FoundFile, known: Known) -> bool:
    return candidate.path not in known or known[candidate.path][0] != candidate.stamp


def _at_or_below(path: RelativePath, paths: Iterable[RelativePath]) -> Iterator[RelativePath]:
    below = f"{path}/" if path else ""
    return (one for one in paths if one == path or one.startswith(below))


def _take_in(run: Run, wanted: Sequence[FoundFile], total: int, tally: _Tally) -> None:
    """Read, embed and store. Before anything leaves: what was renamed still has its vectors here."""
    done = total - len(wanted)
    run.progress(done, total)
    stored, published = float("-inf"), time.monotonic()
    batches = list(_batches(wanted))
    waiting: list[Prepared] = []
    try:
        with closing(_prepare(run, batches, waiting)) as each:
            for batch, prepared in zip(batches, each, strict=True):
                waiting.append(prepared)
                done += len(batch)
                if time.monotonic() - stored < STORE_SECONDS and batch is not batches[-1]:
                    continue
                _store(run, waiting, tally)
                waiting.clear()
                stored = time.monotonic()
                if stored - published > PUBLISH_SECONDS:
                    run.index.publish()
                    published = time.monotonic()
                run.progress(done, total)
    finally:
        run.index.publish()


def _prepare(
    run: Run, batches: Sequence[Sequence[FoundFile]], waiting: Sequence[Prepared]
) -> Generator[Prepared, None, None]:
    """What comes of each batch; what is `waiting` to be stored is not embedded again."""
    index, known = run.index, run.known

    def known_instants(hashes: Sequence[ContentHash]) -> dict[ContentHash, Codes]:
        made = {key: one.fresh[key] for one in waiting for key in hashes if key in one.fresh}
        return {**index.known_instants([key for key in hashes if key not in made]), **made}

    context = PrepareContext(
        index.root, run.membership.max_bytes, index.models, known_instants, run.cancel, index.quarantine
    )
    wanted = (
        [Wanted(one.path, known[one.path][1] if one.path in known else None) for one in batch]
        for batch in batches
    )
    return prepare_each(context, wanted, sum(one.stamp.size for batch in batches for one in batch))


def _store(run: Run, group: Sequence[Prepared], tally: _Tally) -> None:
    run.cancel.check()
    run.index.keep_instants({key: vector for one in group for key, vector in one.fresh.items()})
    unchanged = [(item.path, item.stamp) for one in group for item in one.unchanged]
    run.index.apply([file for one in group for file in one.files], (), (), unchanged)
    for one in group:
        tally.take(one, run.known)
    _leave_out(run, [item for one in group for item in one.skipped], tally)


def _leave_out(run: Run, skipped: Sequence[Skipped], tally: _Tally) -> None:
    if skipped:
        run.index.apply((), (), skipped)
        tally.leave_out(skipped)
        tally.removed += sum(item.path in run.known for item in skipped)


def _take_out(run: Run, gone: Iterable[RelativePath], tally: _Tally) -> None:
    """Remove what is not there any more."""
    leaving = sorted(gone)
    try:
        for start in range(0, len(leaving), REMOVED_FILES):
            run.cancel.check()
            portion = leaving[start : start + REMOVED_FILES]
            run.index.apply((), portion)
            tally.removed += sum(path in run.known for path in portion)
    finally:
        if leaving:
            run.index.publish()


def _batches(candidates: Sequence[FoundFile]) -> Iterator[list[FoundFile]]:
    batch: list[FoundFile] = []
    size = 0
    for candidate in candidates:
        batch.append(candidate)
        size += candidate.stamp.size
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
