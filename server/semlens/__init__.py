"""Semlens finds code by what it means and shows what it costs in tokens, on the user's own machine.

From Python: `from semlens import Index`, and `help(Index)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from semlens.api import Chunks, Index, Symbols, split
    from semlens.types import Hit, Report

__all__ = ["Chunks", "Hit", "Index", "Report", "Symbols", "__version__", "split"]

_HOMES = {"Hit": "semlens.types", "Report": "semlens.types"}


def __getattr__(name: str) -> object:
    """Import the public names when they are first used: the editor's processes use none of them."""
    if name.startswith("_") or name not in __all__:
        raise AttributeError(f"module 'semlens' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "semlens.api")), name)
