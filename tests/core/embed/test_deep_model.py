"""What is read from a sentence-transformers folder, and what makes two models' vectors comparable."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semlens.core.embed.deep_model import DeepModel, plain_folder
from semlens.core.embed.weights import SHIPPED, load_weights
from semlens.errors import ModelError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The plain network in a folder of the user's."""
    folder = tmp_path / "My Model"
    shutil.copytree(plain_folder(), folder)
    return folder


@pytest.mark.parametrize("name", ["semlens-code", "all-MiniLM-L6-v2"])
def test_the_bundled_models_are_there_and_whole(name: str) -> None:
    model = DeepModel.find(name)
    model.verify()
    assert (model.name, model.dim, model.max_length, model.limit) == (name, 384, 256, 254)
    assert model.tokenizer_name == "all-MiniLM-L6-v2"
    assert DeepModel.from_json(json.loads(json.dumps(model.to_json()))) == model


def test_the_bundled_models_vectors_are_not_compared() -> None:
    assert DeepModel.find().fingerprint(1) != DeepModel.find("all-MiniLM-L6-v2").fingerprint(1)


def test_the_shipped_weights_are_small_and_those_of_the_network() -> None:
    shipped, network = load_weights(SHIPPED), load_weights(plain_folder())
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*.safetensors")) <= 35_000_000
    assert network.keys() - shipped.keys() == {"pooler.dense.weight", "pooler.dense.bias"}
    for name, value in shipped.items():
        assert value.dtype == np.float32 and value.shape == network[name].shape, name
        if name.startswith("embeddings."):
            length = np.linalg.norm(value) * np.linalg.norm(network[name])
            assert np.vdot(value, network[name]) / length >= 0.9999, name


@pytest.mark.parametrize("file", ["embeddings.safetensors", "layers.safetensors"])
def test_altered_weights_are_one_sentence(tmp_path: Path, file: str) -> None:
    altered = tmp_path / "deep"
    shutil.copytree(SHIPPED, altered)
    weights = altered / file
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(ModelError, match="reinstall Semlens"):
        replace(DeepModel.find(), folder=altered).verify()


def test_a_fingerprint_is_of_content_and_not_of_place(copy: Path, tmp_path: Path) -> None:
    here = DeepModel.find(str(copy)).fingerprint(1)
    moved = tmp_path / "elsewhere" / "My Model"
    shutil.copytree(copy, moved)
    assert DeepModel.find(str(moved)).fingerprint(1) == here
    assert here.startswith("my-model-384-")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("sentence_bert_config.json", {"max_seq_length": 128}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}),
    ],
)
def test_a_fingerprint_covers_whatever_changes_vectors(copy: Path, file: str, change: dict[str, Any]) -> None:
    before = DeepModel.find(str(copy)).fingerprint(1)
    path = copy / file
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")
    assert DeepModel.find(str(copy)).fingerprint(1) != before


def test_a_fingerprint_covers_weights_and_chunker(copy: Path) -> None:
    model = DeepModel.find(str(copy))
    assert model.fingerprint(1) != model.fingerprint(2)
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    assert DeepModel.find(str(copy)).fingerprint(1) != model.fingerprint(1)
    with pytest.raises(ModelError, match="were changed"):
        model.verify()


def test_a_document_prompt_takes_room_in_the_window(copy: Path) -> None:
    path = copy / "config_sentence_transformers.json"
    path.write_text(json.dumps({"prompts": {"passage": "passage: ", "query": "query: "}}), "utf-8")
    model = DeepModel.find(str(copy))
    assert (model.document_prompt, model.limit) == ("passage: ", 252)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda folder: (folder / "modules.json").unlink(),
        lambda folder: (folder / "modules.json").write_text("{}"),
        lambda folder: (folder / "modules.json").write_text("no json"),
        lambda folder: (folder / "tokenizer.json").unlink(),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "1_Pooling" / "config.json").write_text("[]"),
    ],
)
def test_a_broken_folder_is_one_sentence(copy: Path, break_it: Any) -> None:
    break_it(copy)
    with pytest.raises(ModelError) as caught:
        DeepModel.find(str(copy))
    assert "\n" not in str(caught.value) and str(copy) in str(caught.value)


@pytest.mark.parametrize("name", ["all-MiniLM-L12-v2", "./model", "", "org/model"])
def test_a_name_that_is_no_folder_is_one_sentence(name: str) -> None:
    with pytest.raises(ModelError, match="There is no model"):
        DeepModel.find(name)
