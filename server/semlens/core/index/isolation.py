"""Read files one at a time, each in a worker process, where parsing one of them has ended a process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.source import read_source
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import KnownInstants, Quarantined, Reading, Wanted, read
from semlens.core.index.quarantine import REASON, FixedQuarantine, Quarantine
from semlens.core.index.worker_messages import PrepareRequest
from semlens.core.index.worker_pool import Task, Workers
from semlens.types import CancelToken, Skipped

ATTEMPTS = 3
"""A text that ends three processes in a row is banned; a single end may have another cause."""

POLL_SECONDS = 0.05
"""Between two looks at the cancel token."""


@dataclass(frozen=True, slots=True)
class PrepareContext:
    """What the steps of preparing a folder's files share."""

    root: Path
    max_bytes: int
    """Larger files are skipped."""
    encoding: str
    """The editor's for files that say nothing of their own."""
    models: ModelSet
    known_instants: KnownInstants
    cancel: CancelToken
    quarantine: Quarantine


def read_one_by_one(context: PrepareContext, batch: Sequence[Wanted]) -> Reading:
    """Read a batch that has ended a process; the file at fault is skipped.

    :raises Cancelled: the run was cancelled.
    """
    return _merged(_read_isolated(context, item) for item in batch)


def retry_quarantined(context: PrepareContext, reading: Reading) -> Reading:
    """The reading with its quarantined files read in isolation: released if that works, else skipped.

    :raises Cancelled: the run was cancelled.
    """
    if not reading.quarantined:
        return reading
    rest = Reading(reading.files, reading.skipped, reading.unchanged)
    return _merged([rest, *(_retry(context, item) for item in reading.quarantined)])


def _retry(context: PrepareContext, item: Quarantined) -> Reading:
    if context.quarantine.is_banned(item.content_hash):
        return _skipping(Skipped(item.path, REASON, stamp=item.stamp))
    reading = _read_isolated(context, Wanted(item.path, None, item.permission))
    if not any(skipped.reason == REASON for skipped in reading.skipped):
        context.quarantine.release(item.content_hash)
    return reading


def _read_isolated(context: PrepareContext, item: Wanted) -> Reading:
    """Read one file in a process that may end of it, or here if the models have no processes."""
    workers, deaths = context.models.workers, 0
    if workers is None:
        word_table, guard = context.models.word_table, FixedQuarantine()
        return read(
            context.root, [item], context.max_bytes, word_table, context.cancel, guard, context.encoding
        )
    for _ in range(ATTEMPTS):
        task = _finished_task(context, item, workers)
        if (answer := task.answer()) is not None:
            return answer.reading
        deaths += task.died
    source = read_source(context.root, item.path, context.max_bytes, context.encoding, item.permission)
    if isinstance(source, Skipped):
        return _skipping(source)
    if deaths < ATTEMPTS:
        return _skipping(Skipped(item.path, "could not be parsed in a process of its own"))
    context.quarantine.ban(source.content_hash)
    return _skipping(Skipped(item.path, REASON, stamp=source.stamp))


def _finished_task(context: PrepareContext, item: Wanted, workers: Workers) -> Task:
    """The task of reading one file, done or given up. Raises `Cancelled`."""
    banned = context.quarantine.banned
    request = PrepareRequest(
        context.root, [item], context.max_bytes, context.encoding, embed=False, quarantined=banned
    )
    task = workers.submit(request, fewest=1)
    while not task.wait(POLL_SECONDS):
        if (context.cancel.cancelled or not workers.warm) and workers.withdraw(task):
            break
        context.cancel.check()
    context.cancel.check()
    return task


def _skipping(skipped: Skipped) -> Reading:
    return Reading((), (skipped,), ())


def _merged(readings: Iterable[Reading]) -> Reading:
    parts = list(readings)
    return Reading(
        tuple(file for part in parts for file in part.files),
        tuple(item for part in parts for item in part.skipped),
        tuple(item for part in parts for item in part.unchanged),
        tuple(item for part in parts for item in part.quarantined),
    )
