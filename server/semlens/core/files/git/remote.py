"""The address under which a repository is known to all who have a clone of it, from its configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from semlens.core.files.git.config import read_config
from semlens.core.files.git.repository import enclosing_work_tree, open_repository

_NAMES = ("upstream", "origin")
"""The remotes that are asked first: a fork's `upstream` is what all forks share."""

_URL = re.compile(r"(?:https?|ssh|git(?:\+ssh)?)://(?:[^@/]*@)?([^/:]+)(?::\d+)?/(.+)", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/:]+@)?([^@/:]{2,}):(?!/?/)(.+)")
"""`git@host:path`; one letter before the colon is a drive of Windows."""


def remote_address(folder: Path, environment: Mapping[str, str] = os.environ) -> str | None:
    """Host and path of the repository around `folder`, alike for all ways to reach it and without a user.

    None if it is in no git work tree, or has no remote, or one that is only a path of this machine.
    """
    top = enclosing_work_tree(folder)
    repository = None if top is None else open_repository(top, environment)
    if repository is None or repository.common_dir is None:
        return None
    values = read_config(repository.common_dir / "config", repository.git_dir, environment)
    pairs = {
        key.removeprefix("remote.").removesuffix(".url"): value
        for key, value in values.items()
        if key.startswith("remote.") and key.endswith(".url")
    }
    known = [pairs[name] for name in _NAMES if name in pairs] or (
        [*pairs.values()] if len(pairs) == 1 else []
    )
    return next((place for place in map(plain_address, known) if place is not None), None)


def plain_address(url: str) -> str | None:
    """`github.com/org/name` of `https://me@github.com/Org/name.git`, `git@github.com:org/name`; else None."""
    found = _URL.fullmatch(url.strip()) or _SCP.fullmatch(url.strip())
    if found is None:
        return None
    path = found[2].strip("/").removesuffix(".git").rstrip("/")
    return f"{found[1]}/{path}".lower() if path else None
