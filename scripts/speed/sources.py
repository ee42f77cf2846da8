"""The folders to measure on: real repositories, and trees of any size generated from their files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from semlens.core.embed.static_model import ROWS, SCALES, SHIPPED, TOKENIZER
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.settings import Settings
from semlens.types import RelativePath

_IDENTIFIER = re.compile(r"\b[a-z]{3,}[A-Za-z_]{4,}\b")


def repositories(folder: Path) -> list[Path]:
    """The folders in `folder`, or `folder` itself if it has files."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return inner if inner and not any(path.is_file() for path in folder.iterdir()) else [folder]


def texts(roots: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The path and text of every file that an index has, a file from each of `roots` in turn."""
    queues = [_texts(root) for root in roots]
    while queues:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
            else:
                yield found


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    return ((f"{root.name}/{path}", source.text) for path, source in sources(root))


def sources(root: Path) -> Iterator[tuple[RelativePath, Source]]:
    """Every file of a folder that an index has, as it is read."""
    membership = Membership(root, Settings())
    for found in walk(root, membership):
        if isinstance(found, FoundFile):
            source = read_source(
                root, found.path, membership.max_bytes, membership.encoding, found.permission
            )
            if isinstance(source, Source):
                yield found.path, source


def generate_tree(target: Path, roots: Sequence[Path], lines: int) -> int:
    """Write files of `roots` below `target` until they have `lines` lines; returns how many they have.

    When no file is left, they are written again with some identifiers renamed, so that their chunks are new:
    equal chunks would be embedded only once.
    """
    written = copy = 0
    while written < lines:
        for path, text in texts(roots):
            file = target / f"copy{copy}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_renamed(text, copy), "utf-8", errors="replace")
            written += text.count("\n") + 1
            if written >= lines:
                break
        copy += 1
    return written


def _renamed(text: str, copy: int) -> str:
    if not copy:
        return text
    letter = chr(ord("a") + copy % 26)
    return _IDENTIFIER.sub(lambda found: found[0] + letter if len(found[0]) % 3 == 0 else found[0], text)


def peer_model(folder: Path) -> Path:
    """Write our instant model to `folder` in the format of model2vec, for the peer to embed with."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    rows = np.load(SHIPPED / ROWS).astype(np.float32) * np.load(SHIPPED / SCALES)[:, None]
    save_file({"embeddings": rows}, folder / "model.safetensors")
    shutil.copy(SHIPPED / TOKENIZER, folder / "tokenizer.json")
    card = {"model_type": "model2vec", "normalize": True, "hidden_dim": rows.shape[1], "max_length": None}
    (folder / "config.json").write_text(json.dumps(card), "utf-8")
    return folder
