"""Prepare batches of files in turn, in worker processes where that pays.

Both ways give the same result to the last bit: batches keep their order, known vectors are looked up
after everything before is stored, and a text's vector depends on the text alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice

from semlens.core.index.isolation import POLL_SECONDS, PrepareContext, read_one_by_one, retry_quarantined
from semlens.core.index.prepare import Prepared, Reading, Vectors, Wanted, complete, read
from semlens.core.index.worker_messages import PrepareRequest
from semlens.core.index.worker_pool import QUEUE_DEPTH, Task, Workers

WORTH_STARTING_BYTES = 1_500_000
"""Of files: with fewer, this process is done before worker processes have started and caught up."""

WORTH_SENDING_BYTES = 400_000
"""The same where worker processes run already."""


def prepare_each(
    context: PrepareContext, batches: Iterable[Sequence[Wanted]], size: int
) -> Generator[Prepared, None, None]:
    """Prepare each batch, in order.

    Store each result before asking for the next, so that the next one finds its vectors.

    :param size: bytes of all files together.
    :raises Cancelled: the run was cancelled.
    """
    workers = context.models.workers
    if workers is None or not workers.count or size < _worthwhile(workers):
        yield from (_prepare_here(context, batch) for batch in batches)
    else:
        yield from _Shared(context, workers).prepare(iter(batches))


def _worthwhile(workers: Workers) -> int:
    return WORTH_SENDING_BYTES if workers.warm else WORTH_STARTING_BYTES


def _prepare_here(context: PrepareContext, batch: Sequence[Wanted]) -> Prepared:
    word_table, guard = context.models.word_table, context.quarantine
    reading = read(
        context.root, batch, context.max_bytes, word_table, context.cancel, guard, context.encoding
    )
    return _complete(context, reading)


def _complete(context: PrepareContext, reading: Reading, made: Vectors | None = None) -> Prepared:
    read_all = retry_quarantined(context, reading)
    return complete(read_all, context.models.static, context.known_instants, made, context.cancel)


class _Shared:
    """One run's batches, prepared by worker processes and this one together."""

    def __init__(self, context: PrepareContext, workers: Workers) -> None:
        self._context = context
        self._workers = workers
        self._mostly_new = True
        """Whether most texts of the last batch had no vector yet."""

    def prepare(self, batches: Iterator[Sequence[Wanted]]) -> Iterator[Prepared]:
        pending: deque[tuple[Sequence[Wanted], Task]] = deque()
        window = self._workers.count * QUEUE_DEPTH + 1
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
        """Workers embed only what is probably new: after a switch of branches most vectors are known."""
        new = self._mostly_new and 2 * sum(item.known_hash is None for item in batch) > len(batch)
        context = self._context
        quarantined = context.quarantine.contents
        request = PrepareRequest(context.root, batch, context.max_bytes, context.encoding, new, quarantined)
        return batch, self._workers.submit(request)

    def _result(self, batch: Sequence[Wanted], task: Task) -> Prepared:
        context = self._context
        if self._workers.withdraw(task):
            return _prepare_here(context, batch)
        while not task.wait(POLL_SECONDS):
            context.cancel.check()
        answer = task.answer()
        if answer is None:
            return _complete(context, read_one_by_one(context, batch))
        return _complete(context, answer.reading, answer.vectors)
