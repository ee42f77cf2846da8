"""A git work tree, read without running git: its ignore files, settings and tracked files.

A workspace is not trusted, and git may run programs that the workspace's configuration names.
This module only reads regular files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.git.config import expand_home, git_settings, is_true, user_config_folder
from semlens.core.files.git.ignore_file import RuleList, parse_rules, read_small_file


@dataclass(frozen=True, slots=True)
class Repository:
    """One git work tree, or, without `git_dir`, another folder, which may still hold ignore files."""

    top: Path
    git_dir: Path | None = None
    common_dir: Path | None = None
    fold: bool = False
    """Whether rules ignore case (git's `core.ignorecase`)."""
    excludes_file: Path | None = None
    bare: bool = False
    """Whether there is no work tree at `top`, which only names a bare repository."""

    def shared_rules(self, above: str, base: str) -> tuple[RuleList, ...]:
        """The rules for the whole work tree, the strongest first. `above` and `base`: see `RuleList`."""
        found = []
        for file in self.shared_rule_files():
            content = read_small_file(str(file), follow_links=True)
            if content:
                rules = parse_rules(content, str(file), base=base, above=above, fold=self.fold)
                found.append(rules)
        return tuple(found)

    def shared_rule_files(self) -> Iterator[Path]:
        """The files with rules for the whole work tree, the strongest first; they need not exist."""
        if self.common_dir:
            yield self.common_dir / "info" / "exclude"
        if self.excludes_file:
            yield self.excludes_file

    @property
    def index_file(self) -> Path | None:
        """Git's index, which lists the tracked files."""
        return self.git_dir / "index" if self.git_dir else None


def enclosing_work_tree(folder: Path) -> Path | None:
    """The nearest folder at or above `folder` that is a git work tree."""
    for candidate in (folder, *folder.parents):
        if is_work_tree(candidate):
            return candidate
    return None


def is_work_tree(folder: Path) -> bool:
    """Whether `folder` is the top of a git work tree."""
    return _git_dir(folder) is not None


def is_bare_repository(folder: Path) -> bool:
    """Whether `folder` itself holds git's own data, as `git init --bare` makes it."""
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def open_repository(top: Path, environment: Mapping[str, str] = os.environ) -> Repository:
    """The repository whose work tree is `top`, which may be a folder without git."""
    git_dir = _git_dir(top)
    common = None
    if git_dir:
        pointed = _first_line(git_dir / "commondir")
        common = Path(os.path.normpath(git_dir / pointed)) if pointed else git_dir
    values = git_settings(git_dir, common, environment)
    # `git init` probes whether the disk ignores case; without a repository, take the system's default.
    default_fold = git_dir is None and sys.platform in ("win32", "darwin")
    fold = is_true(values["core.ignorecase"]) if "core.ignorecase" in values else default_fold
    bare = git_dir == common and is_true(values.get("core.bare", "false"))
    return Repository(top, git_dir, common, fold, _excludes_file(values, top, environment), bare)


def _git_dir(top: Path) -> Path | None:
    """The git folder of a work tree, or None: `.git`, or the folder that the file `.git` names."""
    marker = top / ".git"
    if os.path.isdir(marker):
        return marker if os.path.exists(marker / "HEAD") else None
    pointed = _first_line(marker)
    if pointed is None or not pointed.startswith("gitdir: "):
        return None
    target = Path(os.path.normpath(top / pointed.removeprefix("gitdir: ")))
    return target if os.path.exists(target / "HEAD") else None


def _first_line(file: Path) -> str | None:
    content = read_small_file(str(file), follow_links=True)
    if not content:
        return None
    return os.fsdecode(content.split(b"\n", 1)[0].rstrip(b"\r"))


def _excludes_file(values: Mapping[str, str], top: Path, environment: Mapping[str, str]) -> Path | None:
    named = values.get("core.excludesfile")
    if named is None:
        xdg = user_config_folder(environment)
        return xdg / "ignore" if xdg else None
    return top / expand_home(named, environment) if named else None
