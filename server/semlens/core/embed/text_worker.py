"""The process that reads text in images: only this one imports RapidOCR, and it downloads nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

from semlens.core.embed.model_messages import LoadedModel, LoadModel, ReadPicture
from semlens.core.embed.pictures import UnreadablePictureError, read_picture
from semlens.core.embed.worker import threads_to_use
from semlens.errors import ModelError
from semlens.process.parent import Parent, serve_parent
from semlens.process.pipes import Payload

_STAGES: Final = {"Det": "*_det_*.onnx", "Rec": "*_rec_*.onnx"}
"""The models of the package: one finds lines, one reads them. Left to itself, it may download others."""

_LEAST_SIDES: Final = (12, 64)
"""Pixels of the shorter and the longer side: a smaller image, such as an icon, has no room for a word."""


def main() -> None:
    serve_parent(_serve)


def _serve(parent: Parent) -> None:
    load = parent.next()
    asked = LoadModel.unpack(load.payload)
    try:
        assert isinstance(asked.model, Path)
        read = _reader(asked.model, asked.threads or threads_to_use(os.cpu_count() or 1))
    except Exception as error:  # Whatever the libraries raise.
        parent.refuse(load, ModelError(f"RapidOCR cannot run here ({type(error).__name__}: {error})."))
        return
    parent.answer(load, LoadedModel("RapidOCR").pack())
    while True:
        request = parent.next()
        if not parent.is_cancelled(request):
            parent.answer(request, Payload(_lines(read, ReadPicture.unpack(request.payload).data)))


def _reader(folder: Path, threads: int) -> Any:
    models = {stage: sorted((folder / "models").glob(form)) for stage, form in _STAGES.items()}
    if not all(models.values()):
        raise ModelError("its package has no models")
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,  # No screenshot stands on its head.
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            **{f"{stage}.model_path": str(found[0]) for stage, found in models.items()},
        }
    )


def _lines(read: Any, data: bytes) -> list[str] | None:
    """The lines in an image; None if it cannot be decoded, or if the library fails on it."""
    import numpy as np

    try:
        picture = read_picture(data)
        if any(side < least for side, least in zip(sorted(picture.size), _LEAST_SIDES, strict=True)):
            return []
        pixels = np.asarray(picture)[:, :, ::-1]  # It takes blue first.
        return list(read(np.ascontiguousarray(pixels)).txts or ())
    except UnreadablePictureError:
        return None
    except Exception as error:  # Whatever the libraries raise: it is this image's.
        sys.stderr.write(f"RapidOCR cannot read an image: {error!r}\n")
        return None


if __name__ == "__main__":
    main()
