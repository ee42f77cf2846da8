"""The tier of a second model, which reads each chunk in words while the first model reads its code.

It has a collection and a fingerprint of its own. As in the deep tier, each vector is in the shared cache
before it is in the store, by the hash of the text that was embedded: nothing is embedded twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from semlens.core.chunk import Described, LineTokenizer, in_words
from semlens.core.index.deep_vectors import MIN_SEALED, DeepVectors
from semlens.core.index.model_set import ModelSet
from semlens.core.store.database import IndexDatabase
from semlens.core.store.records import ChunkText, StoredChunk
from semlens.core.util.content_hash import hash_text
from semlens.types import CancelToken, ContentHash, RowRoles

BATCH_TEXTS = 64
"""Small, as in the deep tier: so long does the first model wait when files have changed."""

READ_FILES = 200
"""Files whose texts are noted in one transaction."""

Throttle = Callable[[CancelToken], None]


class SecondTier:
    """The texts and the vectors of one folder's second model. Safe for many threads."""

    def __init__(self, database: IndexDatabase, folder: Path, models: ModelSet) -> None:
        """
        :param folder: for the vectors
        :param models: of the setting that names the second model
        :raises StorageError: the texts cannot be kept
        """
        self.models = models
        self.vectors = DeepVectors(folder, models.words_fingerprint, models.deep.dim, models.vectors)
        self._database = database
        self.closed = False
        self._guard = threading.Lock()
        self._hash_of = database.second.begin(models.words_fingerprint)
        self._revision = 0
        self._ids_of: dict[ContentHash, list[int]] = {}
        for chunk_id, content in self._hash_of.items():
            self._ids_of.setdefault(content, []).append(chunk_id)

    def note_texts(self, cancel: CancelToken) -> None:
        """Note the texts of chunks that are new, and forget those of chunks that are gone.

        :raises Cancelled, StorageError: what was noted is kept
        """
        ids = set(self._database.reader.chunks.ids().tolist())
        with self._guard:
            new, gone = ids - self._hash_of.keys(), self._hash_of.keys() - ids
        self._change({}, gone)
        files = sorted({chunk.path for chunk in self._database.reader.chunks.by_id(new).values()})
        for start in range(0, len(files), READ_FILES):
            cancel.check()
            added = {
                chunk.id: hash_text(self._words(chunk, text, roles))
                for file in self._database.reader.texts.documents_of(files[start : start + READ_FILES])
                for chunk, text, roles in file
                if chunk.id in new
            }
            self._change(added, ())

    def hashes(self) -> list[ContentHash]:
        """The hash of every distinct text, in the order in which the chunks were indexed."""
        with self._guard:
            return sorted(self._ids_of, key=lambda content: self._ids_of[content][0])

    def chunks_with(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, list[int]]:
        """The ids of the chunks with each text."""
        with self._guard:
            return {content: list(self._ids_of[content]) for content in hashes if content in self._ids_of}

    def texts(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, str]:
        """The texts with these hashes; those that no chunk has any more are left out."""
        ids = {chunk_id for some in self.chunks_with(hashes).values() for chunk_id in some[:1]}
        files = sorted({chunk.path for chunk in self._database.reader.chunks.by_id(ids).values()})
        wanted, found = set(hashes), dict[ContentHash, str]()
        for file in self._database.reader.texts.documents_of(files):
            for chunk, text, roles in file:
                if chunk.id in ids:
                    words = self._words(chunk, text, roles)
                    found[hash_text(words)] = words
        return {content: found[content] for content in hashes if content in found and content in wanted}

    def coverage(self) -> float:
        """The share of the texts that have a vector in the store, from 0 to 1; 0 until it is open."""
        with self._guard:
            hashes, revision = self._ids_of.keys(), self._revision
            return self.vectors.coverage(lambda: hashes, revision) if self._hash_of else 0.0

    def close(self) -> None:
        """Close and seal the store."""
        self.closed = True
        self.vectors.close()

    def _words(self, chunk: StoredChunk, text: ChunkText, roles: RowRoles) -> str:
        return words_of(chunk, text, roles, self.models.tokenizer)

    def _change(self, added: dict[int, ContentHash], gone: Collection[int]) -> None:
        if not added and not gone:
            return
        self._database.second.change(added, gone)
        with self._guard:
            for chunk_id in gone:
                content = self._hash_of.pop(chunk_id)
                self._ids_of[content].remove(chunk_id)
                if not self._ids_of[content]:
                    del self._ids_of[content]
            for chunk_id, content in added.items():
                self._hash_of[chunk_id] = content
                self._ids_of.setdefault(content, []).append(chunk_id)
            self._revision += 1


def words_of(chunk: StoredChunk, text: ChunkText, roles: RowRoles, tokenizer: LineTokenizer) -> str:
    """The text that a second model reads of a chunk."""
    described = Described(
        chunk.kind, text.text, chunk.symbol, chunk.defines, text.signature, text.docstring, roles.comments
    )
    return in_words(described, tokenizer)


def fill_second_tier(
    tier: SecondTier,
    cancel: CancelToken,
    progress: Callable[[int, int], None] = lambda done, total: None,
    throttle: Throttle = lambda cancel: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> int:
    """Give every text of the second model a vector; how many were embedded.

    :param progress: called with the number of texts done and of all texts
    :param throttle: delays each batch while the machine must not be kept busy
    :param interrupted: whether something more urgent has come up; then the rest waits for the next call
    :raises Cancelled, EncoderError, StorageError: finished batches are kept
    """
    tier.vectors.open()
    tier.note_texts(cancel)
    reuse_second_vectors(tier, cancel)
    hashes = tier.hashes()
    pending = tier.vectors.missing(hashes)
    done = len(hashes) - len(pending)
    embedded = 0
    progress(done, len(hashes))
    for start in range(0, len(pending), BATCH_TEXTS):
        throttle(cancel)
        cancel.check()
        if interrupted():
            return embedded
        batch = pending[start : start + BATCH_TEXTS]
        texts = tier.texts(batch)
        if texts:
            started = time.perf_counter()
            vectors = tier.models.encoder.encode(list(texts.values()), cancel)
            tier.models.paces.note(tier.models.words_fingerprint, len(texts), time.perf_counter() - started)
            tier.vectors.add_new(list(texts), vectors)
        embedded += len(texts)
        progress(done + start + len(batch), len(hashes))
    tier.vectors.drop_orphans(frozenset(hashes), cancel.check)
    tier.vectors.checkpoint(MIN_SEALED)
    return embedded


def reuse_second_vectors(tier: SecondTier, cancel: CancelToken) -> None:
    """Share the tier's vectors with the cache, as `DeepVectors.share_with_cache` does.

    :raises Cancelled, StorageError: finished batches are kept
    """
    tier.vectors.share_with_cache(tier.hashes(), cancel.check)
