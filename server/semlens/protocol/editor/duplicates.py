"""Near copies: definitions that are the same code but for names and small changes."""

from __future__ import annotations

from attrs import frozen

from semlens.protocol.editor.places import Range


@frozen
class DuplicatesParams:
    """Ask for the near copies among the definitions of the workspace."""

    folders: list[str] | None = None
    """URIs of workspace folders to look in; all of them if left out. Copies are looked for within each."""
    limit: int = 100
    """The most groups to return."""


@frozen
class NearCopy:
    """A definition that has near copies."""

    uri: str
    range: Range
    name: str
    """With the names of the definitions around it; empty if it has none."""
    kind: str
    """Such as function or class; empty if it is not known."""
    line: int
    """The 0-based line that has the name, or else the first one."""
    text: str
    """The text of `line`; empty if the file cannot be read."""
    whole: bool = True
    """Whether `range` is all of the definition that is named; else it is a part of it."""


@frozen
class NearCopyGroup:
    """Definitions of which each is nearly the same as another one."""

    copies: list[NearCopy]
    """By path and line."""
    similarity: float
    """The least share of words in common of the pairs that make the group, from 0 to 1."""
    repeated_lines: int
    """The lines that all but the longest of them have."""


@frozen
class DuplicatesResult:
    """The near copies of the workspace."""

    groups: list[NearCopyGroup]
    """Those with the most repeated lines first."""
    total: int
    """All groups, beyond the limit too."""
    repeated_lines: int
    """Of all groups."""
    coverage: float
    """The share of the code that is read so far, from 0 to 1."""
    files: int
    """The files that belong to the index: without one nothing was compared."""
