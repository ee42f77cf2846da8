"""A workspace folder's index: what goes in, in what order, and what is true of it."""

from semlens.core.index.folder import FolderIndex
from semlens.core.index.model_set import ModelSet

__all__ = ["FolderIndex", "ModelSet"]
