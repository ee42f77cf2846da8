"""Make a folder's index equal to the disk, for the whole folder or for some paths.

The disk is the truth about the index: a notification of a change only says where to look.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from semlens.core.files.membership import Membership
from semlens.core.files.walk import ROOT, FoundFile, walk, walk_path
from semlens.core.index.decoding import decode_as
from semlens.core.index.folder import FolderIndex
from semlens.core.index.images import forget_images, image_batches
from semlens.core.index.isolation import PrepareContext
from semlens.core.index.known_vectors import keep_instant_vectors, known_instant_vectors
from semlens.core.index.pipeline import prepare_each
from semlens.core.index.prepare import Prepared, Wanted
from semlens.core.store.quantized import Codes
from semlens.core.util.memory import release_memory
from semlens.types import CancelToken, ContentHash, FileStamp, RelativePath, Report, Skipped

BATCH_FILES = 64
BATCH_BYTES = 256_000
"""A batch takes about a quarter of a second, so a cancel or a kill loses little work."""

REMOVED_FILES = 500
"""Files that are removed from the index in one transaction."""

MANY_FILES = 50
"""After so many indexed files, free memory is returned to the system."""

STORE_SECONDS = 0.5
"""Batches prepared within this time are stored in one transaction, which is cheaper than many."""

COMMIT_SECONDS = 1.0
"""How often a long run commits the lexical index."""

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number of all files."""

Known = Mapping[RelativePath, tuple[FileStamp, ContentHash]]
"""The stamp and the content hash of each indexed file."""


@dataclass(frozen=True, slots=True)
class IndexRun:
    """The inputs of every step of one run."""

    index: FolderIndex
    membership: Membership
    known: Known
    """The indexed files when the run began."""
    cancel: CancelToken
    progress: Progress = lambda done, total: None


def reconcile(
    index: FolderIndex,
    membership: Membership,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
    full: bool = False,
) -> Report:
    """Make the index equal to a scan of the whole folder.

    :param progress: called after each stored batch
    :param full: read every file again, also those whose stamp has not changed
    :raises Cancelled, FolderError, StorageError: stored batches are kept
    """
    counters = _Counters()
    decode_as(index, membership.encoding)
    found, skipped = _split(walk(index.root, membership, cancel))
    run = IndexRun(index, membership, index.reader.files.stamps(), cancel, progress)
    still_skipped = {} if full else _still_skipped(index, found)
    skipped += still_skipped.values()
    index.database.replace_skipped(skipped)
    counters.add_skipped(skipped)
    texts, images = _apart(item for item in found if item.path not in still_skipped or full)
    stale = [item for item in texts if full or _differs(item, run.known)]
    _index_files(run, stale, len(found), counters)
    refused = {item.path: item for item in skipped}
    _remove_files(run, run.known.keys() - {item.path for item in found}, counters, refused)
    if membership.settings.images:
        _index_images(run, images, None, counters)
    else:
        forget_images(index)
    index.write_instant(cancel.check)
    index.verify()
    if len(stale) >= MANY_FILES:
        release_memory()
    return counters.report(index)


def update(
    index: FolderIndex, membership: Membership, paths: Iterable[RelativePath], cancel: CancelToken
) -> Report:
    """Make the index equal to the disk for `paths`, each a file or a folder, present or deleted.

    A file of `paths` is read, whatever its stamp says.

    :raises Cancelled, FolderError, StorageError: stored batches are kept
    """
    run, counters = IndexRun(index, membership, index.reader.files.stamps(), cancel), _Counters()
    skipped_before = index.reader.files.skipped_paths()
    found: dict[RelativePath, FoundFile] = {}
    skipped: list[Skipped] = []
    told = set(paths)
    touched = {*_at_or_below(told, run.known), *_at_or_below(told, skipped_before)}
    for path in sorted(told):
        candidates, refused = _split(walk_path(index.root, membership, path, cancel))
        found.update((candidate.path, candidate) for candidate in candidates)
        skipped.extend(refused)
    _record_skipped(run, skipped, counters)
    still_skipped = _still_skipped(index, (item for item in found.values() if item.path not in told))
    texts, images = _apart(item for item in found.values() if item.path not in still_skipped)
    stale = [item for item in texts if item.path in told or _differs(item, run.known)]
    _index_files(run, stale, len(found), counters)
    _remove_files(run, touched - found.keys() - {item.path for item in skipped}, counters)
    if membership.settings.images:
        _index_images(run, images, touched | found.keys(), counters)
    index.write_instant(cancel.check)
    return counters.report(index)


@dataclass(slots=True)
class _Counters:
    """The counts of a run."""

    started: float = field(default_factory=time.perf_counter)
    added: int = 0
    changed: int = 0
    removed: int = 0
    embedded: int = 0
    reused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add_stored(self, prepared: Prepared, known: Known) -> None:
        was_known = sum(file.path in known for file in prepared.files)
        self.changed += was_known
        self.added += len(prepared.files) - was_known
        self.embedded += len(prepared.fresh)
        self.reused += prepared.reused

    def add_skipped(self, skipped: Iterable[Skipped]) -> None:
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


def _still_skipped(index: FolderIndex, found: Iterable[FoundFile]) -> dict[RelativePath, Skipped]:
    """The files that were skipped because of their content and have not changed since."""
    before = index.reader.files.skipped_for_content()
    again = (before.get(item.path) for item in found if item.path in before)
    stamps = {item.path: item.stamp for item in found} if before else {}
    return {one.path: one for one in again if one is not None and one.stamp == stamps[one.path]}


def _differs(candidate: FoundFile, known: Known) -> bool:
    return candidate.path not in known or known[candidate.path][0] != candidate.stamp


def _at_or_below(told: Collection[RelativePath], paths: Iterable[RelativePath]) -> Iterator[RelativePath]:
    """Those of `paths` that are one of `told`, or lie in one."""
    if ROOT in told:
        return iter(paths)
    return (path for path in paths if path in told or any(folder in told for folder in _folders_of(path)))


def _folders_of(path: RelativePath) -> Iterator[str]:
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _index_files(run: IndexRun, stale: Sequence[FoundFile], total: int, counters: _Counters) -> None:
    """Read, embed and store files.

    This comes before any removal, so that a renamed file still finds its vectors in the index.
    """
    done = total - len(stale)
    run.progress(done, total)
    stored, committed = float("-inf"), time.monotonic()
    batches = list(_batches(stale))
    waiting: list[Prepared] = []
    try:
        with closing(_prepare(run, batches, waiting)) as each:
            for batch, prepared in zip(batches, each, strict=True):
                waiting.append(prepared)
                done += len(batch)
                if time.monotonic() - stored < STORE_SECONDS and batch is not batches[-1]:
                    continue
                _store(run, waiting, counters)
                waiting.clear()
                stored = time.monotonic()
                if stored - committed > COMMIT_SECONDS:
                    run.index.lexical_tier.commit()
                    committed = time.monotonic()
                run.progress(done, total)
    finally:
        run.index.lexical_tier.commit()


def _index_images(
    run: IndexRun,
    images: Sequence[FoundFile],
    touched: Collection[RelativePath] | None,
    counters: _Counters,
) -> None:
    """Bring the images to what is on the disk and what the stored files say; arguments as `image_batches`."""
    membership = run.membership
    read_text = membership.settings.image_text
    try:
        for prepared in image_batches(
            run.index, images, touched, membership.max_bytes, run.cancel, read_text
        ):
            _store(run, [prepared], counters)
    finally:
        run.index.lexical_tier.commit()


def _apart(found: Iterable[FoundFile]) -> tuple[list[FoundFile], list[FoundFile]]:
    """The texts and the images among some files."""
    both = list(found)
    return [item for item in both if not item.is_image], [item for item in both if item.is_image]


def _prepare(
    run: IndexRun, batches: Sequence[Sequence[FoundFile]], waiting: Sequence[Prepared]
) -> Generator[Prepared, None, None]:
    """Prepare each batch. Contents in `waiting`, which is not stored yet, are not embedded again."""
    index, known = run.index, run.known

    def known_instants(hashes: Sequence[ContentHash]) -> dict[ContentHash, Codes]:
        made = {key: one.fresh[key] for one in waiting for key in hashes if key in one.fresh}
        return {**known_instant_vectors(index, [key for key in hashes if key not in made]), **made}

    context = PrepareContext(
        index.root,
        run.membership.max_bytes,
        index.encoding,
        index.models,
        known_instants,
        run.cancel,
        index.quarantine,
    )
    wanted = (
        [Wanted(one.path, known[one.path][1] if one.path in known else None, one.permission) for one in batch]
        for batch in batches
    )
    return prepare_each(context, wanted, sum(one.stamp.size for batch in batches for one in batch))


def _store(run: IndexRun, group: Sequence[Prepared], counters: _Counters) -> None:
    run.cancel.check()
    models = run.index.models
    for one in group:
        models.paces.note(models.instant_fingerprint, one.made_here, one.seconds)
    keep_instant_vectors(run.index, {key: vector for one in group for key, vector in one.fresh.items()})
    unchanged = [(item.path, item.stamp) for one in group for item in one.unchanged]
    run.index.apply([file for one in group for file in one.files], (), (), unchanged)
    for one in group:
        counters.add_stored(one, run.known)
    _record_skipped(run, [item for one in group for item in one.skipped], counters)


def _record_skipped(run: IndexRun, skipped: Sequence[Skipped], counters: _Counters) -> None:
    if skipped:
        run.index.apply((), (), skipped)
        counters.add_skipped(skipped)
        counters.removed += sum(item.path in run.known for item in skipped)


def _remove_files(
    run: IndexRun,
    gone: Iterable[RelativePath],
    counters: _Counters,
    refused: Mapping[RelativePath, Skipped] | None = None,
) -> None:
    """Remove files that are no longer on disk, or that the rules refuse now for the reasons in `refused`."""
    reasons = refused or {}
    leaving = sorted(gone)
    try:
        for start in range(0, len(leaving), REMOVED_FILES):
            run.cancel.check()
            batch = leaving[start : start + REMOVED_FILES]
            run.index.apply((), batch, [reasons[path] for path in batch if path in reasons])
            counters.removed += sum(path in run.known for path in batch)
    finally:
        if leaving:
            run.index.lexical_tier.commit()


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
