"""The commits of a repository as a benchmark reads them: messages, changed files, the files of a state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semlens.core.store.records import unpack_path
from semlens.process.git import Git
from semlens.types import RelativePath

_REGULAR = frozenset({b"100644", b"100755"})
"""Modes of files: no links, no submodules."""
_END = b"\x1e"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with one parent."""

    id: str
    parent: str
    subject: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content in git."""

    id: str
    size: int
    """In bytes; -1 where it is not known."""


class History:
    """The history of a folder. Each method raises `FolderError`."""

    def __init__(self, git: Git) -> None:
        self._git = git

    def commits(self, most: int) -> list[Commit]:
        """The newest commits that changed the folder, newest first, without merges and the first one."""
        form = "--format=%H%x00%P%x00%s%x1e"
        raw = self._git.ask("rev-list", "--no-merges", f"--max-count={most}", form, "HEAD", "--", ".")
        found = []
        for record in raw.split(_END):
            _, _, line = record.strip(b"\n").partition(b"\n")  # The first line is `commit` and the id.
            fields = [field.decode("utf-8", "replace") for field in line.split(b"\0")]
            if len(fields) == 3 and fields[1] and " " not in fields[1]:
                found.append(Commit(*fields))
        return found

    def changed(self, commit: Commit) -> dict[RelativePath, tuple[Blob, Blob]]:
        """The regular files that a commit has changed, with what they were and what they became."""
        options = ("-r", "-z", "--raw", "--no-renames", "--relative", "--diff-filter=M", "--no-abbrev")
        raw = self._git.ask("diff-tree", *options, commit.parent, commit.id)
        fields = raw.split(b"\0")
        found = {}
        for about, path in zip(fields[::2], fields[1::2], strict=False):
            old_mode, new_mode, old, new, _ = about.lstrip(b":").split(b" ")
            if {old_mode, new_mode} <= _REGULAR:
                found[unpack_path(path)] = (Blob(old.decode(), -1), Blob(new.decode(), -1))
        return found

    def files(self, commit: str) -> dict[RelativePath, Blob]:
        """The regular files of the folder in the state of a commit."""
        raw = self._git.ask("ls-tree", "-r", "-z", "-l", commit, "--", ".")
        found = {}
        for entry in filter(None, raw.split(b"\0")):
            about, _, path = entry.partition(b"\t")
            mode, _, blob, size = about.split()
            if mode in _REGULAR and size.isdigit():
                found[unpack_path(path)] = Blob(blob.decode(), int(size))
        return found

    def contents(self, blobs: Sequence[Blob]) -> Iterator[bytes | None]:
        """The content of each blob; None where the repository lacks it."""
        if not blobs:
            return
        raw = self._git.ask("cat-file", "--batch", stdin="".join(f"{one.id}\n" for one in blobs).encode())
        at = 0
        for _ in blobs:
            end = raw.index(b"\n", at)
            header, at = raw[at:end].split(b" "), end + 1
            if header[-1] == b"missing":
                yield None
                continue
            size = int(header[2])
            yield raw[at : at + size]
            at += size + 1
