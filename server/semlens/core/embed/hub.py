"""Models of the Hugging Face hub, downloaded when a user asks for one by name: `ORG/NAME`.

Only the files that a model needs are taken, no code and no pickles; each is checked by the hub's own hash. A
download that was cut goes on where it ended. Nothing else of Semlens asks a hub about models.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semlens.core.embed.deep_model import DeepModel
from semlens.errors import DiskFullError, ModelError, UsageError
from semlens.private_files import private_dir, storage_errors, write_private

MODELS = "models"
"""The folder of downloaded models in the data folder."""
_STAMP = ".semlens-download.json"
"""Written last: a folder without it is not whole."""
_PART = ".part"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NEEDED = re.compile(
    r"(?:\d+_[A-Za-z0-9]+/)?"
    r"(?:modules|config|config_sentence_transformers|sentence_bert_config|tokenizer|tokenizer_config"
    r"|special_tokens_map|added_tokens|vocab|model\.safetensors\.index)\.json"
    r"|(?:\d+_[A-Za-z0-9]+/)?(?:vocab|merges)\.txt"
    r"|(?:\d+_[A-Za-z0-9]+/)?model(?:-\d{5}-of-\d{5})?\.safetensors"
    r"|README\.md|LICEN[SC]E(?:\.(?:txt|md))?|NOTICE(?:\.txt)?"
)
_OWN_MODULES = "sentence_transformers."


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a model, as the hub describes it."""

    path: str
    size: int
    sha256: str
    """Of large files; empty for others."""
    git_sha1: str


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model at the hub, at one commit."""

    name: str
    commit: str
    files: tuple[HubFile, ...]
    """Those that are needed, the small ones first."""
    licence: str
    """Empty if the hub does not say it."""

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


def hub_name(setting: str) -> str | None:
    """The name of a hub's model that a setting holds, as `ORG/NAME` or `hf:ORG/NAME`; else None."""
    name = setting.removeprefix("hf:")
    return name if _NAME.fullmatch(name) and ".." not in name else None


def checked_name(given: str) -> str:
    """The `ORG/NAME` that a user gives, with or without `hf:`. Raises `UsageError`."""
    name = hub_name(given)
    if name is None:
        raise UsageError(f"{given or 'Nothing'} is no model's name: it must be like ORG/NAME.")
    return name


def model_folder(data_dir: Path, name: str) -> Path:
    """Where the model `ORG/NAME` is, or would be."""
    return data_dir / MODELS / name


def downloaded(data_dir: Path, setting: str) -> str:
    """What `DeepModel.find` calls a setting: for a hub's model the folder of its download.

    :raises ModelError: the model was not downloaded
    """
    name = hub_name(setting)
    if name is None:
        return setting
    folder = model_folder(data_dir, name)
    if not (folder / _STAMP).is_file():
        raise ModelError(f"The model {name} is not on this machine: semlens models get {name} downloads it.")
    return str(folder)


def describe(name: str, revision: str = "main") -> HubModel:
    """Ask the hub what a model has. Raises `UsageError` for a wrong name, else `ModelError`."""
    name = checked_name(name)
    with _hub_errors(name):
        from huggingface_hub import HfApi

        info: Any = HfApi().model_info(name, revision=revision, files_metadata=True, timeout=20)
        files = [_file(sibling) for sibling in info.siblings or () if _NEEDED.fullmatch(sibling.rfilename)]
        card = info.card_data
        licence = str((card.get("license") if card is not None else None) or "")
        commit = str(info.sha)
    paths = {file.path for file in files}
    if "modules.json" not in paths:
        raise ModelError(f"{name} is no sentence-transformers model: it has no modules.json.")
    if not any(path.endswith(".safetensors") for path in paths):
        raise ModelError(f"{name} has no .safetensors weights; Semlens loads no other ones.")
    if not any(path.endswith("tokenizer.json") for path in paths):
        raise ModelError(f"{name} has no tokenizer.json, without which Semlens cannot count its tokens.")
    return HubModel(name, commit, tuple(sorted(files, key=lambda one: (one.size, one.path))), licence)


def from_cache(name: str, data_dir: Path) -> Path | None:
    """The model's folder, copied from the hub's own cache on this machine; None if that has not all of it."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, "modules.json")
    if not isinstance(found, str):
        return None
    snapshot = Path(found).parent
    try:
        _refuse_code(snapshot, name)
        DeepModel.find(str(snapshot))
    except ModelError:
        return None
    folder = model_folder(data_dir, name)
    private_dir(folder)
    with storage_errors(folder):
        for path in [one for one in snapshot.rglob("*") if one.is_file()]:
            relative = path.relative_to(snapshot).as_posix()
            if _NEEDED.fullmatch(relative):
                (folder / relative).parent.mkdir(exist_ok=True)
                shutil.copyfile(path, folder / relative)
    return _complete(folder, snapshot.name)


def download(model: HubModel, data_dir: Path, on_file: Callable[[HubFile], None] = lambda file: None) -> Path:
    """Get the files that are not here yet, and return the model's folder.

    :param on_file: called before each file that is downloaded
    :raises ModelError: the hub cannot be reached, a file has another hash, or the model cannot be used
    :raises StorageError: the data folder cannot be written
    """
    folder = model_folder(data_dir, model.name)
    private_dir(folder)
    (folder / _STAMP).unlink(missing_ok=True)
    checked = False
    for file in model.files:
        if file.path.endswith(".safetensors") and not checked:
            _refuse_code(folder, model.name)  # Before the large files.
            checked = True
        target = folder / file.path
        if not (target.is_file() and _is_right(target, file)):
            target.unlink(missing_ok=True)
            on_file(file)
            _fetch(model, file, target)
    return _complete(folder, model.commit)


def _complete(folder: Path, commit: str) -> Path:
    DeepModel.find(str(folder))
    write_private(folder / _STAMP, json.dumps({"commit": commit}).encode())
    return folder


def _fetch(model: HubModel, file: HubFile, target: Path) -> None:
    part = target.with_name(target.name + _PART)
    with storage_errors(target):
        target.parent.mkdir(exist_ok=True)
        if part.is_file() and part.stat().st_size > file.size:
            part.unlink()
        part.touch()
    if part.stat().st_size < file.size or not file.size:
        with _hub_errors(model.name), part.open("r+b") as content:
            from huggingface_hub import hf_hub_url
            from huggingface_hub.file_download import http_get
            from huggingface_hub.utils._headers import build_hf_headers

            http_get(
                hf_hub_url(model.name, file.path, revision=model.commit),
                content,
                resume_size=content.seek(0, os.SEEK_END),
                headers=build_hf_headers(),
                expected_size=file.size,
                displayed_filename=file.path,
            )
    if not _is_right(part, file):
        part.unlink()
        raise ModelError(f"{file.path} of {model.name} is not the file that the hub names: it was deleted.")
    with storage_errors(target):
        part.replace(target)


def _is_right(path: Path, file: HubFile) -> bool:
    """Whether a file has the hash that the hub says."""
    if path.stat().st_size != file.size:
        return False
    digest = (
        hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    )
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == (file.sha256 or file.git_sha1)


def _refuse_code(folder: Path, name: str) -> None:
    """Raise `ModelError` if a model brings code of its own."""
    with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        foreign = any(not str(module["type"]).startswith(_OWN_MODULES) for module in modules)
        configs = [folder / str(module.get("path", "")) / "config.json" for module in modules]
        named = any("auto_map" in json.loads(one.read_text("utf-8")) for one in configs if one.is_file())
        if foreign or named:
            raise ModelError(f"{name} needs code of its own, and Semlens runs none.")


def _file(sibling: Any) -> HubFile:
    lfs = sibling.lfs
    sha256 = str(lfs["sha256"]) if lfs else ""
    return HubFile(sibling.rfilename, int(sibling.size or 0), sha256, str(sibling.blob_id or ""))


@contextmanager
def _hub_errors(name: str) -> Iterator[None]:
    """Say what the hub's client raises in one sentence."""
    try:
        import huggingface_hub.errors as hub
    except ImportError:
        raise ModelError("Downloads need the package huggingface_hub: install it with Semlens.") from None
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # It logs each of its tries.
    try:
        yield
    except hub.OfflineModeIsEnabled:
        raise ModelError(f"{name} cannot be downloaded while HF_HUB_OFFLINE is set.") from None
    except hub.GatedRepoError:
        raise ModelError(f"{name} has terms: agree to them at the hub, then set HF_TOKEN.") from None
    except hub.RepositoryNotFoundError:
        raise ModelError(f"The hub has no model {name}, or it is private: then set HF_TOKEN.") from None
    except (hub.RevisionNotFoundError, hub.EntryNotFoundError, hub.HFValidationError):
        raise ModelError(f"The hub has no such version of {name}.") from None
    except ModelError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError.of(Path(MODELS)) from error
        raise ModelError(_unreachable(name, error)) from None
    except Exception as error:  # Of the network; the client has changed its library before.
        raise ModelError(_unreachable(name, error)) from None


def _unreachable(name: str, error: Exception) -> str:
    return f"{name} could not be downloaded ({type(error).__name__}). What came is kept: try again to go on."
