"""A small, real sentence-transformers model with random weights, whose tokens are letters."""

from __future__ import annotations

import json
from pathlib import Path

from support import tiny_cross_encoder

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def save(folder: Path) -> Path:
    """Write it to `folder`, as safetensors."""
    import torch
    from transformers import BertConfig, BertModel

    tiny_cross_encoder.save(folder)
    torch.manual_seed(0)
    BertModel(BertConfig.from_pretrained(folder)).save_pretrained(folder)
    (folder / "modules.json").write_text(json.dumps(_MODULES))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 128}))
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder
