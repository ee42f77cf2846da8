"""What goes to a worker process and comes back is the same on the other side."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from semlens.core.index.prepare import Quarantined, ReadFile, Reading, Unchanged, Wanted
from semlens.core.index.worker_messages import PrepareRequest, ReadAnswer, Setup
from semlens.core.text.analyzer import AnalyzedFile
from semlens.process.pipes import Payload, read_message, write_message
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, RelativePath, Skipped, Symbol

STAMP = FileStamp(10, 1_700_000_000_000_000_000, 2**127 + 1)
ODD = RelativePath("folder/n\udcffame.py")


def sent(payload: Payload) -> Payload:
    """`payload` as it comes out of a pipe."""
    pipe = io.BytesIO()
    write_message(pipe, {"value": payload.value}, payload.body)
    read = read_message(io.BytesIO(pipe.getvalue()))
    assert read is not None
    return Payload(read[0]["value"], read[1])


def content(number: int) -> ContentHash:
    return ContentHash(f"{number:032x}")


def chunks() -> list[Chunk]:
    symbol = Symbol("f", "function", "C", 1, 2)
    definition = (1, 2, "python", ChunkKind.DEFINITION)
    return [
        Chunk("x = '\ud800'", *definition, "C\nx = '\ud800'", content(1), symbol, ("f", "C"), "says", "f()"),
        Chunk("text", 3, 3, "text", ChunkKind.LINES, "something else", content(2)),
    ]


def test_setup_and_request() -> None:
    setup = Setup(Path("/models/tokenizer.json"), 254, Path("/models/static"))
    assert Setup.unpack(sent(setup.pack())) == setup
    wanted = [Wanted(ODD, None), Wanted(RelativePath("b.py"), content(3))]
    request = PrepareRequest(
        Path("/work\udcff"), wanted, 1000, "cp866", True, frozenset({content(4), content(5)})
    )
    assert PrepareRequest.unpack(sent(request.pack())) == request


@pytest.mark.parametrize("with_vectors", [True, False])
def test_answer(with_vectors: bool) -> None:
    analyzed = AnalyzedFile(("x", "text"), ("f", ""), "x text")
    files = (
        ReadFile(ODD, STAMP, content(6), "python", chunks(), b"\0packed\n", analyzed),
        ReadFile(RelativePath("b.py"), STAMP, content(7), "text", chunks(), None, None),
        ReadFile(RelativePath("c.py"), STAMP, content(8), "text", [], b"", AnalyzedFile((), (), "")),
    )
    skipped = (Skipped(ODD, "is odd", "*.py", ".gitignore", 3), Skipped(ODD, "is bad", stamp=STAMP))
    reading = Reading(files, skipped, (Unchanged(ODD, STAMP),), (Quarantined(ODD, STAMP, content(9)),))
    rows = np.arange(-6, 6, dtype=np.int8).reshape(2, 6)
    vectors = {content(1): rows[0], content(2): rows[1]} if with_vectors else {}
    answer = ReadAnswer.unpack(sent(ReadAnswer(reading, vectors).pack()))
    assert answer.reading == reading
    assert list(answer.vectors) == list(vectors)
    assert all((answer.vectors[key] == vectors[key]).all() for key in vectors)


def test_empty_answer() -> None:
    answer = ReadAnswer.unpack(sent(ReadAnswer(Reading((), (), ()), {}).pack()))
    assert answer == ReadAnswer(Reading((), (), ()), {})
