"""The process that prepares files for the indexer: batches come in on stdin and go out on stdout.

It ends at once when its input does, also in the middle of a batch, so that none outlives its engine.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import IO, Any

from semlens.core.embed.static_model import StaticModel
from semlens.core.index.prepare import embed, read
from semlens.core.index.quarantine import FixedQuarantine
from semlens.core.index.word_table import WordTable
from semlens.core.index.worker_messages import Setup, pack_reading, receive, send, unpack_request
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.process.pipes import claim_pipes
from semlens.types import CancelToken


def run(source: IO[bytes], sink: IO[bytes]) -> None:
    setup = Setup.unpack(receive(source))
    measure = ModelTokenizer(setup.tokenizer_json, setup.limit)
    model = StaticModel.load(setup.static_model, measure.word_pieces)
    lexicon = WordTable(measure, model)
    collect_seldom()
    requests: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    send(sink, True)
    while True:
        root, wanted, max_bytes, with_vectors, avoided = unpack_request(requests.get())
        reading = read(root, wanted, max_bytes, lexicon, CancelToken(), FixedQuarantine(avoided))
        send(sink, pack_reading(reading, embed(reading.texts(), model) if with_vectors else {}))


def _listen(source: IO[bytes], requests: queue.Queue[Any]) -> None:
    """Always reading, so that whoever sends never waits for a batch to be done."""
    while (request := receive(source)) is not None:
        requests.put(request)
    os._exit(0)


def main() -> None:
    source, sink = claim_pipes()
    try:
        run(source, sink)
    except (OSError, KeyboardInterrupt):
        os._exit(1)
    finally:
        sys.stderr.flush()


if __name__ == "__main__":
    main()
