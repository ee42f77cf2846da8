"""The one predicate that decides which paths belong to the index, for the walk and the watch alike.

It reads names and rules, never the content of source files. The first rule of this list that refuses a path
gives the reason:

1. `.semlensignore`. A negated rule overrules all that follows; 2 only if it names the file or folder.
2. Names of secrets, and version control data.
3. Git's ignore rules, which do not count for tracked files.
4. Tools' folders, lock files and names without source; marked folders, linked worktrees.
5. Globs of the editor's settings.
6. Globs of `semlens.exclude`, which nothing overrules.

A rule that lets in a path inside a refused folder opens that folder for this path alone.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from semlens.core.files.folder_rules import FolderRules, prepend, skipped_by
from semlens.core.files.git.ignore_file import parse_rules, read_small_file
from semlens.core.files.git.repository import (
    Repository,
    enclosing_work_tree,
    is_bare_repository,
    is_work_tree,
    open_repository,
)
from semlens.core.files.git.tracked import Tracked, read_tracked
from semlens.core.files.git.wildmatch import byte_text
from semlens.core.files.globs import glob_matcher
from semlens.core.files.images import has_image_name, is_svg
from semlens.core.files.marked_folders import MARKS, marked_folder
from semlens.core.files.name_rules import VERSION_CONTROL, not_written_by_hand, private, unusable
from semlens.core.files.permission import Permission, permission_by
from semlens.core.files.rule_files import RuleFiles
from semlens.core.files.worktrees import holds_work_trees, version_control_data, worktree_again
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

OWN_RULES = ".semlensignore"
GIT_RULES = ".gitignore"

_RULE_NAMES = frozenset({OWN_RULES, GIT_RULES, ".git", *MARKS})
"""Names of files and folders whose change can change which paths belong."""


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
        self._rule_files = RuleFiles(self.root)
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
        return self._rule_files.problem

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
        self._rule_files = RuleFiles(self.root)
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

    def permission(self, path: RelativePath) -> Permission:
        """How far a rule of `.semlensignore` lets the file at `path` in, whatever its content is."""
        folder_path, _, name = path.rpartition("/")
        folder = self._folder(folder_path)
        if not folder.own:
            return Permission.NONE
        matched = folder.own_match(byte_text(path), byte_text(name), False)
        own = permission_by(matched[0] if matched else None)
        return max(own, Permission.FOLDER) if folder.let_in else own

    def is_image(self, path: RelativePath, permission: Permission) -> bool:
        """Whether a file is indexed as an image, if it belongs: an SVG that a rule lets in is a text."""
        return (
            self.settings.images
            and has_image_name(path.rpartition("/")[2])
            and not (is_svg(path) and permission >= Permission.PATH)
        )

    def _check_rules(
        self, path: RelativePath, name: str, is_dir: bool, folder: FolderRules
    ) -> Skipped | None:
        text, last = byte_text(path), byte_text(name)
        matched = folder.own_match(text, last, is_dir)
        rule = matched[0] if matched else None
        if matched and not matched[0].negated:
            return unusable(path, name) or skipped_by(matched, path, "is left out by a rule")
        permission = permission_by(rule)
        refusal = unusable(path, name)
        if permission < Permission.NAME:
            refusal = refusal or private(path, name, is_dir)
            if folder.bare:
                refusal = refusal or version_control_data(path, os.path.join(self.root, path))
        if not matched:
            refusal = (
                refusal
                or (replace(folder.unless_named, path=path) if folder.unless_named else None)
                or self._check_git(path, text, last, is_dir, folder)
            )
        if permission < Permission.PATH and not (matched and is_dir):
            wanted = not is_dir and self.is_image(path, permission)
            refusal = refusal or (None if wanted else not_written_by_hand(path, name, is_dir))
        return refusal or self._check_globs(path, permission)

    def _check_globs(self, path: RelativePath, permission: Permission) -> Skipped | None:
        glob = self._editor_globs(path) if permission < Permission.PATH else None
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
        if parent.refusal:
            return parent
        absolute, text, last = os.path.join(self.root, path), byte_text(path), byte_text(name)
        bare = is_bare_repository(Path(absolute))
        matched = parent.own_match(text, last, True)
        let_in = bool(matched and matched[0].negated)
        refusal = self._check_rules(relative, name, True, parent)
        if not refusal and not let_in:
            refusal = marked_folder(relative, absolute) or worktree_again(
                relative, absolute, parent.repository, self._belongs
            )
            if bare and not holds_work_trees(absolute):
                refusal = refusal or Skipped(relative, VERSION_CONTROL)
        if refusal and not parent.leads_to_let_in(text):
            return replace(parent, refusal=refusal)
        parent = replace(parent, unless_named=refusal, let_in=parent.let_in or let_in)
        if os.path.lexists(os.path.join(absolute, ".git")) and is_work_tree(Path(absolute)):
            repository = open_repository(Path(absolute))
            self._add_repository(repository)
            parent = parent.inside_repository(path, repository)
            self._rule_files.note_problems(parent.git)
            ignored_by_git = None
        else:
            ignored_by_git = None if matched else parent.git_refusal(relative, text, last, True)
        fold = parent.repository.fold
        return replace(
            parent,
            own=prepend(self._rule_files.read(path, OWN_RULES, fold), parent.own),
            git=parent.git
            if ignored_by_git
            else prepend(self._rule_files.read(path, GIT_RULES, fold), parent.git),
            ignored_by_git=ignored_by_git,
            bare=bare,
        )

    def _belongs(self, folder: Path) -> bool:
        """Whether the content of a folder, by its absolute path, belongs to the index."""
        if folder == self.root or not folder.is_relative_to(self.root):
            return False
        return self.refuse(RelativePath(folder.relative_to(self.root).as_posix()), True) is None

    def _root_folder(self, repository: Repository) -> FolderRules:
        to_top = _path_down(repository.top, self.root)
        git = repository.shared_rules(above=to_top, base="")
        for parent in self._parents(repository.top):
            content = read_small_file(str(parent / GIT_RULES), follow_links=False)
            if content:
                above, shown = _path_down(parent, self.root), str(parent / GIT_RULES)
                git = (parse_rules(content, shown, above=above, fold=repository.fold), *git)
        self._rule_files.note_problems(git)
        return FolderRules(
            refusal=None,
            own=prepend(self._rule_files.read("", OWN_RULES, repository.fold), ()),
            git=prepend(self._rule_files.read("", GIT_RULES, repository.fold), git),
            ignored_by_git=None,
            unless_named=None,
            let_in=False,
            repository=repository,
            to_top=byte_text(to_top),
            base="",
            bare=is_bare_repository(self.root),
        )

    def _parents(self, top: Path) -> Iterator[Path]:
        """The folders from `top` down to the parent of the root."""
        parents = [parent for parent in self.root.parents if parent == top or top in parent.parents]
        yield from reversed(parents)


def _path_down(folder: Path, root: Path) -> str:
    """The path from `folder` down to the root with a slash at its end, or "" if they are equal."""
    return "" if folder == root else root.relative_to(folder).as_posix() + "/"
