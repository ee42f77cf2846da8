"""Says what a user can do to have a file in the index that is left out."""

from __future__ import annotations

import re
from typing import Final

from semlens.core.files.content_rules import PRIVATE_KEY
from semlens.core.files.images import NOT_AN_IMAGE
from semlens.core.files.membership import OWN_RULES
from semlens.core.files.permission import LARGEST_LET_IN
from semlens.core.files.source import NOT_TEXT
from semlens.core.files.walk import TOO_LARGE
from semlens.types import RelativePath, Skipped

_SPECIAL = re.compile(r"([\\*?\[])")
_HOPELESS: Final = (
    "cannot be read", "does not lie", "has a name that is not", "is a link:", "is a link that", "is gone",
    "is not a regular file", NOT_AN_IMAGE, NOT_TEXT, "keeps changing", "lies behind", PRIVATE_KEY,
)  # fmt: skip
"""How the reasons begin that no rule overrules."""


def remedy(skipped: Skipped) -> str | None:
    """A sentence that says how to let a file in, or None if nothing does."""
    if skipped.reason.startswith(_HOPELESS) or "\n" in skipped.path:
        return None
    if skipped.rule_file == "semlens.exclude":
        return f"To index it, remove {skipped.rule} from the setting semlens.exclude."
    line, file = line_that_lets_in(skipped)
    if skipped.reason.startswith(TOO_LARGE):
        largest = f"up to {LARGEST_LET_IN >> 20} MB, add the line {line} to {file}"
        return f"To index it, raise the setting semlens.maxFileSizeKb or, {largest}."
    return f"To index it, add the line {line} to {file}."


def line_that_lets_in(skipped: Skipped) -> tuple[str, str]:
    """A rule that overrules what left `skipped` out, and the `.semlensignore` at whose end it belongs."""
    file = skipped.rule_file or ""
    own = file if file.rpartition("/")[2] == OWN_RULES else OWN_RULES
    folder = own.removesuffix(OWN_RULES)
    return f"!{_as_pattern(RelativePath(skipped.path.removeprefix(folder)))}", own


def _as_pattern(path: RelativePath) -> str:
    """A pattern that matches this path alone."""
    escaped = _SPECIAL.sub(r"\\\1", path)
    bare = escaped.rstrip(" ")
    return bare + "\\ " * (len(escaped) - len(bare))
