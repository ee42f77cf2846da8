"""What a model's files say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from semlens.core.embed.model_card import card_of_deep
from semlens.types import Fingerprint


def card(folder: Path, pooling: list[Any]) -> Any:
    weights = folder / "model.safetensors"
    weights.write_bytes(b"12345")
    model: Any = SimpleNamespace(
        name="m",
        dim=4,
        max_length=16,
        pooling=json.dumps(pooling),
        folder=folder,
        weight_files=[weights],
        tokenizer_json=weights,
    )
    return card_of_deep(model, "/m", Fingerprint("m-4-0"), "BPE", 100)


@pytest.mark.parametrize(
    ("files", "licence"),
    [
        ({"model.json": '{"licence": "Apache-2.0"}'}, "Apache-2.0"),
        ({"model.json": '{"license": "MIT, as its source"}'}, "MIT"),
        ({"README.md": "---\nlanguage: en\nlicense: bsd-3-clause\n---\n"}, "bsd-3-clause"),
        ({"README.md": '---\nlicense: "cc-by-4.0"\n---\n'}, "cc-by-4.0"),
        ({"README.md": "# A model\n", "LICENSE": "MIT License\n\nCopyright\n"}, "MIT"),
        ({"LICENSE": "  Apache License\n  Version 2.0\n"}, "Apache-2.0"),
        ({"model.json": "{ damaged", "LICENSE.txt": "All rights reserved.\n"}, ""),
        ({"model.json": "[1]", "README.md": "\0\xff"}, ""),
        ({}, ""),
    ],
)
def test_the_licence_is_what_the_files_say(tmp_path: Path, files: Mapping[str, str], licence: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "latin-1")
    assert card(tmp_path, []).licence == licence


@pytest.mark.parametrize(
    ("modules", "pooling"),
    [
        ([["Pooling", [["pooling_mode_cls_token", False], ["pooling_mode_mean_tokens", True]]]], "mean"),
        ([["Pooling", [["pooling_mode_cls_token", True]]], ["Normalize", []]], "cls"),
        (
            [["Pooling", [["pooling_mode_max_tokens", True], ["pooling_mode_lasttoken", True]]]],
            "max+lasttoken",
        ),
        ([["Pooling", [["pooling_mode", "weightedmean"]]]], "weightedmean"),
        ([["Pooling", [["pooling_mode", ["cls", "mean"]]]]], "cls+mean"),
        ([["Dense", [["out_features", 4]]]], "mean"),
    ],
)
def test_the_pooling_has_the_names_of_either_version(
    tmp_path: Path, modules: list[Any], pooling: str
) -> None:
    found = card(tmp_path, modules)
    assert (found.pooling, found.size) == (pooling, 10)
