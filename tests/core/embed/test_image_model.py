"""Which folders are image models, and which images can be decoded: what is wrong is said, or costs itself."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save as numpy_bytes

from semlens.core.embed import pictures
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.pictures import MOST_PIXELS, UnreadablePictureError, read_picture, require_pictures
from semlens.errors import ModelError
from support.tiny_clip import png, png_of, save

RED = (220, 20, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "clip")


def change(file: Path, **fields: Any) -> None:
    """Change fields of a JSON file."""
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


def test_a_clip_folder_is_described_and_its_fingerprint_is_that_of_its_files(folder: Path) -> None:
    model = ImageModel.find(str(folder))
    assert (model.name, model.dim) == ("clip", 8) and model.fingerprint.startswith("clip-8-")
    assert ImageModel.from_json(json.loads(json.dumps(model.to_json()))) == model
    model.verify()
    change(folder / "0_CLIPModel" / "preprocessor_config.json", do_normalize=False)
    with pytest.raises(ModelError, match="were changed"):
        model.verify()
    assert ImageModel.find(str(folder)).fingerprint != model.fingerprint


def test_a_folder_that_is_wrong_is_one_sentence(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ModelError, match="by its absolute path"):
        ImageModel.find("clip-ViT-B-32")
    with pytest.raises(ModelError, match="there is no such folder"):
        ImageModel.find(str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match=r"has no modules\.json"):
        ImageModel.find(str(tmp_path))
    modules = folder / "modules.json"
    kept = modules.read_text()
    modules.write_text(json.dumps([*json.loads(kept), {"type": "x.Dense"}]))
    with pytest.raises(ModelError, match="further layers"):
        ImageModel.find(str(folder))
    for wrong in ("[", "[]", "{}", "[1]"):
        modules.write_text(wrong)
        with pytest.raises(ModelError, match="is not a CLIP model that can be used"):
            ImageModel.find(str(folder))
    modules.write_text(kept)
    change(folder / "0_CLIPModel" / "config.json", model_type="bert")
    with pytest.raises(ModelError, match="a model of another kind"):
        ImageModel.find(str(folder))


def test_weights_that_are_cut_lacking_or_of_another_model_are_one_sentence(folder: Path) -> None:
    weights = folder / "0_CLIPModel" / "model.safetensors"
    for data in (weights.read_bytes()[:1000], b"", b"version https://git-lfs.github.com/spec/v1\n"):
        weights.write_bytes(data)
        with pytest.raises(ModelError, match="is not a CLIP model that can be used"):
            ImageModel.find(str(folder))
    weights.write_bytes(numpy_bytes({"text_projection.weight": np.zeros((8, 8), np.float32)}))
    with pytest.raises(ModelError, match=r"its weights lack visual_projection\.weight"):
        ImageModel.find(str(folder))
    weights.rename(weights.with_name("pytorch_model.bin"))
    with pytest.raises(ModelError, match=r"has no \.safetensors weights"):
        ImageModel.find(str(folder))


def test_without_a_decoder_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "find_package", lambda name: None)
    with pytest.raises(ModelError, match=r'"/usr/bin/python3" -m pip install pillow'):
        require_pictures("/usr/bin/python3")


def test_pixels_are_read_in_rgb_and_what_is_transparent_is_white() -> None:
    assert read_picture(png("red", width=4, height=2)).getpixel((3, 1)) == RED
    assert read_picture(saved(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), "PNG")).getpixel((0, 0)) == (255,) * 3
    for kind in ("GIF", "JPEG", "BMP", "WEBP", "ICO"):
        assert read_picture(saved(Image.new("RGB", (16, 16), "white"), kind)).getpixel((8, 8)) == (255,) * 3


def test_what_cannot_be_decoded_or_would_be_too_large_costs_itself() -> None:
    side = int(MOST_PIXELS**0.5) + 1
    bomb = png_of(side, side, zlib.compress(b"\0" * 100))
    cut = saved(Image.effect_noise((64, 64), 90), "PNG")[:200]
    tiff = saved(Image.new("RGB", (4, 4)), "TIFF")
    for data in (
        b"",
        b"no image",
        b"GIF89a;",
        bomb,
        cut,
        tiff,
        png_of(8, 8, b"no pixels"),
        b"BM" + b"\xff" * 60,
    ):
        with pytest.raises(UnreadablePictureError):
            read_picture(data)


def saved(picture: Any, kind: str) -> bytes:
    from io import BytesIO

    written = BytesIO()
    picture.save(written, kind)
    return written.getvalue()
