"""An image that ends the model's process costs itself; a process that cannot start is another matter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from semlens.core.embed.image_encoder import ImageEncoder
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_messages import Array, EncodeImage, LoadedModel
from semlens.core.embed.model_process import ModelProcess
from semlens.errors import EncoderError, ModelError
from semlens.process.pipes import Payload
from semlens.types import CancelToken

MODEL = ImageModel("clip", Path("/nowhere"), 4, "")
BAD = b"ends the process"


@dataclass(frozen=True)
class Run:
    loaded: LoadedModel | None


@dataclass
class Process:
    """A process of a model that an image ends."""

    loads: bool = True
    dim: int = 4
    asked: int = 0
    _closed: bool = False
    ask_again = ModelProcess.ask_again

    def wait_for_restart(self, cancel: CancelToken | None) -> None:
        """It starts again at once."""

    def run(self) -> Run:
        return Run(LoadedModel("test") if self.loads else None)

    def ask(self, run: Run, method: str, payload: Payload, cancel: CancelToken | None = None) -> Payload:
        self.asked += 1
        if run.loaded is None or EncodeImage.unpack(payload).data == BAD:
            raise EncoderError("The image model's process ended.")
        return Array(np.ones((1, self.dim), np.float32)).pack()

    def close(self) -> None:
        self._closed = True


def encoder(process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageEncoder:
    made = ImageEncoder(MODEL, tmp_path)
    monkeypatch.setattr(made, "_process", process)
    return made


def test_an_image_that_ends_the_process_twice_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process()
    looking = encoder(process, tmp_path, monkeypatch)
    assert looking.encode_image(BAD) is None and process.asked == 2
    seen = looking.encode_image(b"another")
    assert seen is not None and seen.tolist() == [1, 1, 1, 1]
    looking.close()
    with pytest.raises(EncoderError):
        looking.encode_image(BAD)


def test_a_process_that_never_loads_and_a_vector_of_another_size_are_no_image_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EncoderError):
        encoder(Process(loads=False), tmp_path, monkeypatch).encode_image(b"any")
    with pytest.raises(ModelError, match="of another size"):
        encoder(Process(dim=5), tmp_path, monkeypatch).encode_image(b"any")
