"""Batches of files prepared one after the other, by processes of their own where that pays.

The result is the same either way, down to the last bit: the order is that of the batches, what is
known already is looked up once all before is stored, and a text's vector depends on the text alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice

from semlens.core.index.isolation import POLL_SECONDS, PrepareContext, one_by_one, with_avoided
from semlens.core.index.prepare import Prepared, Wanted, complete, read
from semlens.core.index.worker_messages import pack_request, unpack_reading
from semlens.core.index.worker_pool import AHEAD, Task, Workers

WORTH_STARTING_BYTES = 1_500_000
"""What is prepared here in the time in which the processes start and then do their share of it."""

WORTH_SENDING_BYTES = 400_000
"""The same when they are there already."""


def prepare_each(
    order: PrepareContext, batches: Iterable[Sequence[Wanted]], size: int
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


def _prepare_here(order: PrepareContext, batch: Sequence[Wanted]) -> Prepared:
    models = order.models
    reading = read(order.root, batch, order.max_bytes, models.lexicon, order.cancel, order.trials)
    return complete(with_avoided(reading, order), models.static, order.known_instants, cancel=order.cancel)


class _Shared:
    """One run's batches, some of them with the processes."""

    def __init__(self, order: PrepareContext, workers: Workers) -> None:
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
        order = self._order
        request = pack_request(order.root, batch, order.max_bytes, new, order.trials.avoided)
        return batch, self._workers.submit(request)

    def _result(self, batch: Sequence[Wanted], task: Task) -> Prepared:
        order = self._order
        if self._workers.withdraw(task):
            return _prepare_here(order, batch)
        while not task.wait(POLL_SECONDS):
            order.cancel.check()
        known = order.known_instants
        if task.answer is None:
            return complete(with_avoided(one_by_one(order, batch), order), order.models.static, known)
        reading, made = unpack_reading(task.answer)
        return complete(with_avoided(reading, order), order.models.static, known, made)
