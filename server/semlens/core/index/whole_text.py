"""The whole text of an indexed file, without reading it: put together from the texts of its chunks."""

from __future__ import annotations

from semlens.core.store.reader import IndexReader
from semlens.core.util.content_hash import hash_bytes
from semlens.types import ContentHash, RelativePath

_ENDS = ("\n", "", "\n\n")


def whole_text(reader: IndexReader, path: RelativePath, content: ContentHash) -> str | None:
    """The text with the content hash `content`, with "\\n" between lines.

    None if the chunks do not have all of it: they have no secrets, no end of a long line, and no spaces on a
    blank line between two of them. Raises `StorageError`.
    """
    lines: dict[int, str] = {}
    texts = reader.texts.lines_of(path)
    chunks = reader.chunks.of_file(path)
    if len(texts) != len(chunks):  # the file was indexed again meanwhile
        return None
    for chunk, text in zip(chunks, texts, strict=True):
        for row, line in enumerate(text.split("\n")):
            lines.setdefault(chunk.start_line + row, line)
    body = "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1))
    for end in _ENDS:
        text_of_file = body + end
        for written in (text_of_file, text_of_file.replace("\n", "\r\n")):
            if hash_bytes(written.encode("utf-8", "surrogatepass")) == content:
                return text_of_file
    return None
