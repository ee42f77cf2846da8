"""What git knows of a folder, read without running git: its ignore files, settings and tracked files.

A workspace is not trusted, and running a program inside it can run code that its
configuration names. Everything here is plain reading of regular files.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.gitignore import RuleList, parse_rules, read_rules
from semlens.core.files.wildmatch import byte_text, compile_pattern

_INDEX_LIMIT = 512 * 1024 * 1024
_INCLUDE_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Repository:
    """One git work tree, or (without `git_dir`) a folder that is none but may hold ignore files."""

    top: Path
    git_dir: Path | None = None
    common_dir: Path | None = None
    fold: bool = False
    excludes_file: Path | None = None

    def shared_rules(self, above: str, base: str) -> tuple[RuleList, ...]:
        """The rules that belong to no folder, the strongest first."""
        found = []
        for file in self.shared_rule_files():
            content = read_rules(str(file), follow_links=True)
            if content:
                rules = parse_rules(content, str(file), base=base, above=above, fold=self.fold)
                found.append(rules)
        return tuple(found)

    def shared_rule_files(self) -> Iterator[Path]:
        if self.common_dir:
            yield self.common_dir / "info" / "exclude"
        if self.excludes_file:
            yield self.excludes_file

    @property
    def index_file(self) -> Path | None:
        return self.git_dir / "index" if self.git_dir else None


def enclosing_top(folder: Path) -> Path | None:
    """The nearest folder at or above `folder` that is a git work tree."""
    for candidate in (folder, *folder.parents):
        if is_top(candidate):
            return candidate
    return None


def is_top(folder: Path) -> bool:
    return _git_dir(folder) is not None


def open_repository(top: Path, environment: Mapping[str, str] = os.environ) -> Repository:
    """What there is to know of the work tree `top`; also for a folder without git."""
    git_dir = _git_dir(top)
    common = None
    if git_dir:
        pointed = _first_line(git_dir / "commondir")
        common = Path(os.path.normpath(git_dir / pointed)) if pointed else git_dir
    values: dict[str, str] = {}
    for file in _config_files(git_dir, common, environment):
        values.update(_config(file, git_dir, environment))
    # Without a repository nothing was probed, and the platform's custom is the best guess.
    default_fold = git_dir is None and sys.platform in ("win32", "darwin")
    fold = _true(values["core.ignorecase"]) if "core.ignorecase" in values else default_fold
    return Repository(top, git_dir, common, fold, _excludes_file(values, top, environment))


def tracked_files(index_file: Path) -> frozenset[str] | None:
    """The paths in git's index, as byte text; None if it is missing or in a form not read here.

    Format: gitformat-index(5), versions 2 to 4. A tracked file belongs to the work tree
    whatever the ignore rules say.
    """
    try:
        with open(index_file, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > _INDEX_LIMIT:
                return None
            data = stream.read()
        if data[:4] != b"DIRC":
            return None
        version, count = struct.unpack_from(">II", data, 4)
        if version not in (2, 3, 4):
            return None
        hash_length = _hash_length(index_file.parent)
        return frozenset(_index_paths(data, version, count, hash_length))
    except (OSError, struct.error, ValueError, IndexError):
        return None


def _index_paths(data: bytes, version: int, count: int, hash_length: int) -> Iterator[str]:
    at, previous = 12, b""
    for _ in range(count):
        flags_at = at + 40 + hash_length
        (flags,) = struct.unpack_from(">H", data, flags_at)
        name_at = flags_at + 2 + (2 if flags & 0x4000 else 0)
        if version == 4:
            strip, name_at = _varint(data, name_at)
            end = data.index(b"\0", name_at)
            previous = previous[: len(previous) - strip] + data[name_at:end]
            at = end + 1
        else:
            end = data.index(b"\0", name_at)
            previous = data[name_at:end]
            at += (end - at + 8) // 8 * 8
        yield previous.decode("latin-1")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at] & 127
    while data[at] & 128:
        at += 1
        value = (value + 1) << 7 | data[at] & 127
    return value, at + 1


def _hash_length(git_dir: Path) -> int:
    values = _config(git_dir / "config", git_dir, {})
    return 32 if values.get("extensions.objectformat", "").lower() == "sha256" else 20


def _git_dir(top: Path) -> Path | None:
    """Where the work tree's git folder is: `.git` itself or where the file `.git` points."""
    marker = top / ".git"
    if os.path.isdir(marker):
        return marker if os.path.exists(marker / "HEAD") else None
    pointed = _first_line(marker)
    if pointed is None or not pointed.startswith("gitdir: "):
        return None
    target = Path(os.path.normpath(top / pointed.removeprefix("gitdir: ")))
    return target if os.path.exists(target / "HEAD") else None


def _first_line(file: Path) -> str | None:
    content = read_rules(str(file), follow_links=True)
    if not content:
        return None
    return os.fsdecode(content.split(b"\n", 1)[0].rstrip(b"\r"))


def _home(environment: Mapping[str, str]) -> Path | None:
    home = environment.get("HOME") or environment.get("USERPROFILE")
    return Path(home) if home else None


def _xdg(environment: Mapping[str, str]) -> Path | None:
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / "git"
    home = _home(environment)
    return home / ".config" / "git" if home else None


def _config_files(
    git_dir: Path | None, common: Path | None, environment: Mapping[str, str]
) -> Iterator[Path]:
    """Git's configuration files, the weakest first."""
    if not _true(environment.get("GIT_CONFIG_NOSYSTEM", "false")):
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
        xdg, home = _xdg(environment), _home(environment)
        if xdg:
            yield xdg / "config"
        if home:
            yield home / ".gitconfig"
    if git_dir and common:
        yield common / "config"
        if _true(_config(common / "config", git_dir, environment).get("extensions.worktreeconfig", "false")):
            yield git_dir / "config.worktree"


def _excludes_file(values: Mapping[str, str], top: Path, environment: Mapping[str, str]) -> Path | None:
    named = values.get("core.excludesfile")
    if named is None:
        xdg = _xdg(environment)
        return xdg / "ignore" if xdg else None
    return top / _expand_home(named, environment) if named else None


def _expand_home(name: str, environment: Mapping[str, str]) -> str:
    home = _home(environment)
    if name.startswith("~/") and home:
        return str(home / name[2:])
    return os.path.expanduser(name) if name.startswith("~") else name


def _true(value: str) -> bool:
    return value.lower() in ("true", "yes", "on", "1", "")


def _config(
    file: Path, git_dir: Path | None, environment: Mapping[str, str], depth: int = 0
) -> dict[str, str]:
    """`section.key` → value of a git configuration file, with what it includes."""
    content = read_rules(str(file), follow_links=True)
    values: dict[str, str] = {}
    if not content or depth > _INCLUDE_DEPTH:
        return values
    for section, key, value in _assignments(os.fsdecode(content)):
        if key == "path" and _included(section, file, git_dir, environment):
            included = file.parent / _expand_home(value, environment)
            values.update(_config(included, git_dir, environment, depth + 1))
        else:
            values[f"{section}.{key}"] = value
    return values


def _included(section: str, file: Path, git_dir: Path | None, environment: Mapping[str, str]) -> bool:
    """Whether `path` in this section names a file to include here and now (see git-config(1))."""
    if section == "include":
        return True
    for condition, fold in (("includeif.gitdir:", False), ("includeif.gitdir/i:", True)):
        if git_dir and section.startswith(condition):
            pattern = _expand_home(section.removeprefix(condition), environment)
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
    """A value without its quotes, escapes, comment and outer blanks."""
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
