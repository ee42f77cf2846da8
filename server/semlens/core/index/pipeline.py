"""Batches of files prepared one after the other, by processes of their own where that pays.

The result is the same either way, down to the last bit: the order is that of the batches, what is
known already is looked up once all before is stored, and a text's vector depends on the text alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semlens.core.index.models import Models
from semlens.core.index.parcels import pack_request, unpack_reading
from semlens.core.index.prepare import KnownInstants, Prepared, Wanted, complete, prepare
from semlens.core.index.workers import AHEAD, Task, Workers
from semlens.types import CancelToken

WORTH_STARTING_BYTES = 1_500_000
"""What is prepared here in the time in which the processes start and then do their share of it."""

WORTH_SENDING_BYTES = 400_000
"""The same when they are there already."""

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Order:
    """What to prepare for, and from where."""

    root: Path
    max_bytes: int
    models: Models
    known_instants: KnownInstants
    cancel: CancelToken


def prepare_each(
    order: Order, batches: Iterable[Sequence[Wanted]], size: int
) -> Generator[Prepared, None, None]:
    """What comes of each batch, in their order; `size` is the bytes of them all. Raises `Cancelled`.

    Store one before asking for the next, so that it finds what the one before has made known.
    """
    workers = order.models.workers
    if workers is None or not workers.count or size < _worthwhile(workers):
        yield from (_prepare_here(order, batch) for batch in batches)
    else:
        yield from _Shared(order, workers).prepare(iter(batches))


def _worthwhile(workers: Workers) -> int:
    return WORTH_SENDING_BYTES if workers.warm else WORTH_STARTING_BYTES


def _prepare_here(order: Order, batch: Sequence[Wanted]) -> Prepared:
    models = order.models
    return prepare(
        order.root,
        batch,
        order.max_bytes,
        models.measure,
        models.static,
        order.known_instants,
        order.cancel,
    )


class _Shared:
    """One run's batches, some of them with the processes."""

    def __init__(self, order: Order, workers: Workers) -> None:
        self._order = order
        self._workers = workers
        self._mostly_new = True

    def prepare(self, batches: Iterator[Sequence[Wanted]]) -> Iterator[Prepared]:
        pending: deque[tuple[Sequence[Wanted], Task]] = deque()
        window = self._workers.count * AHEAD + 1
        try:
            while True:
                pending.extend(self._submit(batch) for batch in islice(batches, window - len(pending)))
                if not pending:
                    return
                prepared = self._result(*pending[0])
                pending.popleft()
                if texts := len(prepared.fresh) + prepared.reused:
                    self._mostly_new = 2 * len(prepared.fresh) > texts
                yield prepared
        finally:
            for _, task in pending:
                self._workers.withdraw(task)

    def _submit(self, batch: Sequence[Wanted]) -> tuple[Sequence[Wanted], Task]:
        """Embedding what turns out to be known would be in vain, as after a switch of branches."""
        new = self._mostly_new and 2 * sum(item.known_hash is None for item in batch) > len(batch)
        return batch, self._workers.submit(pack_request(self._order.root, batch, self._order.max_bytes, new))

    def _result(self, batch: Sequence[Wanted], task: Task) -> Prepared:
        order = self._order
        if self._workers.withdraw(task):
            return _prepare_here(order, batch)
        while not task.wait(_POLL_SECONDS):
            order.cancel.check()
        if task.answer is None:
            return _prepare_here(order, batch)
        reading, made = unpack_reading(task.answer)
        return complete(reading, order.models.static, order.known_instants, made)
