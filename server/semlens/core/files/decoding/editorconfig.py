"""The `charset` that the `.editorconfig` files of a workspace set for a file (editorconfig.org)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from semlens.core.files.globs import glob_matcher
from semlens.types import RelativePath

_MOST_BYTES = 64 * 1024
_NAME = ".editorconfig"
_SECTION = re.compile(r"\s*\[(.+)\]\s*(?:[#;].*)?")
_PAIR = re.compile(r"\s*([\w-]+)\s*[=:]\s*([^#;\s]*)")


def charset_of(root: Path, path: RelativePath) -> str:
    """The charset of the file at `path` below `root`, the nearest section that sets one; "" without any."""
    folders = path.split("/")[:-1]
    for depth in range(len(folders), -1, -1):
        folder = "/".join(folders[:depth])
        below = path[len(folder) + 1 :] if folder else path
        config = _read(os.path.join(root, folder, _NAME))
        found = [value for glob, value in _charsets(config) if _matches(glob, below)]
        if found:
            return found[-1]
        if re.search(r"(?im)^\s*root\s*=\s*true", config.split("[", 1)[0]):
            return ""
    return ""


def _read(file: str) -> str:
    """The text of a small file that is no link; "" if it cannot be read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return ""
    try:
        return os.read(descriptor, _MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _charsets(config: str) -> Iterator[tuple[str, str]]:
    """The glob and the charset of each section that sets one."""
    glob = ""
    for line in config.split("\n"):
        section = _SECTION.fullmatch(line)
        pair = _PAIR.match(line)
        if section:
            glob = section[1]
        elif pair and glob and pair[1].lower() == "charset":
            yield glob, pair[2].lower()


@lru_cache(maxsize=256)
def _matcher(glob: str) -> Callable[[str], str | None]:
    return glob_matcher([glob], anywhere=True)


def _matches(glob: str, path: str) -> bool:
    return _matcher(glob)(path) is not None
