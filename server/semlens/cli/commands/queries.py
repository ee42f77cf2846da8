"""The queries of a command: the one that was given, or the lines of a file."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from semlens.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Queries:
    """What is asked, in order."""

    texts: list[str]
    are_lines: bool = False
    """Whether they are lines of a file: one that makes no sense does not keep the others from an answer."""

    @staticmethod
    def read(file: Path) -> Queries:
        """The lines of `file` that are not blank; `-` is standard input. Raises `UsageError`."""
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise UsageError(f"{file} cannot be read as a list of queries: {reason}.") from error
        return Queries([line.strip() for line in text.splitlines() if line.strip()], are_lines=True)

    async def answered(
        self, answer_to: Callable[[str], Awaitable[T]]
    ) -> AsyncIterator[tuple[str, T | UsageError]]:
        """Each query with its answer, or with what is wrong with it if it is a line of a file.

        Raises `SemlensError`: `UsageError` for a single query, and at the end if lines had errors.
        """
        wrong = 0
        for query in self.texts:
            try:
                answer: T | UsageError = await answer_to(query)
            except UsageError as error:
                if not self.are_lines:
                    raise
                wrong += 1
                answer = error
            yield query, answer
        if wrong:
            raise UsageError(
                f"Queries without an answer: {wrong:,} of {len(self.texts):,}. The output says why."
            )
