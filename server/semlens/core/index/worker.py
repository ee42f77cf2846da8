"""A worker process: prepares batches of files for the indexer, one after the other.

It ends at once when its parent does, even in the middle of a batch, so that it never outlives its engine.
"""

from __future__ import annotations

from semlens.core.embed.static_model import StaticModel
from semlens.core.index.prepare import embed, read
from semlens.core.index.quarantine import FixedQuarantine
from semlens.core.index.word_table import WordTable
from semlens.core.index.worker_messages import PrepareRequest, ReadAnswer, Setup
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.errors import ShortageError
from semlens.process.parent import Parent, serve_parent
from semlens.types import CancelToken


def run(parent: Parent) -> None:
    """Load the models that the first request names, then answer every `PrepareRequest`.

    :raises OSError: the parent is gone.
    """
    load = parent.next()
    setup = Setup.unpack(load.payload)
    tokenizer = ModelTokenizer(setup.tokenizer_json, setup.limit)
    model = StaticModel.load(setup.static_model, tokenizer.word_pieces)
    word_table = WordTable(tokenizer, model)
    collect_seldom()
    parent.answer(load)
    while True:
        request = parent.next()
        asked = PrepareRequest.unpack(request.payload)
        guard = FixedQuarantine(asked.quarantined)
        try:
            reading = read(
                asked.root, asked.wanted, asked.max_bytes, word_table, CancelToken(), guard, asked.encoding
            )
        except ShortageError as error:
            parent.refuse(request, error)
            continue
        vectors = embed(reading.texts(), model) if asked.embed else {}
        parent.answer(request, ReadAnswer(reading, vectors).pack())


def main() -> None:
    serve_parent(run)


if __name__ == "__main__":
    main()
