"""Reads the ignore files of a workspace folder, and remembers which of their rules are ignored."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from semlens.core.files.git.ignore_file import (
    RULE_FILE_LIMIT,
    RuleList,
    is_too_large,
    parse_rules,
    read_small_file,
)


class RuleFiles:
    """The ignore files below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._problems: dict[str, str] = {}
        """Rule file → a sentence about a rule in it that is ignored."""

    @property
    def problem(self) -> str | None:
        """A sentence about the first rule that is ignored, or None."""
        return next(iter(list(self._problems.values())), None)

    def read(self, folder: str, name: str, fold: bool) -> RuleList | None:
        """The rules of the file `name` in `folder`, or None if there are none."""
        shown = posixpath.join(folder, name)
        file = os.path.join(self._root, shown)
        content = read_small_file(file, follow_links=False)
        if content is None and is_too_large(file):
            self._problems[shown] = (
                f"{shown} is larger than {RULE_FILE_LIMIT >> 20} MB: its rules are ignored."
            )
        rules = parse_rules(content, shown, base=folder, fold=fold) if content else None
        self.note_problems((rules,) if rules else ())
        return rules

    def note_problems(self, lists: Iterable[RuleList]) -> None:
        """Remember the problems of rules that were read elsewhere."""
        for rules in lists:
            if rules.problem:
                self._problems[rules.source] = rules.problem
