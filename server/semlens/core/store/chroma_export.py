"""Writes chunks and their vectors into a Chroma directory that plain chromadb opens anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chroma_client import chroma_errors, compact, open_client
from semlens.core.text.words import without_surrogates

Metadata = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class ExportedRows:
    """Some rows of a collection."""

    ids: Sequence[str]
    """No two rows of a collection have the same."""
    documents: Sequence[str]
    metadata: Sequence[Metadata]
    vectors: NDArray[np.float32]
    """Shape (n, dimension)."""


def write_collection(folder: Path, name: str, about: Metadata, parts: Iterator[ExportedRows]) -> int:
    """Add a collection with cosine distances to the Chroma directory `folder`; how many rows it has.

    It has no embedding function: query it by vectors. Raises `StorageError`.

    :param about: what the collection says of itself, such as the model
    """
    count = 0
    with chroma_errors(folder):
        client = open_client(folder)
        try:
            collection = client.create_collection(
                name,
                metadata={key: _text(value) for key, value in about.items()},
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )
            most = client.get_max_batch_size()
            for part in parts:
                for start in range(0, len(part.ids), most):
                    rows = slice(start, start + most)
                    collection.add(
                        ids=list(part.ids[rows]),
                        embeddings=part.vectors[rows],
                        documents=list(map(without_surrogates, part.documents[rows])),
                        metadatas=[
                            {key: _text(value) for key, value in row.items()} for row in part.metadata[rows]
                        ],
                    )
                count += len(part.ids)
        finally:
            client.close()
    compact(folder)
    return count


def _text(value: str | int) -> str | int:
    return without_surrogates(value) if isinstance(value, str) else value
