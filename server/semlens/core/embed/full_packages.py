"""The packages that only a full installation has: they may come while this process runs."""

from __future__ import annotations

import importlib
import importlib.util
import site
import sysconfig
from pathlib import Path

from semlens.errors import NeedsFullError


def find_package(name: str) -> Path | None:
    """The folder of an installed package, also of one that was added after the start; None without one."""
    found = importlib.util.find_spec(name)
    if found is None:
        # The full stage of the editor's environment is a .pth file, which Python reads at its start alone.
        site.addsitedir(sysconfig.get_path("purelib"))
        importlib.invalidate_caches()
        found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def is_full() -> bool:
    """Whether this installation has torch and sentence-transformers."""
    return all(find_package(name) for name in ("torch", "sentence_transformers"))


def require_full(what: str) -> None:
    """Raise `NeedsFullError` with `what` in its sentence, if this installation is lean."""
    if not is_full():
        raise NeedsFullError.of(what)
