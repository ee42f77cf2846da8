"""Pairs of a question and code, from a folder's own files.

The first sentence of a docstring asks for its definition (as in CodeSearchNet, Husain et al. 2019); the words
of a name ask for a definition that has no such sentence. The code is cut as the index cuts it, without any
documentation and for names without the name, or each question would find its own words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.core.bench.docstring_queries import blank_out, query_text
from semlens.core.chunk import (
    DocumentedDefinition,
    LineTokenizer,
    chunk_source,
    documented_definitions,
    recognize,
)
from semlens.core.embed.static_model import PART
from semlens.core.files.membership import Membership
from semlens.core.files.role import Role, role_of
from semlens.core.files.source import Source as FileSource
from semlens.core.files.source import read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.core.train.plan import Source
from semlens.types import CancelToken, Chunk, RelativePath

TEACHING_ROLES = frozenset({Role.SOURCE, Role.ENTRY, Role.REEXPORT})
"""Tests, examples and vendored files teach nothing."""
MOST_FILES = 2_000
"""More are drawn from at random: reading and cutting them is most of the time of an instant training."""

_KINDS = frozenset({"function", "method", "class", "interface", "struct", "trait", "enum", "type"})
_LEAST_NAME_WORDS = 2
_LEAST_WORDS = 6
"""Code of fewer words says too little to be an answer."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and code that answers it."""

    question: str
    code: str
    path: RelativePath
    source: Source


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition with its first and last line, and what its docstring or its name asks."""

    name: str
    start: int
    end: int
    question: str
    source: Source


@dataclass(frozen=True, slots=True)
class FileCode:
    """A file's chunks without documentation, and the questions for its definitions."""

    path: RelativePath
    chunks: tuple[tuple[int, int, str], ...]
    """First and last line, and the text that models embed."""
    definitions: tuple[Definition, ...]

    def texts_of(self, start: int, end: int) -> list[str]:
        """The chunks that overlap some lines, first the one that holds the first line."""
        return [text for first, last, text in self.chunks if first <= end and start <= last]

    def pairs(self) -> list[Pair]:
        """A pair for each definition whose docstring or name asks for it."""
        found = []
        for one in self.definitions:
            texts = self.texts_of(one.start, one.end)
            code = texts[0] if texts else ""
            if one.source == "name":
                code = without_name(code, one.name)
            if len(_WORD.findall(code)) >= _LEAST_WORDS:
                found.append(Pair(one.question, code, self.path, one.source))
        return found


def read_code(
    root: Path,
    membership: Membership,
    tokenizer: LineTokenizer,
    seed: int,
    cancel: CancelToken,
    progress: Callable[[int, int], None],
) -> list[FileCode]:
    """The code of the files that teach, at most `MOST_FILES`.

    Calls `progress` with the number of files read so far and in all. Raises `Cancelled`, and `FolderError` if
    the folder cannot be read.
    """
    found = [item for item in walk(root, membership, cancel) if isinstance(item, FoundFile)]
    paths = sorted(item.path for item in found if role_of(item.path) in TEACHING_ROLES)
    if len(paths) > MOST_FILES:
        paths = sorted(random.Random(seed).sample(paths, MOST_FILES))
    files = []
    for done, path in enumerate(paths, 1):
        cancel.check()
        permission = membership.permission(path)
        source = read_source(root, path, membership.max_bytes, membership.encoding, permission)
        if isinstance(source, FileSource):
            files.append(code_of(path, source.text, tokenizer))
        progress(done, len(paths))
    return [one for one in files if one.chunks]


def code_of(path: RelativePath, text: str, tokenizer: LineTokenizer) -> FileCode:
    """The chunks and questions of one file's text."""
    language = recognize(path, text)
    documented = documented_definitions(text, language)
    if not documented:
        return FileCode(path, (), ())
    bare = without_documentation(text, documented)
    chunks: Sequence[Chunk] = chunk_source(bare, language, tokenizer)
    asked = (_definition(item) for item in documented if item.symbol.kind in _KINDS)
    return FileCode(
        path,
        tuple((chunk.start_line, chunk.end_line, chunk.embedding_text) for chunk in chunks),
        tuple(one for one in asked if one is not None),
    )


def without_documentation(text: str, documented: Sequence[DocumentedDefinition]) -> str:
    """`text` with blank lines in place of docstrings and the comments above definitions."""
    return blank_out(text, (line for item in documented for line in item.lines))


def name_words(name: str) -> list[str]:
    """`parseHTTPDate_v2` → parse, http, date, v2."""
    return [word.lower() for part in name.split("_") for word in PART.findall(part)]


def without_name(code: str, name: str) -> str:
    """`code` without a name, as a whole word."""
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", code)


def _definition(item: DocumentedDefinition) -> Definition | None:
    symbol = item.symbol
    code_lines = set(range(symbol.start_line, symbol.end_line + 1)) - set(item.lines)
    if len(code_lines) < 2:
        return None
    question = query_text(item.docstring, symbol.name) if item.lines else None
    if question is not None:
        return Definition(symbol.name, symbol.start_line, symbol.end_line, question, "docstring")
    words = name_words(symbol.name)
    if len(words) < _LEAST_NAME_WORDS or symbol.name.startswith("__"):
        return None
    owner = name_words((symbol.container or "").rpartition(".")[2])
    return Definition(symbol.name, symbol.start_line, symbol.end_line, " ".join([*owner, *words]), "name")
