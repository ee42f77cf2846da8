"""What reads text in images: where it is missing, and an image that ends its process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from semlens.core.embed import text_reader
from semlens.core.embed.model_messages import ReadPicture
from semlens.core.embed.text_reader import TextReader
from semlens.errors import ModelError
from semlens.process.pipes import Payload
from semlens.types import CancelToken

BROKEN = b"cannot be decoded"
BAD = b"ends each process"


@dataclass
class Process:
    """A process that reads the bytes of an image as text."""

    def ask_again(
        self, method: str, payload: Payload, attempts: int, cancel: CancelToken | None = None
    ) -> Payload | None:
        data = ReadPicture.unpack(payload).data
        return None if data == BAD else Payload(None if data == BROKEN else data.decode().split(";"))

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("has_pip", [True, False])
@pytest.mark.parametrize("missing", ["rapidocr", "onnxruntime"])
def test_where_it_is_missing_the_sentence_is_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, has_pip: bool
) -> None:
    monkeypatch.setattr(text_reader, "find_spec", lambda name: object() if has_pip else None)
    reader = TextReader(tmp_path, find=lambda name: None if name == missing else tmp_path)
    pip = f'"{sys.executable}" -m pip' if has_pip else f'pip --python "{sys.executable}"'
    for ask in (lambda: reader.version, lambda: reader.read(b"any")):
        with pytest.raises(ModelError) as raised:
            ask()
        assert str(raised.value) == f"RapidOCR is not installed: run {pip} install rapidocr onnxruntime."
    reader.close()


def test_an_image_that_cannot_be_read_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = TextReader(tmp_path)
    monkeypatch.setattr(reader, "_process", Process())
    assert reader.read(b"one;two") == ["one", "two"]
    assert reader.read(BROKEN) is None and reader.read(BAD) is None
    reader.close()
