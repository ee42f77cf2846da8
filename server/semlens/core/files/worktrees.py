"""Tells linked worktrees of git, which hold the files of a repository again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from semlens.core.files.git.repository import Repository, open_repository
from semlens.core.files.name_rules import VERSION_CONTROL
from semlens.types import RelativePath, Skipped


def worktree_again(
    path: RelativePath, absolute: str, outer: Repository, belongs: Callable[[Path], bool]
) -> Skipped | None:
    """Why the folder at `path` is refused as a linked worktree of a repository that is indexed, or None.

    :param outer: the repository that the folder lies in.
    :param belongs: whether the folder at an absolute path below the workspace's root is indexed.
    """
    if not _points_to_repository(absolute):  # A folder `.git` is a repository of its own.
        return None
    inner = open_repository(Path(absolute))
    main = _main_work_tree(inner)
    if not _is_linked(inner) or not (_is_same(inner, outer) or (main and belongs(main))):
        return None
    return Skipped(path, "is a linked worktree of a repository that is here already")


def holds_work_trees(bare: str) -> bool:
    """Whether a folder of a bare repository, by its absolute path, has work trees beside git's data."""
    with os.scandir(bare) as entries:
        return any(_points_to_repository(entry.path) for entry in entries)


def version_control_data(path: RelativePath, absolute: str) -> Skipped | None:
    """Why a path in a bare repository is refused, or None for a work tree."""
    return None if _points_to_repository(absolute) else Skipped(path, VERSION_CONTROL)


def _points_to_repository(absolute: str) -> bool:
    return os.path.isfile(os.path.join(absolute, ".git"))


def _is_linked(repository: Repository) -> bool:
    """Whether a work tree is a linked worktree of another, or of a bare repository."""
    git_dir, common_dir = repository.git_dir, repository.common_dir
    return git_dir is not None and common_dir is not None and not _same(git_dir, common_dir)


def _main_work_tree(linked: Repository) -> Path | None:
    """The real path of the work tree that `linked` was made from; None if it is not known."""
    common_dir = linked.common_dir
    if common_dir is None or common_dir.name != ".git":
        return None
    return Path(os.path.realpath(common_dir.parent))


def _is_same(one: Repository, other: Repository) -> bool:
    """Whether two work trees share one repository, because one is linked to the other or both to a third."""
    if one.common_dir is None or other.common_dir is None or other.bare:
        return False
    return _same(one.common_dir, other.common_dir)


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
