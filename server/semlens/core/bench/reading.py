"""Reads the files of an earlier state of a folder, by the rules of today."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, source_in
from semlens.types import FileStamp, RelativePath

NOT_ON_DISK = FileStamp(0, 0)


@dataclass(frozen=True, slots=True)
class TextReader:
    """Which files of any state belong to the index, and their texts."""

    membership: Membership

    def belongs(self, path: RelativePath) -> bool:
        """Whether the rules let the file at `path` in; it need not be on the disk."""
        return self.membership.refuse(path, False) is None

    def text(self, path: RelativePath, data: bytes | None) -> str | None:
        """The text of a file with these bytes, as it is indexed; None if it does not belong to the index."""
        if data is None or len(data) > self.membership.max_bytes:
            return None
        permission = self.membership.permission(path)
        encodings = (self.membership.encoding,)
        found = source_in(path, data, lambda: iter(encodings), permission, NOT_ON_DISK)
        return found.text if isinstance(found, Source) else None
