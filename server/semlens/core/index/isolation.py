"""One file at a time in a process of its own, where several together have ended one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.source import read_source
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import Avoided, KnownInstants, Reading, Wanted, read
from semlens.core.index.quarantine import REASON, FixedQuarantine, Quarantine
from semlens.core.index.worker_messages import pack_request, unpack_reading
from semlens.core.index.worker_pool import Task, Workers
from semlens.types import CancelToken, Skipped

ATTEMPTS = 3
"""A process may be ended by somebody else; one that parses the same text three times in a row is not."""

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class PrepareContext:
    """What to prepare for, and from where."""

    root: Path
    max_bytes: int
    models: ModelSet
    known_instants: KnownInstants
    cancel: CancelToken
    trials: Quarantine


def one_by_one(order: PrepareContext, batch: Sequence[Wanted]) -> Reading:
    """What a batch says that has ended a process. Raises `Cancelled`."""
    return _together(_alone(order, item) for item in batch)


def with_avoided(reading: Reading, order: PrepareContext) -> Reading:
    """The reading with what was not parsed out of caution: on trial, or left out for good."""
    if not reading.avoided:
        return reading
    rest = Reading(reading.files, reading.skipped, reading.unchanged)
    return _together([rest, *(_try(order, item) for item in reading.avoided)])


def _try(order: PrepareContext, item: Avoided) -> Reading:
    if order.trials.is_unparsable(item.content_hash):
        return _left_out(Skipped(item.path, REASON, stamp=item.stamp))
    reading = _alone(order, Wanted(item.path, None))
    if not any(skipped.reason == REASON for skipped in reading.skipped):
        order.trials.release(item.content_hash)
    return reading


def _alone(order: PrepareContext, item: Wanted) -> Reading:
    """What one file says, read by a process that may end of it, if processes are there to be had."""
    workers, deaths = order.models.workers, 0
    if workers is None:
        return read(
            order.root, [item], order.max_bytes, order.models.lexicon, order.cancel, FixedQuarantine()
        )
    for _ in range(ATTEMPTS):
        task = _done(order, item, workers)
        if task.answer is not None:
            return unpack_reading(task.answer)[0]
        deaths += task.died
    source = read_source(order.root, item.path, order.max_bytes)
    if isinstance(source, Skipped):
        return _left_out(source)
    if deaths < ATTEMPTS:
        return _left_out(Skipped(item.path, "could not be parsed in a process of its own"))
    order.trials.ban(source.content_hash)
    return _left_out(Skipped(item.path, REASON, stamp=source.stamp))


def _done(order: PrepareContext, item: Wanted, workers: Workers) -> Task:
    """The task of preparing one file, finished or given up. Raises `Cancelled`."""
    unparsable = filter(order.trials.is_unparsable, order.trials.avoided)
    request = pack_request(order.root, [item], order.max_bytes, False, unparsable)
    task = workers.submit(request, fewest=1)
    while not task.wait(POLL_SECONDS):
        if (order.cancel.cancelled or not workers.warm) and workers.withdraw(task):
            break
        order.cancel.check()
    order.cancel.check()
    return task


def _left_out(skipped: Skipped) -> Reading:
    return Reading((), (skipped,), ())


def _together(readings: Iterable[Reading]) -> Reading:
    parts = list(readings)
    return Reading(
        tuple(file for part in parts for file in part.files),
        tuple(item for part in parts for item in part.skipped),
        tuple(item for part in parts for item in part.unchanged),
        tuple(item for part in parts for item in part.avoided),
    )
