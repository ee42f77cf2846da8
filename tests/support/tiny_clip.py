"""A real CLIP model, as small as can be, whose weights are made by hand: it knows colours by their names.

An image becomes the mean of its colours, a text the sum of those that it names; any other word is nothing.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLOURS = {
    "black": (20, 20, 20),
    "red": (220, 20, 20),
    "green": (20, 220, 20),
    "blue": (20, 20, 220),
    "white": (220, 220, 220),
}

_WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *COLOURS)
_MODULES = [{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]
_WIDTH = 8
"""Of every layer: the first three are red, green and blue."""
_SIDE = 16
_PATCH = 8
_WINDOW = 16
_LOOKS = {
    "image_processor_type": "CLIPImageProcessor",
    "size": {"shortest_edge": _SIDE},
    "crop_size": {"height": _SIDE, "width": _SIDE},
    "image_mean": [0.5] * 3,
    "image_std": [0.5] * 3,
}

Weights = dict[str, NDArray[np.float32]]


def save(folder: Path) -> Path:
    """Write it to `folder` as sentence-transformers does, without importing torch."""
    from safetensors.numpy import save_file

    inner = folder / "0_CLIPModel"
    inner.mkdir(parents=True)
    save_file(_weights(), inner / "model.safetensors", {"format": "pt"})
    files: Mapping[str, Any] = {"config.json": _config(), "preprocessor_config.json": _LOOKS, **_tokenizer()}
    for name, value in files.items():
        (inner / name).write_text(json.dumps(value))
    (folder / "modules.json").write_text(json.dumps(_MODULES))
    return folder


def png(colour: str, width: int = 24, height: int = 24) -> bytes:
    """A PNG of one colour."""
    row = b"\0" + bytes(COLOURS[colour]) * width
    return png_of(width, height, zlib.compress(row * height))


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG with a header that says a size, and whatever pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    written = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _config() -> dict[str, Any]:
    layers = {
        "hidden_size": _WIDTH,
        "intermediate_size": _WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
    }
    texts = {"vocab_size": len(_WORDS), "max_position_embeddings": _WINDOW}
    special = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    return {
        "architectures": ["CLIPModel"],
        "model_type": "clip",
        "projection_dim": _WIDTH,
        "text_config": {**layers, **texts, **special},
        "vision_config": {**layers, "image_size": _SIDE, "patch_size": _PATCH},
    }


def _tokenizer() -> dict[str, Any]:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: row for row, word in enumerate(_WORDS)}, "[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    named = {"pad_token": "[PAD]", "unk_token": "[UNK]", "bos_token": "[CLS]", "eos_token": "[SEP]"}
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": _WINDOW, **named}
    return {"tokenizer.json": json.loads(made.to_str()), "tokenizer_config.json": about}


def _weights() -> Weights:
    same = np.eye(_WIDTH, dtype=np.float32)
    colours = np.zeros((len(_WORDS), _WIDTH), np.float32)
    patches = np.zeros((_WIDTH, 3, _PATCH, _PATCH), np.float32)
    for row, colour in enumerate(COLOURS.values(), len(_WORDS) - len(COLOURS)):
        colours[row, :3] = np.array(colour) / 127.5 - 1
    for channel in range(3):
        patches[channel, channel] = 1 / _PATCH**2
    places = (_SIDE // _PATCH) ** 2 + 1
    return {
        "logit_scale": np.array(2.6592, np.float32),
        "text_model.embeddings.position_embedding.weight": np.zeros((_WINDOW, _WIDTH), np.float32),
        "text_model.embeddings.token_embedding.weight": colours,
        **_layer("text_model"),
        **_norm("text_model.final_layer_norm"),
        "text_projection.weight": same,
        "vision_model.embeddings.class_embedding": np.zeros(_WIDTH, np.float32),
        "vision_model.embeddings.patch_embedding.weight": patches,
        "vision_model.embeddings.position_embedding.weight": np.zeros((places, _WIDTH), np.float32),
        **_norm("vision_model.pre_layrnorm"),
        **_layer("vision_model"),
        **_norm("vision_model.post_layernorm"),
        "visual_projection.weight": same,
    }


def _layer(model: str) -> Weights:
    """A layer in which each token becomes the mean of all that it sees."""
    name = f"{model}.encoder.layers.0"
    nothing, same = np.zeros((_WIDTH, _WIDTH), np.float32), np.eye(_WIDTH, dtype=np.float32)
    parts = {"q_proj": nothing, "k_proj": nothing, "v_proj": same, "out_proj": same}
    found = {f"{name}.self_attn.{part}": weights for part, weights in parts.items()}
    found |= {f"{name}.mlp.fc1": nothing, f"{name}.mlp.fc2": nothing}
    layer: Weights = {f"{part}.weight": weights for part, weights in found.items()}
    layer.update((f"{part}.bias", np.zeros(_WIDTH, np.float32)) for part in found)
    return {**layer, **_norm(f"{name}.layer_norm1"), **_norm(f"{name}.layer_norm2")}


def _norm(name: str) -> Weights:
    return {f"{name}.weight": np.ones(_WIDTH, np.float32), f"{name}.bias": np.zeros(_WIDTH, np.float32)}
