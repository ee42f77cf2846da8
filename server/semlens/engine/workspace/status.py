"""How a workspace is doing, in the words that the user sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from semlens.protocol.editor import FolderState
from semlens.protocol.notifications import FolderStatus
from semlens.types import Coverage, Skipped

_REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WorkspaceStatus:
    """What the engine knows about a workspace at one moment."""

    opened: bool = True
    working: bool = False
    """Whether files are being indexed."""
    done_of: tuple[int, int] | None = None
    """Indexed files, and files in all."""
    refilling: bool = False
    """Whether a lost index is being rebuilt from the texts and vectors that are kept."""
    improving: bool = False
    """Whether the deep tier is at work."""
    waiting: str | None = None
    """What the deep tier waits for, if it waits."""
    paused: bool = False
    error: str | None = None
    notice: str | None = None
    """An event that the user should know, such as damage to the index."""
    leftover: str | None = None
    """What takes space and is of no use any more."""
    warning: str | None = None
    """Why changes on disk may be missed."""
    complete: bool = True
    """Whether the whole folder was walked."""
    coverage: Coverage = field(default_factory=Coverage)
    skipped: int = 0
    second_problem: str | None = None
    """Why the second model cannot be used."""
    image_problem: str | None = None
    """Why the image model cannot be used."""
    looked_at: float | None = None
    """The share of the images that the image model has seen; None without one."""
    text_problem: str | None = None
    """Why the text in images cannot be read."""
    texts_of: tuple[int, int] | None = None
    """Images whose text is read, and all images, while they are read."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Why files were left out, with counts, the most frequent first; empty once a file is indexed."""

    @property
    def busy(self) -> bool:
        return self.working or self.refilling or self.improving or not self.opened

    @property
    def state(self) -> FolderState:
        """The state in one word."""
        if self.error is not None:
            return "error"
        if self.paused:
            return "paused"
        if self.refilling or (self.working and self.notice):
            return "rebuilding"
        if self.working or not self.opened:
            return "indexing"
        return "ready" if self.coverage.files else "empty"

    @property
    def message(self) -> str | None:
        """The state in a sentence for the user."""
        if self.error is not None:
            return self.error
        if self.paused:
            return "Indexing is paused."
        if self.working:
            return self._progress()
        if self.opened and not self.coverage.files:
            return self._why_empty()
        if self.warning is not None:
            return self.warning
        if self.refilling:
            return f"The index is being rebuilt, {self.coverage.deep:.0%} done; search answers meanwhile."
        improving = self._improving()
        if improving is not None:
            return improving
        if self.second_problem is not None:
            return self.second_problem
        second = self._second_reading()
        if second is not None:
            return second
        of_images = self.image_problem or self._looking() or self.text_problem or self._reading()
        return of_images or self.notice or self.leftover

    @property
    def repeats(self) -> bool:
        """Whether the message says no more than the coverage does."""
        said = (self._improving(), self._second_reading())
        return not self.waiting and (message := self.message) is not None and message in said

    def of_folder(self, root: Path) -> FolderStatus:
        """The status of the folder at `root`, as clients get it."""
        return FolderStatus(
            folder=str(root),
            state=self.state,
            message=self.message,
            files=self.coverage.files,
            chunks=self.coverage.chunks,
            skipped=self.skipped,
            coverage=self.coverage,
            repeats=self.repeats,
        )

    def _improving(self) -> str | None:
        """How far the transformer has come, while it reads."""
        if not self.improving or self.coverage.deep >= 1:
            return None
        if self.waiting:
            return f"Improving results, {self.coverage.deep:.0%} done, {self.waiting}."
        return f"Improving results, {self.coverage.deep:.0%} done."

    def _second_reading(self) -> str | None:
        """How far the second model has come, while it reads."""
        second = self.coverage.second
        if not self.improving or second is None or second >= 1:
            return None
        if self.waiting:
            return f"The second model reads the code, {second:.0%} done, {self.waiting}."
        return f"The second model reads the code, {second:.0%} done."

    def _looking(self) -> str | None:
        """How far the image model has come, while it looks at images."""
        if not self.improving or self.looked_at is None or self.looked_at >= 1:
            return None
        if self.waiting:
            return f"The image model looks at the images, {self.looked_at:.0%} done, {self.waiting}."
        return f"The image model looks at the images, {self.looked_at:.0%} done."

    def _reading(self) -> str | None:
        """How far the reading of text in images has come."""
        if not self.improving or self.texts_of is None:
            return None
        done, total = self.texts_of
        if self.waiting:
            return f"The text in images is read, {done:,} of {total:,} done, {self.waiting}."
        return f"The text in images is read, {done:,} of {total:,} done."

    def _progress(self) -> str:
        if self.done_of is None:
            return "Looking for files"
        return f"Indexing {self.done_of[0]:,} of {self.done_of[1]:,} files"

    def _why_empty(self) -> str:
        if not self.skipped and not self.complete:
            return "Not indexed yet."
        if not self.skipped:
            return "0 files indexed: the folder holds no files."
        shares = ", ".join(f"{reason} ({count:,})" for reason, count in self.reasons)
        return f"0 files indexed, {self.skipped:,} left out: {shares}."


def main_reasons(skipped: Iterable[Skipped]) -> tuple[tuple[str, int], ...]:
    """The most frequent reasons for leaving files out, with their counts."""
    return tuple(Counter(item.reason for item in skipped).most_common(_REASONS_SHOWN))
