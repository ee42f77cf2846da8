"""A model by its name at the hub: the hub's own client, a stand-in for the hub, and every way to go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from semlens.core.embed import hub
from semlens.core.embed.deep_model import DeepModel
from semlens.engine.models.cards import find_card
from semlens.engine.models.servers import ModelServers
from semlens.errors import ModelError, SemlensError, UsageError
from support.hub_server import COMMIT, NAME, Hub, hub_server

WEIGHTS = bytes(range(256)) * 2_000


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    own = DeepModel.find().folder
    small = {
        path.relative_to(own).as_posix(): path.read_bytes()
        for path in own.rglob("*.json")
        if path.name != "model.json"
    }
    left_out = ["pytorch_model.bin", "onnx/model.onnx", "modeling_own.py", "model.fp16.safetensors", "a.pkl"]
    readme = {"README.md": b"---\nlicense: mit\n---\n"}
    return {**small, **readme, "model.safetensors": WEIGHTS, **dict.fromkeys(left_out, b"not wanted")}


@pytest.fixture
def online(files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hub_server(files) as server:
        for name, value in {
            "ENDPOINT": server.url,
            "HUGGINGFACE_CO_URL_TEMPLATE": server.url + "/{repo_id}/resolve/{revision}/{filename}",
            "HF_HUB_OFFLINE": False,
            "HF_HUB_CACHE": str(tmp_path / "cache"),
            "HF_HUB_DISABLE_PROGRESS_BARS": True,
            "DOWNLOAD_CHUNK_SIZE": 10_000,
        }.items():
            monkeypatch.setattr(constants, name, value)
        yield server


def test_a_model_is_downloaded_checked_and_found_by_its_name(online: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"semlens models get {NAME} downloads it"):
        hub.downloaded(tmp_path, NAME)
    model = hub.describe(NAME)
    assert model.licence == "mit" and model.commit == COMMIT and len(WEIGHTS) < model.size < 2_000_000
    assert not any(
        file.path.endswith((".bin", ".onnx", ".py", ".pkl", "fp16.safetensors")) for file in model.files
    )
    folder = hub.download(model, tmp_path)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    found = DeepModel.find(hub.downloaded(tmp_path, f"hf:{NAME}"))
    assert found.name == "small-model" and found.folder == folder.resolve()
    card = find_card(NAME, ModelServers(tmp_path), tmp_path)
    assert card is not None and card.setting == NAME and card.licence == "mit"
    before = len(online.got)
    hub.download(model, tmp_path)
    assert len(online.got) == before  # All of it is there, with the right hashes.


def test_a_cut_download_goes_on_where_it_ended(online: Hub, tmp_path: Path) -> None:
    part = hub.model_folder(tmp_path, NAME) / "model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(WEIGHTS[:100_000])
    online.cuts = [200_000]
    folder = hub.download(hub.describe(NAME), tmp_path)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS and not part.exists()
    first, second = [asked for name, asked in online.got if name == "model.safetensors"]
    assert first == "bytes=100000-"
    assert 100_000 < int(second.removeprefix("bytes=").partition("-")[0]) <= 300_000


def test_a_file_with_another_hash_is_deleted_and_never_used(online: Hub, tmp_path: Path) -> None:
    model = hub.describe(NAME)
    for name in ("config.json", "model.safetensors"):
        content = online.files[name]
        online.served = {name: content[:-1] + bytes([content[-1] ^ 1])}
        with pytest.raises(ModelError, match=f"{name} of {NAME} is not the file that the hub names"):
            hub.download(model, tmp_path)
        folder = hub.model_folder(tmp_path, NAME)
        assert not list(folder.glob(f"{name}*"))
        with pytest.raises(ModelError):
            hub.downloaded(tmp_path, NAME)
        online.served = {}
        hub.download(model, tmp_path)
        (folder / "model.safetensors").write_bytes(b"changed")  # The next download mends it.


def test_code_of_a_models_own_is_refused_before_its_weights(online: Hub, tmp_path: Path) -> None:
    config = {**json.loads(online.files["config.json"]), "auto_map": {"AutoModel": "modeling_own.Own"}}
    modules = [{"idx": 0, "name": "0", "path": "", "type": "custom.Transformer"}]
    for name, value in (("config.json", config), ("modules.json", modules)):
        before = online.files[name]
        online.files[name] = json.dumps(value).encode()
        with pytest.raises(ModelError, match="needs code of its own"):
            hub.download(hub.describe(NAME), tmp_path)
        online.files[name] = before
    assert all(not name.endswith(".safetensors") for name, _ in online.got)


@pytest.mark.parametrize("lacking", ["modules.json", "model.safetensors", "tokenizer.json"])
def test_a_model_that_cannot_be_used_is_refused_before_the_download(online: Hub, lacking: str) -> None:
    del online.files[lacking]
    with pytest.raises(ModelError, match=lacking.replace("model.safetensors", ".safetensors")):
        hub.describe(NAME)
    assert online.got == []


def test_each_refusal_of_the_hub_is_one_sentence(
    online: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [(404, False, "has no model"), (403, True, "has terms"), (400, False, "could not be downloaded")]
    for status, gated, said in cases:
        online.status, online.gated = status, gated
        with pytest.raises(SemlensError, match=said) as caught:
            hub.describe(NAME)
        assert "\n" not in str(caught.value)
    for name in ("no-slash", "a/b/c", "../up", "a/..", "/abs/path"):
        with pytest.raises(UsageError, match="must be like ORG/NAME"):
            hub.describe(name)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="while HF_HUB_OFFLINE is set"):
        hub.describe(NAME)


def test_what_the_hubs_own_cache_has_needs_no_network(
    files: dict[str, bytes], online: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hub.from_cache(NAME, tmp_path) is None
    repository = tmp_path / "cache" / ("models--" + NAME.replace("/", "--"))
    for name, content in {f"snapshots/{COMMIT}/{name}": content for name, content in files.items()}.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_bytes(content)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    folder = hub.from_cache(NAME, tmp_path)
    assert folder is not None and (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert not list(folder.rglob("*.py")) and not list(folder.rglob("*.bin")) and online.tokens == set()
    assert DeepModel.find(hub.downloaded(tmp_path, NAME)).name == "small-model"
