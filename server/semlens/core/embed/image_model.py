"""The model that looks at images, as its files describe it, without importing torch.

It is a CLIP model: it has vectors for images and for texts, and an image is near to a text that says what it
shows. None comes with Semlens; a setting names the folder that sentence-transformers has saved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError, safe_open

from semlens.core.embed.deep_model import fingerprint_of
from semlens.errors import ModelError
from semlens.types import Fingerprint

PICTURES_VERSION: Final = 1
"""Raise it when `pictures.py` gives the model other pixels of the same image."""

_READ: Final = frozenset({".json", ".txt", ".safetensors"})
"""The files that make the vectors."""

_PROJECTIONS: Final = ("visual_projection.weight", "text_projection.weight")
"""Without them, the library would take random numbers."""


@dataclass(frozen=True, slots=True)
class ImageModel:
    """A CLIP model on disk. Make one with `ImageModel.find`."""

    name: str
    folder: Path
    dim: int
    """Of its vectors."""
    sha256: str
    """Of its files."""

    @staticmethod
    def find(setting: str) -> ImageModel:
        """The model in the folder that a setting names. Reads all of its weights.

        :raises ModelError: there is no such model, or it cannot be used.
        """
        folder = Path(setting).expanduser()
        if not folder.is_absolute():
            raise ModelError(f'There is no image model "{setting}": give a folder by its absolute path.')
        if not folder.is_dir():
            raise ModelError(f"There is no model in {folder}: there is no such folder.")
        if not (folder / "modules.json").is_file():
            raise ModelError(f"There is no sentence-transformers model in {folder}: it has no modules.json.")
        folder = folder.resolve()
        try:
            dim = _dimension(folder)
            _require_weights(folder)
            return ImageModel(folder.name, folder, dim, _sha256(folder))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
            raise ModelError(
                f"The model in {folder} is not a CLIP model that can be used ({error})."
            ) from error

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> ImageModel:
        """The model that `to_json` has described."""
        return ImageModel(**{**fields, "folder": Path(fields["folder"])})

    def to_json(self) -> dict[str, Any]:
        """The model as a JSON object, for another process."""
        return {**asdict(self), "folder": str(self.folder)}

    @property
    def files(self) -> list[Path]:
        """The files that make the vectors, in a stable order."""
        return _files(self.folder)

    @property
    def fingerprint(self) -> Fingerprint:
        """Identifies the model's vectors."""
        digest = hashlib.sha256(f"{self.sha256}/{PICTURES_VERSION}".encode()).hexdigest()
        return fingerprint_of(self.name, self.dim, digest)

    def verify(self) -> None:
        """Raise `ModelError` if the files have changed since the model was described."""
        try:
            found = _sha256(self.folder)
        except OSError as error:
            raise ModelError(f"The model in {self.folder} cannot be read: {error}.") from error
        if found != self.sha256:
            raise ModelError(f"The files of the model {self.name} were changed: restart Semlens to use it.")


def _dimension(folder: Path) -> int:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    if not isinstance(modules, list) or not modules:
        raise ValueError("modules.json lists no module")
    config = json.loads((folder / modules[0].get("path", "") / "config.json").read_text("utf-8"))
    if config.get("model_type") != "clip":
        raise ValueError("it is a model of another kind")
    if any(not str(module["type"]).endswith(".Normalize") for module in modules[1:]):
        raise ValueError("it has further layers")
    return int(config["projection_dim"])


def _require_weights(folder: Path) -> None:
    files = [path for path in _files(folder) if path.suffix == ".safetensors"]
    if not files:
        raise ValueError("it has no .safetensors weights")
    names = set[str]()
    for path in files:
        with safe_open(path, framework="numpy") as weights:
            names.update(weights.keys())
    for wanted in _PROJECTIONS:
        if not any(name.endswith(wanted) for name in names):
            raise ValueError(f"its weights lack {wanted}")


def _files(folder: Path) -> list[Path]:
    found = [*folder.glob("*"), *folder.glob("*/*")]
    return sorted(path for path in found if path.suffix in _READ and path.is_file())


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
