"""What reads text in images, as the engine uses it: RapidOCR, in a process of its own, if it is installed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from semlens.core.embed.full_packages import find_package
from semlens.core.embed.image_model import PICTURES_VERSION
from semlens.core.embed.model_messages import ReadPicture
from semlens.core.embed.model_process import ModelProcess, ProcessOptions
from semlens.errors import ModelError
from semlens.types import CancelToken

WORKER: Final = "semlens.core.embed.text_worker"

READER_VERSION: Final = 1
"""Raise it when `text_worker.py` reads other lines in the same image."""

_PACKAGES: Final = ("rapidocr", "onnxruntime")
_ATTEMPTS: Final = 2
"""An image that ends the process twice is left out."""
_OPTIONS: Final = ProcessOptions(idle_seconds=60.0, stuck_seconds=120.0)
"""A screenshot full of text took 4 s on two cores (docs/images.md)."""


class TextReader:
    """One reader for all folders. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        data_dir: Path,
        options: ProcessOptions = _OPTIONS,
        log: IO[bytes] | None = None,
        find: Callable[[str], Path | None] = find_package,
    ) -> None:
        """Start no process yet.

        :param find: gives the folder of an installed package
        """
        self._data_dir = data_dir
        self._options = options
        self._log = log
        self._find = find
        self._guard = threading.Lock()
        self._process: ModelProcess | None = None

    @property
    def version(self) -> str:
        """Says what reads. Raises `ModelError` with what to do if it is not installed."""
        self._folder()
        try:
            return f"rapidocr {version('rapidocr')}/{READER_VERSION}/{PICTURES_VERSION}"
        except PackageNotFoundError as error:
            raise ModelError("The installed package rapidocr is incomplete: install it again.") from error

    def read(self, data: bytes, cancel: CancelToken | None = None) -> Sequence[str] | None:
        """The lines of text in an image, from top to bottom; None if it cannot be read, or ends the process.

        :param data: the bytes of its file
        :raises Cancelled: `cancel` was set.
        :raises ModelError: RapidOCR cannot be used.
        :raises EncoderError: the process cannot be started, or ends before it is ready.
        """
        with self._guard:
            if self._process is None:
                self._process = ModelProcess(
                    "text reader", self._folder(), self._data_dir, self._options, self._log, worker=WORKER
                )
            process = self._process
        answer = process.ask_again(ReadPicture.METHOD, ReadPicture(data).pack(), _ATTEMPTS, cancel)
        if answer is None or answer.value is None:
            return None
        return [str(line) for line in answer.value]

    def close(self) -> None:
        """End the process for good."""
        with self._guard:
            if self._process is not None:
                self._process.close()

    def _folder(self) -> Path:
        folders = [self._find(name) for name in _PACKAGES]
        if folders[0] is None or None in folders:
            # The environment of the editor has no pip of its own.
            pip = f'"{sys.executable}" -m pip' if find_spec("pip") else f'pip --python "{sys.executable}"'
            raise ModelError(f"RapidOCR is not installed: run {pip} install {' '.join(_PACKAGES)}.")
        return folders[0]
