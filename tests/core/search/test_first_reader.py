"""While the deep tier is being filled, the transformer reads the first candidates of a question at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from semlens.core.files.membership import Membership
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.query.query import parse_query
from semlens.core.search import FirstReader, Helpers, Searcher, SearchOptions
from semlens.core.search.first_reader import FIRST
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import EncoderError
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, Hit
from support.fast_engine import FastEncoder, vector_of
from support.live import many_files, write

QUESTION = "handle the case of a module"
PLENTY = 60.0


class CountingEncoder(FastEncoder):
    """Reads so many texts in the time that it is given."""

    most = 1000
    read: list[str]

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        self.read = [*getattr(self, "read", []), *texts]
        return super().encode(texts, cancel)

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dim), np.nan, np.float32)
        read = super().encode_some(texts[: self.most], seconds)
        vectors[: len(read)] = read
        return vectors


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FolderIndex]:
    """A folder that only the fast tiers know."""
    root = write(tmp_path / "shop", many_files(12))
    registry = ModelRegistry(private_dir(tmp_path / "data"), CountingEncoder)
    opened = FolderIndex(root, private_dir(tmp_path / "data" / "index"), registry.models(Settings()))
    reconcile(opened, Membership(root, Settings()), CancelToken())
    yield opened
    opened.close()
    registry.close()


def ask(index: FolderIndex, reader: FirstReader, limit: int = FIRST) -> list[Hit]:
    vector = vector_of(QUESTION, index.models.deep.dim)
    options = SearchOptions(limit, deep_vector=vector)
    return Searcher(index).search(parse_query(QUESTION), options, Helpers(reader))


def encoder(index: FolderIndex) -> CountingEncoder:
    found = index.models.encoder
    assert isinstance(found, CountingEncoder)
    return found


def test_the_first_page_is_read_and_ordered_by_that(index: FolderIndex) -> None:
    reader = FirstReader(index, PLENTY)
    hits = ask(index, reader, limit=30)
    assert reader.left == set()
    by_words = Searcher(index).search(parse_query(QUESTION), SearchOptions(30))
    assert [hit.path for hit in hits] != [hit.path for hit in by_words]
    assert any(reason.name == "deep" for hit in hits[:FIRST] for reason in hit.reasons)
    assert FIRST <= len(encoder(index).read) < len(index.contents.every())


def test_what_was_read_is_not_read_again(index: FolderIndex) -> None:
    first = ask(index, FirstReader(index, PLENTY))
    read = len(encoder(index).read)
    assert ask(index, FirstReader(index, PLENTY)) == first
    assert len(encoder(index).read) == read
    assert index.coverage().deep == 0
    fill_deep_tier(index, CancelToken())
    assert index.coverage().deep == 1
    assert sorted(encoder(index).read) == sorted(set(encoder(index).read))


def test_without_time_the_page_says_that_more_is_to_come(index: FolderIndex) -> None:
    encoder(index).most = 3
    reader = FirstReader(index, PLENTY)
    ask(index, reader)
    assert 0 < len(reader.left) < FIRST
    reader = FirstReader(index, 0.0)
    ask(index, reader)
    assert reader.left
    for _ in range(20):
        reader = FirstReader(index, PLENTY)
        ask(index, reader)
    assert reader.left == set()


def test_a_full_tier_is_asked_for_nothing(index: FolderIndex) -> None:
    fill_deep_tier(index, CancelToken())
    read = len(encoder(index).read)
    reader = FirstReader(index, PLENTY)
    assert ask(index, reader)
    assert (reader.left, len(encoder(index).read)) == (set(), read)


def test_a_transformer_that_fails_costs_no_hit(index: FolderIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        raise EncoderError("The deep model's process ended.")

    monkeypatch.setattr(encoder(index), "encode_some", fail)
    by_words = Searcher(index).search(parse_query(QUESTION), SearchOptions(FIRST))
    assert [hit.path for hit in ask(index, FirstReader(index, PLENTY))] == [hit.path for hit in by_words]
