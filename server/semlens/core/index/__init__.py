"""The index of a workspace folder: how files get in, in what order, and how much each tier covers."""

from semlens.core.index.folder import FolderIndex
from semlens.core.index.model_set import ModelSet

__all__ = ["FolderIndex", "ModelSet"]
