"""Have an index's files decoded in another way."""

from __future__ import annotations

from semlens.core.files.decoding import DECODING_VERSION
from semlens.core.index.folder import FolderIndex
from semlens.types import FileStamp


def decode_as(index: FolderIndex, encoding: str) -> None:
    """Have every file read again if they were decoded in another way; an equal text costs no more.

    "" keeps the encoding, as a terminal does not know the editor's.
    """
    wanted = f"{DECODING_VERSION} {encoding or index.encoding}"
    with index.lock:
        if index.reader.meta("decoding") != wanted:
            stamps = index.reader.files.stamps().items()
            unknown = [(path, FileStamp(stamp.size, 0)) for path, (stamp, _) in stamps]
            index.database.apply((), (), (), unknown)
            index.database.replace_skipped(())
            index.database.set_meta(decoding=wanted)
