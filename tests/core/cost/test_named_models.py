"""Tokens of code are counted also where the model is a server's, or a hub's by its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from semlens.core.cost.text import TextCosts
from semlens.core.embed import hub
from semlens.core.embed.deep_model import DeepModel
from semlens.core.text.tokenizers.library import FOLDER, TokenizerLibrary
from semlens.errors import ModelError


def test_a_servers_model_is_counted_by_what_measures_its_chunks(tmp_path: Path) -> None:
    costs = TextCosts(TokenizerLibrary(tmp_path / FOLDER))
    own, served = costs.model("semlens-code"), costs.model("http://localhost:11434#nomic-embed-text")
    text = "def read_lines(path):\n    return open(path).readlines()\n"
    assert served.count(text) == own.count(text) and served.limit == own.limit


def test_a_hubs_model_is_counted_by_its_own_tokenizer_once_it_is_here(tmp_path: Path) -> None:
    costs = TextCosts(TokenizerLibrary(tmp_path / FOLDER))
    with pytest.raises(ModelError, match="semlens models get someone/model downloads it"):
        costs.model("someone/model")
    folder = hub.model_folder(tmp_path, "someone/model")
    shutil.copytree(DeepModel.find().folder, folder)
    (folder / hub._STAMP).write_text("{}")
    assert costs.model("someone/model").limit == costs.model("hf:someone/model").limit > 0
