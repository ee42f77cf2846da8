"""Bring a folder's index to what is on disk: all of it, or some paths of it.

The disk is the truth for the index as the index is for what is derived from it: a
notification only says where to look.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from semlens.core.files.ignore import Membership
from semlens.core.files.walk import Candidate, look, walk
from semlens.core.index.folder import FolderIndex
from semlens.core.index.prepare import Prepared, Wanted, prepare
from semlens.types import CancelToken, ContentHash, FileStamp, RelativePath, Report, Skipped

BATCH_FILES = 64
BATCH_BYTES = 256_000
"""A batch takes about a quarter of a second: a cancel or a kill loses little."""

PUBLISH_SECONDS = 1.0
"""How often what a long run has done becomes findable by words."""

Progress = Callable[[int, int], None]
"""Called with the files done and the files in all."""


def reconcile(
    index: FolderIndex,
    membership: Membership,
    max_bytes: int,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    full: bool = False,
) -> Report:
    """Make the index equal to a scan of the disk. With `full`, every file is read again.

    Raises `Cancelled`; what was done until then is kept.
    """
    started = time.perf_counter()
    found, skipped = _split(walk(index.root, membership, cancel))
    known = index.database.stamps()
    wanted = _changed(found, known, full)
    gone = sorted(known.keys() - {candidate.path for candidate in found})
    tally = _Tally()
    tally.removed = len(gone)
    index.database.replace_skipped(skipped)
    if gone:
        index.apply((), gone)
    try:
        _run(index, wanted, known, max_bytes, cancel, progress, len(found), tally)
    finally:
        index.publish()
    index.collect_orphans()
    return tally.report(index, len(skipped), started)


def update(
    index: FolderIndex,
    membership: Membership,
    paths: Iterable[RelativePath],
    max_bytes: int,
    cancel: CancelToken,
) -> Report:
    """Make the index true for `paths`, each a file or a folder, there or gone."""
    started = time.perf_counter()
    known = index.database.stamps()
    below: dict[RelativePath, Candidate] = {}
    refused: list[Skipped] = []
    touched: set[RelativePath] = set()
    for path in sorted(set(paths)):
        touched.update(one for one in known if one == path or one.startswith(f"{path}/"))
        candidates, skipped = _split(look(index.root, membership, path, cancel))
        below.update((candidate.path, candidate) for candidate in candidates)
        refused.extend(skipped)
    gone = sorted(touched - below.keys())
    tally = _Tally()
    tally.removed = len(gone)
    if gone or refused:
        index.apply((), gone, refused)
    wanted = _changed(list(below.values()), known, full=False)
    try:
        _run(index, wanted, known, max_bytes, cancel, lambda done, total: None, len(below), tally)
    finally:
        index.publish()
    return tally.report(index, len(refused), started)


class _Tally:
    """The counts of a run, as they grow."""

    def __init__(self) -> None:
        self.added = self.changed = self.removed = self.embedded = self.reused = 0
        self.reasons: Counter[str] = Counter()

    def take(self, prepared: Prepared, known: dict[RelativePath, tuple[FileStamp, ContentHash]]) -> None:
        was_known = sum(file.path in known for file in prepared.files)
        self.changed += was_known
        self.added += len(prepared.files) - was_known
        self.embedded += prepared.embedded
        self.reused += prepared.reused
        self.reasons.update(item.reason for item in prepared.skipped)

    def report(self, index: FolderIndex, skipped: int, started: float) -> Report:
        counts = index.database.counts()
        return Report(
            files=counts.files,
            chunks=counts.chunks,
            added=self.added,
            changed=self.changed,
            removed=self.removed,
            skipped=skipped + sum(self.reasons.values()),
            embedded=self.embedded,
            reused=self.reused,
            seconds=time.perf_counter() - started,
            skipped_reasons=dict(self.reasons),
        )


def _split(items: Iterator[Candidate | Skipped]) -> tuple[list[Candidate], list[Skipped]]:
    candidates: list[Candidate] = []
    skipped: list[Skipped] = []
    for item in items:
        if isinstance(item, Candidate):
            candidates.append(item)
        else:
            skipped.append(item)
    return candidates, skipped


def _changed(
    found: Sequence[Candidate], known: dict[RelativePath, tuple[FileStamp, ContentHash]], full: bool
) -> list[Candidate]:
    return [
        candidate
        for candidate in found
        if full or candidate.path not in known or known[candidate.path][0] != candidate.stamp
    ]


def _run(
    index: FolderIndex,
    wanted: Sequence[Candidate],
    known: dict[RelativePath, tuple[FileStamp, ContentHash]],
    max_bytes: int,
    cancel: CancelToken,
    progress: Progress,
    total: int,
    tally: _Tally,
) -> None:
    done = total - len(wanted)
    progress(done, total)
    published = time.monotonic()
    for batch in _batches(wanted):
        cancel.check()
        prepared = prepare(
            index.root,
            [Wanted(one.path, known[one.path][1] if one.path in known else None) for one in batch],
            max_bytes,
            index.models.measure,
            index.models.static,
            index.database.instants_for,
        )
        cancel.check()
        unreadable = [item.path for item in prepared.skipped if item.path in known]
        restamps = [(item.path, item.stamp) for item in prepared.unchanged]
        index.apply(prepared.files, unreadable, prepared.skipped, restamps)
        if time.monotonic() - published > PUBLISH_SECONDS:
            index.publish()
            published = time.monotonic()
        tally.take(prepared, known)
        tally.removed += len(unreadable)
        done += len(batch)
        progress(done, total)


def _batches(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    batch: list[Candidate] = []
    size = 0
    for candidate in candidates:
        batch.append(candidate)
        size += candidate.stamp.size
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
