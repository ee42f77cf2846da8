"""The one predicate that decides what belongs to the index, for the walk and the watch alike.

It looks at names and rules only, never into files. Of several reasons to leave a path out,
the one that a user cannot overrule comes first: secrets and version control data, then
`.semlensignore` (whose negated rules let in what the next two leave out), then git's rules
(which do not count for tracked files) and tools' folders, then the editor's globs.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from semlens.core.files.git.ignore_file import Rule, RuleList, parse_rules, read_rules
from semlens.core.files.git.repository import Repository, enclosing_top, is_top, open_repository
from semlens.core.files.git.tracked import Tracked, read_tracked
from semlens.core.files.git.wildmatch import byte_text
from semlens.core.files.globs import glob_matcher
from semlens.core.files.name_rules import by_name, by_tool
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

OWN_RULES = ".semlensignore"
GIT_RULES = ".gitignore"

_RULE_NAMES = frozenset({OWN_RULES, GIT_RULES, ".git", "pyvenv.cfg", "CACHEDIR.TAG"})
"""Files whose coming, going or changing can change what belongs."""

_TAGS = (
    ("pyvenv.cfg", "is a Python virtual environment"),
    ("CACHEDIR.TAG", "is marked as a cache by its CACHEDIR.TAG"),
)


@dataclass(frozen=True, slots=True)
class _Folder:
    """What holds for everything in one folder."""

    refusal: Skipped | None
    own: tuple[RuleList, ...]
    """`.semlensignore` rules, the nearest file first."""
    git: tuple[RuleList, ...]
    """Git's rules, the strongest first."""
    git_refusal: Skipped | None
    """Set inside an ignored folder that is here for the tracked files in it."""
    repository: Repository
    to_top: str
    """Byte text: what leads from the repository's top to the workspace root ("sub/"), if it is above."""
    base: str
    """The repository's top relative to the root, if it is below."""


class Membership:
    """Answers for one workspace folder; safe to ask from several threads."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = Path(os.path.realpath(root))
        self.settings = settings
        editor = {**settings.files_exclude, **settings.search_exclude}
        self._editor_globs = glob_matcher(glob for glob, on in editor.items() if on is True)
        self._own_globs = glob_matcher(settings.exclude, anywhere=True)
        self._tracked: dict[Path, Tracked] = {}
        self._folders: dict[str, _Folder] = {}
        self._noted_tracked: dict[Path, frozenset[str]] = {}
        """Of each repository, as of the last question of a watch, whatever was read since."""
        self._outside_rules: frozenset[str] = frozenset()
        self._repositories: dict[str, Repository] = {}
        """By their index files: the one around the root, and those in it that were come upon."""
        self.reload()

    @property
    def max_bytes(self) -> int:
        return self.settings.max_file_size_kb * 1024

    def refuse(self, path: RelativePath, is_dir: bool) -> Skipped | None:
        """Why `path` does not belong, or None if nothing in its name or the rules speaks against it."""
        if path.startswith("/") or (".." in path and ".." in path.split("/")):
            return Skipped(path, "does not lie in the workspace")
        if is_dir:
            refusal = self._folder(path).refusal
            return replace(refusal, path=path) if refusal else None
        folder_path, _, name = path.rpartition("/")
        folder = self._folder(folder_path)
        if folder.refusal:
            return replace(folder.refusal, path=path)
        return self._judge(path, name, False, folder)

    def forget(self, folder: RelativePath) -> None:
        """Read the rules in this one folder again when they are next asked for."""
        if folder:
            self._folders.pop(folder, None)

    def reload(self) -> None:
        """Forget every rule that was read; each is read again when it is next asked for."""
        top = enclosing_top(self.root) or self.root
        repository = open_repository(top)
        self._folders = {"": self._root_folder(repository)}
        self._repositories = {}
        self._outside_rules = frozenset(str(parent / GIT_RULES) for parent in (top, *self._above(top)))
        self._come_upon(repository)

    def rule_files_changed(self, path: str) -> bool:
        """Whether a change of this path (relative, or absolute outside the root) can change any answer.

        Git rewrites its index for many reasons; it counts only if ignored files are now tracked
        or no longer so.
        """
        absolute = str(self.root / path)
        name = posixpath.basename(path.replace(os.sep, "/"))
        if name in _RULE_NAMES:
            return True
        if absolute in self._repositories:
            return self._index_matters(self._repositories[absolute])
        return absolute in self._outside_rules

    def rule_folders(self) -> frozenset[Path]:
        """Folders to watch for rule files besides those that belong to the index.

        From here on `rule_files_changed` tells what differs from now.
        """
        for repository in list(self._repositories.values()):
            self._noted_tracked[repository.top] = self._tracked_in(repository).files
        return frozenset(Path(file).parent for file in self._outside_rules) - {self.root}

    def _judge(self, path: RelativePath, name: str, is_dir: bool, folder: _Folder) -> Skipped | None:
        refusal = by_name(path, name, is_dir)
        if refusal:
            return refusal
        text, last = byte_text(path), byte_text(name)
        decided = _decide(folder.own, text, last, is_dir)
        if decided and not decided[0].negated:
            return _by_rule(path, *decided, "is left out by a rule")
        if not decided:
            refusal = self._by_git(path, text, last, is_dir, folder) or by_tool(path, name, is_dir)
            if refusal:
                return refusal
        glob = self._editor_globs(path)
        if glob:
            return Skipped(path, "is excluded in the editor's settings", glob, "files.exclude")
        glob = self._own_globs(path)
        return Skipped(path, "is excluded in the settings", glob, "semlens.exclude") if glob else None

    def _by_git(
        self, path: RelativePath, text: str, name: str, is_dir: bool, folder: _Folder
    ) -> Skipped | None:
        refusal = _git_verdict(path, text, name, is_dir, folder)
        return None if refusal and self._is_tracked(text, is_dir, folder) else refusal

    def _is_tracked(self, text: str, is_dir: bool, folder: _Folder) -> bool:
        tracked = self._tracked_in(folder.repository)
        in_repository = folder.to_top + (text[len(folder.base) + 1 :] if folder.base else text)
        return in_repository in tracked.files or (is_dir and in_repository in tracked.folders)

    def _tracked_in(self, repository: Repository) -> Tracked:
        tracked = read_tracked(repository.index_file, self._tracked.get(repository.top))
        self._tracked[repository.top] = tracked
        return tracked

    def _come_upon(self, repository: Repository) -> None:
        """From now on its own files count as rules."""
        files = [*repository.shared_rule_files()]
        if repository.index_file:
            files += [repository.index_file, repository.index_file.parent / "config"]
            self._repositories[str(repository.index_file)] = repository
        self._outside_rules |= {str(file) for file in files}

    def _index_matters(self, repository: Repository) -> bool:
        before = self._noted_tracked.get(repository.top, frozenset())
        now = self._noted_tracked[repository.top] = self._tracked_in(repository).files
        inside = repository.top != self.root and repository.top.is_relative_to(self.root)
        above = byte_text(_below(repository.top, self.root)) if not inside else ""
        base = byte_text(repository.top.relative_to(self.root).as_posix()) + "/" if inside else ""
        return any(
            text.startswith(above) and self._ignored_by_git(base + text[len(above) :])
            for text in before ^ now
        )

    def _ignored_by_git(self, text: str) -> bool:
        """Whether a rule of git's speaks against a path or any folder above it, tracked or not."""
        path = text.encode("latin-1").decode("utf-8", "surrogateescape")
        for end in (*(at for at, character in enumerate(path) if character == "/"), len(path)):
            part = RelativePath(path[:end])
            folder = self._folder(part.rpartition("/")[0])
            byte_part = byte_text(part)
            if _git_verdict(part, byte_part, byte_part.rpartition("/")[2], end < len(path), folder):
                return True
        return False

    def _folder(self, path: str) -> _Folder:
        return self._folder_in(self._folders, path)

    def _folder_in(self, folders: dict[str, _Folder], path: str) -> _Folder:
        """From one cache throughout: a reload meanwhile must not receive what was derived from old rules."""
        known = folders.get(path)
        if known is None:
            parent_path, _, name = path.rpartition("/")
            known = folders[path] = self._enter(path, name, self._folder_in(folders, parent_path))
        return known

    def _enter(self, path: str, name: str, parent: _Folder) -> _Folder:
        """What holds inside the folder `path`."""
        relative = RelativePath(path)
        refusal = parent.refusal or self._judge(relative, name, True, parent)
        absolute = os.path.join(self.root, path)
        if not refusal:
            tags = (reason for tag, reason in _TAGS if os.path.lexists(os.path.join(absolute, tag)))
            refusal = next((Skipped(relative, reason) for reason in tags), None)
        if refusal:
            return replace(parent, refusal=refusal)
        if os.path.lexists(os.path.join(absolute, ".git")) and is_top(Path(absolute)):
            repository = open_repository(Path(absolute))
            self._come_upon(repository)
            parent = _nested(path, repository, parent)
            git_refusal = None
        else:
            text, last = byte_text(path), byte_text(name)
            let_in = _decide(parent.own, text, last, True)
            git_refusal = None if let_in else _git_verdict(relative, text, last, True, parent)
        fold = parent.repository.fold
        return replace(
            parent,
            own=_with(self._rules(path, OWN_RULES, fold), parent.own),
            git=parent.git if git_refusal else _with(self._rules(path, GIT_RULES, fold), parent.git),
            git_refusal=git_refusal,
        )

    def _root_folder(self, repository: Repository) -> _Folder:
        to_top = _below(repository.top, self.root)
        git = repository.shared_rules(above=to_top, base="")
        for parent in self._above(repository.top):
            content = read_rules(str(parent / GIT_RULES), follow_links=False)
            if content:
                above, shown = _below(parent, self.root), str(parent / GIT_RULES)
                git = (parse_rules(content, shown, above=above, fold=repository.fold), *git)
        return _Folder(
            refusal=None,
            own=_with(self._rules("", OWN_RULES, repository.fold), ()),
            git=_with(self._rules("", GIT_RULES, repository.fold), git),
            git_refusal=None,
            repository=repository,
            to_top=byte_text(to_top),
            base="",
        )

    def _above(self, top: Path) -> Iterator[Path]:
        """The folders from `top` down to the one above the root."""
        parents = [parent for parent in self.root.parents if parent == top or top in parent.parents]
        yield from reversed(parents)

    def _rules(self, folder: str, name: str, fold: bool) -> RuleList | None:
        shown = posixpath.join(folder, name)
        content = read_rules(os.path.join(self.root, shown), follow_links=False)
        return parse_rules(content, shown, base=folder, fold=fold) if content else None


def _nested(path: str, repository: Repository, parent: _Folder) -> _Folder:
    """Inside a repository within the repository, the outer one's rules and index have no say."""
    git = repository.shared_rules(above="", base=path)
    return replace(parent, repository=repository, git=git, git_refusal=None, to_top="", base=byte_text(path))


def _with(rules: RuleList | None, others: tuple[RuleList, ...]) -> tuple[RuleList, ...]:
    return (rules, *others) if rules else others


def _below(folder: Path, root: Path) -> str:
    """What leads from `folder` to the root, with a slash at its end, or "" if they are one."""
    return "" if folder == root else root.relative_to(folder).as_posix() + "/"


def _decide(lists: tuple[RuleList, ...], text: str, name: str, is_dir: bool) -> tuple[Rule, RuleList] | None:
    for rules in lists:
        rule = rules.decide(text, name, is_dir)
        if rule:
            return rule, rules
    return None


def _git_verdict(path: RelativePath, text: str, name: str, is_dir: bool, folder: _Folder) -> Skipped | None:
    if folder.git_refusal:
        return replace(folder.git_refusal, path=path)
    decided = _decide(folder.git, text, name, is_dir)
    return _by_rule(path, *decided, "is ignored by git") if decided and not decided[0].negated else None


def _by_rule(path: RelativePath, rule: Rule, rules: RuleList, reason: str) -> Skipped:
    return Skipped(path, reason, rule.text, rules.source, rule.line)
