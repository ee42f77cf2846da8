"""The ignore rules that hold inside one folder, of `.semlensignore` and of git."""

from __future__ import annotations

from dataclasses import dataclass, replace

from semlens.core.files.git.ignore_file import Rule, RuleList
from semlens.core.files.git.repository import Repository
from semlens.core.files.git.wildmatch import byte_text
from semlens.types import RelativePath, Skipped

Match = tuple[Rule, RuleList]
"""A rule that matches, and the list that holds it."""


@dataclass(frozen=True, slots=True)
class FolderRules:
    """The rules for the content of one folder. `text` is byte text of a path in it, `name` its last part."""

    refusal: Skipped | None
    """Why nothing in the folder belongs to the index, or None."""
    own: tuple[RuleList, ...]
    """`.semlensignore` rules, the nearest file first."""
    git: tuple[RuleList, ...]
    """Git's rules, the strongest first."""
    ignored_by_git: Skipped | None
    """Why git ignores the folder, if it belongs only for the tracked files in it."""
    unless_named: Skipped | None
    """Why the folder is refused, if it belongs only for what a rule of `.semlensignore` lets in."""
    let_in: bool
    """A rule of `.semlensignore` lets the folder, or one above it, in."""
    repository: Repository
    to_top: str
    """Byte text: the path from the repository's top down to the root ("sub/"), if it is above."""
    base: str
    """Byte text: the repository's top relative to the root, if it is below the root."""
    bare: bool = False
    """Whether the folder is a bare repository, of which only work trees belong."""

    def own_match(self, text: str, name: str, is_dir: bool) -> Match | None:
        """The rule of `.semlensignore` that decides on a path, or None."""
        return _last_match(self.own, text, name, is_dir)

    def leads_to_let_in(self, text: str) -> bool:
        """Whether a rule of `.semlensignore` lets in a path below the folder at `text`, which it spells."""
        return any(rules.names_below(text) for rules in self.own)

    def git_refusal(self, path: RelativePath, text: str, name: str, is_dir: bool) -> Skipped | None:
        """Why git's rules ignore `path`, tracked or not, or None."""
        if self.ignored_by_git:
            return replace(self.ignored_by_git, path=path)
        match = _last_match(self.git, text, name, is_dir)
        return skipped_by(match, path, "is ignored by git") if match and not match[0].negated else None

    def inside_repository(self, path: str, repository: Repository) -> FolderRules:
        """These rules in the nested repository at `path`, where the outer one's rules do not count."""
        git = repository.shared_rules(above="", base=path)
        return replace(
            self, repository=repository, git=git, ignored_by_git=None, to_top="", base=byte_text(path)
        )


def prepend(rules: RuleList | None, others: tuple[RuleList, ...]) -> tuple[RuleList, ...]:
    """`rules`, if there are any, before `others`."""
    return (rules, *others) if rules else others


def skipped_by(match: Match, path: RelativePath, reason: str) -> Skipped:
    """`path`, refused by a rule for `reason`."""
    rule, rules = match
    return Skipped(path, reason, rule.text, rules.source, rule.line)


def _last_match(lists: tuple[RuleList, ...], text: str, name: str, is_dir: bool) -> Match | None:
    for rules in lists:
        rule = rules.last_match(text, name, is_dir)
        if rule:
            return rule, rules
    return None
