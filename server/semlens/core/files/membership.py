"""The one predicate that decides which paths belong to the index, for the walk and the watch alike.

It reads names and rules, never the content of source files. The first rule of this list that refuses a path
gives the reason, and a user can overrule only the later ones:

1. Secrets, version control data and names without source.
2. `.semlensignore`. A negated rule overrules 3 and 4.
3. Git's ignore rules, which do not count for tracked files.
4. Tools' folders, lock files and minified files.
5. Globs of the editor's settings and of `semlens.exclude`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from semlens.core.files.folder_rules import FolderRules, prepend, skipped_by
from semlens.core.files.git.ignore_file import (
    RULE_FILE_LIMIT,
    RuleList,
    is_too_large,
    parse_rules,
    read_small_file,
)
from semlens.core.files.git.repository import Repository, enclosing_work_tree, is_work_tree, open_repository
from semlens.core.files.git.tracked import Tracked, read_tracked
from semlens.core.files.git.wildmatch import byte_text
from semlens.core.files.globs import glob_matcher
from semlens.core.files.name_rules import made_by_tool, never_indexed
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

OWN_RULES = ".semlensignore"
GIT_RULES = ".gitignore"

_RULE_NAMES = frozenset({OWN_RULES, GIT_RULES, ".git", "pyvenv.cfg", "CACHEDIR.TAG"})
"""Names of files whose change can change which paths belong."""

_MARKER_FILES = (
    ("pyvenv.cfg", "is a Python virtual environment"),
    ("CACHEDIR.TAG", "is marked as a cache by its CACHEDIR.TAG"),
)
"""A folder with a file of this name is refused, and the reason."""


class Membership:
    """Decides which paths of one workspace folder belong to the index. Safe for several threads."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = Path(os.path.realpath(root))
        self.settings = settings
        editor = {**settings.files_exclude, **settings.search_exclude}
        self._editor_globs = glob_matcher(glob for glob, on in editor.items() if on is True)
        self._own_globs = glob_matcher(settings.exclude, anywhere=True)
        self._tracked: dict[Path, Tracked] = {}
        self._folders: dict[str, FolderRules] = {}
        self._tracked_at_watch: dict[Path, frozenset[str]] = {}
        """Repository → its tracked files when the watch last asked; `_tracked` may be newer."""
        self._outside_rules: frozenset[str] = frozenset()
        self._repositories: dict[str, Repository] = {}
        """Index file → repository: the one around the root, and those found inside."""
        self._problems: dict[str, str] = {}
        """Rule file → a sentence about a rule in it that is ignored."""
        self.reload()

    @property
    def encoding(self) -> str:
        """The editor's encoding for files that say nothing of their own; "" for none."""
        return self.settings.files_encoding

    @property
    def max_bytes(self) -> int:
        """The size of the largest file that belongs."""
        return self.settings.max_file_size_kb * 1024

    @property
    def warning(self) -> str | None:
        """What is wrong with a rule file that was read, in one sentence."""
        return next(iter(list(self._problems.values())), None)

    def refuse(self, path: RelativePath, is_dir: bool) -> Skipped | None:
        """Why `path` does not belong to the index, or None if it does.

        `path` need not exist. The reason may be that of a folder above it.
        """
        if path.startswith("/") or (".." in path and ".." in path.split("/")):
            return Skipped(path, "does not lie in the workspace")
        if is_dir:
            refusal = self._folder(path).refusal
            return replace(refusal, path=path) if refusal else None
        folder_path, _, name = path.rpartition("/")
        folder = self._folder(folder_path)
        if folder.refusal:
            return replace(folder.refusal, path=path)
        return self._check_rules(path, name, False, folder)

    def forget(self, folder: RelativePath) -> None:
        """Read the rules of this one folder again before the next answer."""
        if folder:
            self._folders.pop(folder, None)

    def reload(self) -> None:
        """Read all rules again, each before the next answer that needs it."""
        self._problems = {}
        top = enclosing_work_tree(self.root) or self.root
        repository = open_repository(top)
        self._folders = {"": self._root_folder(repository)}
        self._repositories = {}
        self._outside_rules = frozenset(str(parent / GIT_RULES) for parent in (top, *self._parents(top)))
        self._add_repository(repository)

    def affects_rules(self, path: str) -> bool:
        """Whether a change of this path (relative, or absolute outside the root) can change any answer.

        Git rewrites its index for many reasons. The index counts only if an ignored file has become
        tracked or is no longer tracked, since `rule_folders` was last called.
        """
        absolute = str(self.root / path)
        name = posixpath.basename(path.replace(os.sep, "/"))
        if name in _RULE_NAMES:
            return True
        if absolute in self._repositories:
            return self._tracking_changed(self._repositories[absolute])
        return absolute in self._outside_rules

    def rule_folders(self) -> frozenset[Path]:
        """Absolute paths of folders with rule files, besides the folders that belong to the index.

        `affects_rules` compares the tracked files with those at this call.
        """
        for repository in list(self._repositories.values()):
            self._tracked_at_watch[repository.top] = self._tracked_in(repository).files
        return frozenset(Path(file).parent for file in self._outside_rules) - {self.root}

    def _check_rules(
        self, path: RelativePath, name: str, is_dir: bool, folder: FolderRules
    ) -> Skipped | None:
        refusal = never_indexed(path, name, is_dir)
        if refusal:
            return refusal
        text, last = byte_text(path), byte_text(name)
        matched = folder.own_match(text, last, is_dir)
        if matched and not matched[0].negated:
            return skipped_by(matched, path, "is left out by a rule")
        if not matched:
            refusal = self._check_git(path, text, last, is_dir, folder) or made_by_tool(path, name, is_dir)
            if refusal:
                return refusal
        glob = self._editor_globs(path)
        if glob:
            return Skipped(path, "is excluded in the editor's settings", glob, "files.exclude")
        glob = self._own_globs(path)
        return Skipped(path, "is excluded in the settings", glob, "semlens.exclude") if glob else None

    def _check_git(
        self, path: RelativePath, text: str, name: str, is_dir: bool, folder: FolderRules
    ) -> Skipped | None:
        refusal = folder.git_refusal(path, text, name, is_dir)
        return None if refusal and self._is_tracked(text, is_dir, folder) else refusal

    def _is_tracked(self, text: str, is_dir: bool, folder: FolderRules) -> bool:
        tracked = self._tracked_in(folder.repository)
        in_repository = folder.to_top + (text[len(folder.base) + 1 :] if folder.base else text)
        return in_repository in tracked.files or (is_dir and in_repository in tracked.folders)

    def _tracked_in(self, repository: Repository) -> Tracked:
        tracked = read_tracked(repository.index_file, self._tracked.get(repository.top))
        self._tracked[repository.top] = tracked
        return tracked

    def _add_repository(self, repository: Repository) -> None:
        """Treat the repository's own files as rule files from now on."""
        files = [*repository.shared_rule_files()]
        if repository.index_file:
            files += [repository.index_file, repository.index_file.parent / "config"]
            self._repositories[str(repository.index_file)] = repository
        self._outside_rules |= {str(file) for file in files}

    def _tracking_changed(self, repository: Repository) -> bool:
        """Whether an ignored file has become tracked or untracked since the watch last asked."""
        before = self._tracked_at_watch.get(repository.top, frozenset())
        now = self._tracked_at_watch[repository.top] = self._tracked_in(repository).files
        inside = repository.top != self.root and repository.top.is_relative_to(self.root)
        above = byte_text(_path_down(repository.top, self.root)) if not inside else ""
        base = byte_text(repository.top.relative_to(self.root).as_posix()) + "/" if inside else ""
        return any(
            text.startswith(above) and self._is_ignored_by_git(base + text[len(above) :])
            for text in before ^ now
        )

    def _is_ignored_by_git(self, text: str) -> bool:
        """Whether git's rules ignore a path or a folder above it, tracked or not."""
        path = text.encode("latin-1").decode("utf-8", "surrogateescape")
        for end in (*(at for at, character in enumerate(path) if character == "/"), len(path)):
            part = RelativePath(path[:end])
            folder = self._folder(part.rpartition("/")[0])
            byte_part = byte_text(part)
            if folder.git_refusal(part, byte_part, byte_part.rpartition("/")[2], end < len(path)):
                return True
        return False

    def _folder(self, path: str) -> FolderRules:
        return self._folder_in(self._folders, path)

    def _folder_in(self, folders: dict[str, FolderRules], path: str) -> FolderRules:
        """As `_folder`, from one cache: `reload` on another thread mixes no old rules into a new one."""
        known = folders.get(path)
        if known is None:
            parent_path, _, name = path.rpartition("/")
            known = folders[path] = self._rules_inside(path, name, self._folder_in(folders, parent_path))
        return known

    def _rules_inside(self, path: str, name: str, parent: FolderRules) -> FolderRules:
        """The rules for the content of the folder `path`, whose name is `name`."""
        relative = RelativePath(path)
        refusal = parent.refusal or self._check_rules(relative, name, True, parent)
        absolute = os.path.join(self.root, path)
        if not refusal:
            tags = (reason for tag, reason in _MARKER_FILES if os.path.lexists(os.path.join(absolute, tag)))
            refusal = next((Skipped(relative, reason) for reason in tags), None)
        if refusal:
            return replace(parent, refusal=refusal)
        if os.path.lexists(os.path.join(absolute, ".git")) and is_work_tree(Path(absolute)):
            repository = open_repository(Path(absolute))
            self._add_repository(repository)
            parent = parent.inside_repository(path, repository)
            self._note_problems(parent.git)
            ignored_by_git = None
        else:
            text, last = byte_text(path), byte_text(name)
            let_in = parent.own_match(text, last, True)
            ignored_by_git = None if let_in else parent.git_refusal(relative, text, last, True)
        fold = parent.repository.fold
        return replace(
            parent,
            own=prepend(self._rules(path, OWN_RULES, fold), parent.own),
            git=parent.git if ignored_by_git else prepend(self._rules(path, GIT_RULES, fold), parent.git),
            ignored_by_git=ignored_by_git,
        )

    def _root_folder(self, repository: Repository) -> FolderRules:
        to_top = _path_down(repository.top, self.root)
        git = repository.shared_rules(above=to_top, base="")
        for parent in self._parents(repository.top):
            content = read_small_file(str(parent / GIT_RULES), follow_links=False)
            if content:
                above, shown = _path_down(parent, self.root), str(parent / GIT_RULES)
                git = (parse_rules(content, shown, above=above, fold=repository.fold), *git)
        self._note_problems(git)
        return FolderRules(
            refusal=None,
            own=prepend(self._rules("", OWN_RULES, repository.fold), ()),
            git=prepend(self._rules("", GIT_RULES, repository.fold), git),
            ignored_by_git=None,
            repository=repository,
            to_top=byte_text(to_top),
            base="",
        )

    def _parents(self, top: Path) -> Iterator[Path]:
        """The folders from `top` down to the parent of the root."""
        parents = [parent for parent in self.root.parents if parent == top or top in parent.parents]
        yield from reversed(parents)

    def _rules(self, folder: str, name: str, fold: bool) -> RuleList | None:
        shown = posixpath.join(folder, name)
        file = os.path.join(self.root, shown)
        content = read_small_file(file, follow_links=False)
        if content is None and is_too_large(file):
            self._problems[shown] = (
                f"{shown} is larger than {RULE_FILE_LIMIT >> 20} MB: its rules are ignored."
            )
        rules = parse_rules(content, shown, base=folder, fold=fold) if content else None
        self._note_problems((rules,) if rules else ())
        return rules

    def _note_problems(self, lists: Iterable[RuleList]) -> None:
        for rules in lists:
            if rules.problem:
                self._problems[rules.source] = rules.problem


def _path_down(folder: Path, root: Path) -> str:
    """The path from `folder` down to the root with a slash at its end, or "" if they are equal."""
    return "" if folder == root else root.relative_to(folder).as_posix() + "/"
