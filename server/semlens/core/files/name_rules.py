"""Rules that read nothing but the name of a file or folder."""

from __future__ import annotations

from semlens.core.files.git.wildmatch import byte_text
from semlens.core.files.not_source import (
    LOCK_FILES,
    NOT_SOURCE_EXTENSIONS,
    REPOSITORY_FOLDERS,
    extension_of,
    is_tool_folder,
)
from semlens.core.files.secrets import secret_pattern
from semlens.types import RelativePath, Skipped

VERSION_CONTROL = "holds a version control system's own data"
"""Why a path is refused."""


def unusable(path: RelativePath, name: str) -> Skipped | None:
    """Why the index cannot hold a path, whatever other rules say, or None. `name` is its last part."""
    if _is_unicode(name):
        return None
    shown = byte_text(path).encode("latin-1").decode("utf-8", "backslashreplace")
    return Skipped(RelativePath(shown), "has a name that is not valid UTF-8")


def private(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """Why a path may hold secrets, or a version control system's data, or None. `name` is its last part."""
    if name in REPOSITORY_FOLDERS or name == ".git":
        return Skipped(path, VERSION_CONTROL, name)
    kind = secret_pattern(path, is_dir)
    return Skipped(path, "has a name under which secrets are kept", kind) if kind else None


def not_written_by_hand(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """Why a path is no source that somebody wrote, or None. `name` is its last part."""
    if is_dir:
        return Skipped(path, "is a folder that a tool keeps", f"{name}/") if is_tool_folder(name) else None
    if name.lower() in LOCK_FILES:
        return Skipped(path, "is a package manager's lock file", name)
    if extension_of(name) in NOT_SOURCE_EXTENSIONS:
        return Skipped(path, "is not source text", f"*.{extension_of(name)}")
    return None


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
