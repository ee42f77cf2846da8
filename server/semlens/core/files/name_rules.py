"""Rules that read nothing but the name of a file or folder."""

from __future__ import annotations

from semlens.core.files.not_source import (
    LOCK_FILES,
    MINIFIED_SUFFIXES,
    NOT_SOURCE_EXTENSIONS,
    REPOSITORY_FOLDERS,
    extension_of,
    is_tool_folder,
)
from semlens.core.files.secrets import secret_pattern
from semlens.types import RelativePath, Skipped


def never_indexed(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """Why a path never belongs to the index, whatever other rules say, or None. `name` is its last part."""
    if not _is_unicode(name):
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Skipped(RelativePath(shown), "has a name that is not valid UTF-8")
    if name in REPOSITORY_FOLDERS or name == ".git":
        return Skipped(path, "holds a version control system's own data")
    kind = secret_pattern(path, is_dir)
    if kind:
        return Skipped(path, "has a name under which secrets are kept", kind)
    if is_dir:
        return None
    if extension_of(name) in NOT_SOURCE_EXTENSIONS:
        return Skipped(path, "is not source text", f"*.{extension_of(name)}")
    return None


def made_by_tool(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """Why a path is a tool's product, or None; `.semlensignore` may let it in. `name` is its last part."""
    if is_dir:
        return Skipped(path, "is a folder that a tool keeps", f"{name}/") if is_tool_folder(name) else None
    lowered = name.lower()
    if lowered in LOCK_FILES:
        return Skipped(path, "is a package manager's lock file", name)
    if lowered.endswith(MINIFIED_SUFFIXES):
        return Skipped(path, "is minified or bundled", name)
    return None


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
