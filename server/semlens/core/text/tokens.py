"""Count tokens as the embedding model does.

A chunk must fit the embedding model's window, so the indexer counts every line of every file with
`ModelTokenizer`. No subword of WordPiece spans a space or a newline, so a line's count is the sum of its
words' counts, and a cache of words replaces the tokenizer on nearly every line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import tokenizers
from numpy.typing import NDArray

from semlens.core.text.tokenizers.json_file import special_of, strategy_of, tokens_of, written
from semlens.core.text.tokenizers.types import SpecialTokens, Token
from semlens.core.text.wordpiece import WordPieces, is_uncased_bert
from semlens.core.text.words import CACHED_WORDS, without_surrogates
from semlens.core.util.caches import ComputedCache
from semlens.errors import ModelError

SPECIAL_TOKENS: Final = 2
"""[CLS] and [SEP], which a BERT-like model adds to every text. Counts here leave them out."""

_IRREGULAR: Final = re.compile(r"[^\t\n\x20-\x7e][^\n]*")
_REGULAR: Final = b"\t\n" + bytes(range(0x20, 0x7F))
_LOWER_WORDS: Final = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else 32 for c in range(256))
"""A translation of ASCII that keeps letters, in lower case, and digits; all else becomes spaces."""
PUNCTUATION: Final = np.array([33 <= c <= 126 and not chr(c).isalnum() for c in range(256)])
"""Shape (256,): whether a byte is a punctuation mark, which is a token of its own."""
_SPACE: Final = ord(" ")
_NEWLINE: Final = ord("\n")


class ModelTokenizer:
    """An embedding model's tokenizer, as a `Tokenizer` and as the chunker's `LineTokenizer`.

    A special token that stands in a text is one token, as the model sees it. Counts leave out the special
    tokens around a text, as `transformers.AutoTokenizer(text, add_special_tokens=False)` does. Safe to share
    between threads.
    """

    def __init__(self, tokenizer_json: Path, limit: int, name: str = "embedding model") -> None:
        """`limit` is the number of tokens that fit the model's window, `name` its name for users.

        Raises `ModelError` if `tokenizer_json` cannot be read.
        """
        self.name = name
        self.limit = limit
        try:
            text = tokenizer_json.read_text(encoding="utf-8")
            description = json.loads(text)
            self._tokenizer = tokenizers.Tokenizer.from_str(text)
        except Exception as error:  # the library raises bare exceptions
            problem = f"The tokenizer {tokenizer_json} cannot be read; install the model again."
            raise ModelError(problem) from error
        # Tokenizer files may ask for truncation and padding, which would falsify every count.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._added = [token["content"] for token in description.get("added_tokens", ()) if token["content"]]
        self.strategy = strategy_of(self._tokenizer)
        self.vocabulary = self._tokenizer.get_vocab_size()
        self.word_pieces = WordPieces(description) if is_uncased_bert(description) else None
        """The subwords of a word; None if this is not BERT's uncased tokenizer."""
        self._words = _WordCounts(self._tokenizer, self.word_pieces)

    def count(self, text: str) -> int:
        """The number of tokens of `text`, exact, without special tokens and without truncation."""
        if self.word_pieces is not None:
            return sum(self.line_tokens(text))
        return len(self._tokenizer.encode(without_surrogates(text), add_special_tokens=False))

    def cut(self, text: str) -> list[Token]:
        """The tokens of `text`, as many as `count` says."""
        return tokens_of(self._tokenizer.encode(without_surrogates(text), add_special_tokens=False))

    @property
    def special(self) -> SpecialTokens:
        return special_of(self._tokenizer)

    def written(self, id_: int) -> str | bytes:
        return written(self._tokenizer, id_, self.strategy)

    def line_tokens(self, text: str) -> Sequence[int]:
        """Tokens of each of `text.split("\\n")`; their sum is `count(text)`.

        For a tokenizer that is not WordPiece the sum is an upper bound, as tokens may span lines.
        """
        lines = text.split("\n")
        if self.word_pieces is None:
            return self._encode_each([line + "\n" for line in lines])
        irregular = self.irregular_lines(text)
        if irregular:
            text = "\n".join("" if row in irregular else line for row, line in enumerate(lines))
        counts = self._count_regular(text)
        for row, count in irregular.items():
            counts[row] = count
        return counts

    def irregular_lines(self, text: str) -> dict[int, int]:
        """Row → tokens of each line that its words do not tell. Rows are 0-based.

        Such a line has a control character, a character beyond ASCII or an added token.
        """
        added = [token for token in self._added if token in text]
        if not added and text.isascii() and not text.encode("ascii").translate(None, _REGULAR):
            return {}
        lines = text.split("\n")
        rows = (
            {row for row, line in enumerate(lines) if any(token in line for token in added)}
            if added
            else set()
        )
        row = at = 0
        for found in _IRREGULAR.finditer(text):
            row += text.count("\n", at, found.start())
            at = found.start()
            rows.add(row)
        return dict(zip(rows, self._encode_each([lines[row] for row in rows]), strict=True))

    def _count_regular(self, text: str) -> list[int]:
        """Tokens of each line of a text of printable ASCII, tabs and newlines."""
        raw = text.encode("ascii")
        spaced = raw.translate(_LOWER_WORDS)
        data = np.frombuffer(raw, dtype=np.uint8)
        line_ends = np.append(np.flatnonzero(data == _NEWLINE), len(data))
        in_word = np.frombuffer(spaced, dtype=np.uint8) != _SPACE
        starts = np.flatnonzero(in_word[1:] > in_word[:-1])  # Of the words but for one at the very beginning.
        words_before = np.searchsorted(starts, line_ends) + int(in_word[:1].any())
        tokens = np.concatenate(([0], np.cumsum(self._words.counts(spaced.split()))))[words_before]
        punctuation = np.searchsorted(np.flatnonzero(PUNCTUATION[data]), line_ends)
        counts: list[int] = np.diff(tokens + punctuation, prepend=0).tolist()
        return counts

    def _encode_each(self, texts: list[str]) -> list[int]:
        clean = [without_surrogates(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)
        return [len(encoding) for encoding in encodings]


class _WordCounts(ComputedCache[bytes, int]):
    """Lower-case ASCII word → its number of tokens. A cache of the tokenizer."""

    def __init__(self, tokenizer: tokenizers.Tokenizer, pieces: WordPieces | None) -> None:
        super().__init__(CACHED_WORDS)
        self._tokenizer = tokenizer
        self._pieces = pieces

    def counts(self, words: list[bytes]) -> NDArray[np.int64]:
        """Shape (len(words),)."""
        return np.fromiter(map(self.__getitem__, words), dtype=np.int64, count=len(words))

    def compute(self, word: bytes) -> int:
        text = word.decode("ascii")
        ids = self._pieces[text] if self._pieces is not None else None
        return len(self._tokenizer.encode(text, add_special_tokens=False) if ids is None else ids)
