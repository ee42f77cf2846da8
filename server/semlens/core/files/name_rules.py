"""What a name alone says of a file or folder."""

from __future__ import annotations

from semlens.core.files.not_source import (
    LOCK_FILES,
    MINIFIED_ENDINGS,
    NOT_SOURCE,
    REPOSITORY_FOLDERS,
    ending_of,
    unwanted_folder,
)
from semlens.core.files.secrets import secret_kind
from semlens.types import RelativePath, Skipped


def by_name(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """What no rule can overrule."""
    if not _is_unicode(name):
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Skipped(RelativePath(shown), "has a name that is not valid UTF-8")
    if name in REPOSITORY_FOLDERS or name == ".git":
        return Skipped(path, "holds a version control system's own data")
    kind = secret_kind(name, is_dir)
    if kind:
        return Skipped(path, "has a name under which secrets are kept", kind)
    if is_dir:
        return None
    if ending_of(name) in NOT_SOURCE:
        return Skipped(path, "is not source text", f"*.{ending_of(name)}")
    return None


def by_tool(path: RelativePath, name: str, is_dir: bool) -> Skipped | None:
    """What a tool made, unless `.semlensignore` lets it in."""
    if is_dir:
        return Skipped(path, "is a folder that a tool keeps", f"{name}/") if unwanted_folder(name) else None
    lowered = name.lower()
    if lowered in LOCK_FILES:
        return Skipped(path, "is a package manager's lock file", name)
    if lowered.endswith(MINIFIED_ENDINGS):
        return Skipped(path, "is minified or bundled", name)
    return None


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
