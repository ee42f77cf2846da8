"""Git's configuration, read without running git: all files in order, with their includes (git-config(1))."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from semlens.core.files.git.ignore_file import read_small_file
from semlens.core.files.git.wildmatch import byte_text, compile_pattern

_INCLUDE_DEPTH = 5


def git_settings(git_dir: Path | None, common: Path | None, environment: Mapping[str, str]) -> dict[str, str]:
    """`section.key` → value, from every configuration file that applies to the repository.

    `git_dir` is its git folder, `common` the one that its work trees share; both None without a repository.
    """
    values: dict[str, str] = {}
    for file in _config_files(git_dir, common, environment):
        values.update(read_config(file, git_dir, environment))
    return values


def read_config(
    file: Path, git_dir: Path | None, environment: Mapping[str, str], depth: int = 0
) -> dict[str, str]:
    """`section.key` → value of one configuration file and its includes; empty if it cannot be read."""
    content = read_small_file(str(file), follow_links=True)
    values: dict[str, str] = {}
    if not content or depth > _INCLUDE_DEPTH:
        return values
    for section, key, value in _assignments(os.fsdecode(content)):
        if key == "path" and _included(section, file, git_dir, environment):
            included = file.parent / expand_home(value, environment)
            values.update(read_config(included, git_dir, environment, depth + 1))
        else:
            values[f"{section}.{key}"] = value
    return values


def is_true(value: str) -> bool:
    """Whether git reads `value` as true."""
    return value.lower() in ("true", "yes", "on", "1", "")


def expand_home(name: str, environment: Mapping[str, str]) -> str:
    """The path `name` with the home folder in place of a leading `~`."""
    home = _home(environment)
    if name.startswith("~/") and home:
        return str(home / name[2:])
    return os.path.expanduser(name) if name.startswith("~") else name


def user_config_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder `git` in the user's configuration folder (XDG), or None without a home folder."""
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / "git"
    home = _home(environment)
    return home / ".config" / "git" if home else None


def _home(environment: Mapping[str, str]) -> Path | None:
    home = environment.get("HOME") or environment.get("USERPROFILE")
    return Path(home) if home else None


def _config_files(
    git_dir: Path | None, common: Path | None, environment: Mapping[str, str]
) -> Iterator[Path]:
    """Git's configuration files, the weakest first."""
    if not is_true(environment.get("GIT_CONFIG_NOSYSTEM", "false")):
        if environment.get("GIT_CONFIG_SYSTEM"):
            yield Path(environment["GIT_CONFIG_SYSTEM"])
        elif sys.platform == "win32":
            yield Path(environment.get("PROGRAMFILES", "C:/Program Files")) / "Git/etc/gitconfig"
        else:
            for prefix in ("", "/usr/local", "/opt/homebrew"):
                yield Path(prefix + "/etc/gitconfig")
    if "GIT_CONFIG_GLOBAL" in environment:
        yield Path(environment["GIT_CONFIG_GLOBAL"])
    else:
        xdg, home = user_config_folder(environment), _home(environment)
        if xdg:
            yield xdg / "config"
        if home:
            yield home / ".gitconfig"
    if git_dir and common:
        yield common / "config"
        if is_true(
            read_config(common / "config", git_dir, environment).get("extensions.worktreeconfig", "false")
        ):
            yield git_dir / "config.worktree"


def _included(section: str, file: Path, git_dir: Path | None, environment: Mapping[str, str]) -> bool:
    """Whether a `path` in this section of `file` includes a file for the repository `git_dir`."""
    if section == "include":
        return True
    for condition, fold in (("includeif.gitdir:", False), ("includeif.gitdir/i:", True)):
        if git_dir and section.startswith(condition):
            pattern = expand_home(section.removeprefix(condition), environment)
            if pattern.startswith("./"):
                pattern = (file.parent / pattern[2:]).as_posix() + ("/" if pattern.endswith("/") else "")
            elif not os.path.isabs(pattern):
                pattern = "**/" + pattern
            pattern += "**" if pattern.endswith("/") else ""
            matches = compile_pattern(byte_text(pattern.lower() if fold else pattern), pathname=True)
            place = git_dir.as_posix()
            return matches is not None and matches(byte_text(place.lower() if fold else place))
    return False


def _assignments(text: str) -> Iterator[tuple[str, str, str]]:
    """(section in lower case with its subsection as written, key in lower case, value)."""
    section = ""
    for line in text.replace("\r\n", "\n").replace("\\\n", "").split("\n"):
        line = line.strip()
        if line.startswith("["):
            name, closed, line = line[1:].partition("]")
            if not closed:
                continue
            head, _, subsection = name.partition(" ")
            section = head.lower()
            if subsection:
                section += "." + subsection.strip().strip('"').replace("\\\\", "\\")
            line = line.strip()
        if line and line[0] not in "#;":
            key, has_value, value = line.partition("=")
            yield section, key.split("#")[0].strip().lower(), _config_value(value) if has_value else "true"


_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}


def _config_value(text: str) -> str:
    """A value without its quotes, escapes, comment and surrounding blanks."""
    value, kept, quoted = "", 0, False
    characters = iter(text.strip())
    for character in characters:
        if character == '"':
            quoted = not quoted
            kept = len(value)
        elif character == "\\":
            following = next(characters, "")
            value += _ESCAPES.get(following, following)
            kept = len(value)
        elif character in "#;" and not quoted:
            break
        else:
            value += character
            if quoted or not character.isspace():
                kept = len(value)
    return value[:kept]
