"""The documents of the lexical index: one for each chunk, and one for each file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import tantivy

from semlens.core.text.analyzer import AnalyzedFile, analyze, analyze_file

BODY_FIELD = "body"

CHUNK_FIELDS = (BODY_FIELD, "symbol", "path")
"""The fields of a chunk's document."""

FILE_FIELD = "file"
"""The field of a file's document: every term of the file."""


@dataclass(frozen=True, slots=True)
class LexicalDoc:
    """A chunk to index."""

    chunk_id: int
    path: str
    symbols: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LexicalFile:
    """The chunks of a file to index, as terms."""

    path: str
    chunk_ids: Sequence[int]
    analyzed: AnalyzedFile


@dataclass(frozen=True, slots=True)
class FieldBoosts:
    """The weight of a match in each field; 0 leaves the field out."""

    body: float = 1.0
    symbol: float = 1.0
    path: float = 1.0


def analyzed_files(documents: Iterable[LexicalDoc], stem: bool) -> Iterator[LexicalFile]:
    """Analyze chunks, file by file. The chunks of a file must follow one another."""
    for path, group in groupby(documents, key=lambda document: document.path):
        chunks = list(group)
        analyzed = analyze_file(((chunk.text, chunk.symbols) for chunk in chunks), stem)
        yield LexicalFile(path, [chunk.chunk_id for chunk in chunks], analyzed)


def write_file(writer: tantivy.IndexWriter, file: LexicalFile, stem: bool) -> None:
    """Add the documents of a file and of its chunks.

    The file's own id is the bitwise complement of its first chunk's id, which is negative.
    """
    path, analyzed = analyze(file.path, stem), file.analyzed
    for number, body, symbols in zip(file.chunk_ids, analyzed.bodies, analyzed.symbols, strict=True):
        writer.add_document(_document(number, {"body": body, "symbol": symbols, "path": path}))
    writer.add_document(_document(~file.chunk_ids[0], {FILE_FIELD: analyzed.vocabulary}))


def schema() -> tantivy.Schema:
    """The fields of both kinds of documents; the index keeps positions in the chunks' bodies alone."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk_id", indexed=True, fast=True)
    for field in (*CHUNK_FIELDS, FILE_FIELD):
        option = "position" if field == BODY_FIELD else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    return builder.build()


def _document(number: int, fields: Mapping[str, str]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("chunk_id", number)
    for name, text in fields.items():
        document.add_text(name, text)
    return document
