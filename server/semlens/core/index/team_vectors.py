"""Share a folder's deep vectors with the user's team: take those that it has, offer those that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.types import CancelToken, ContentHash

MIN_SHARED = 32
"""Fewer new contents, as of a saved file, are embedded here and not given: most of them will change again."""


@contextmanager
def shared_with_team(
    index: FolderIndex,
    pending: Sequence[ContentHash],
    cancel: CancelToken,
    arrived: Callable[[list[ContentHash]], None],
) -> Iterator[Callable[[Sequence[ContentHash]], None]]:
    """Have the cache get the team's vectors of `pending`; at the end offer the team all of the folder.

    The block begins once the team has no more, or fails, or is slow. Then what comes is in the cache alone.

    :param pending: contents without a vector
    :param arrived: called with contents whose vectors have come before the block begins
    :return: offers the team contents that were embedded in the block
    """
    link, model = index.models.team, index.models.team_model
    many = len(pending) >= MIN_SHARED
    taking = link.take(model, pending, lambda some: made_here(index, some, cancel)) if many else None
    try:
        for some in taking.arrivals() if taking is not None else ():
            cancel.check()
            if some:
                arrived(some)
        yield lambda hashes: link.offer(model, hashes) if many else None
    finally:
        if taking is not None:
            taking.stop()
    if many or link.is_new(str(index.directory)):
        hashes = list(index.contents.every())
        link.offer(model, hashes)
        link.offer_searched(index.root, model, hashes)


def made_here(
    index: FolderIndex, contents: Sequence[ContentHash], cancel: CancelToken
) -> NDArray[np.float32]:
    """The vectors of contents as this machine makes them, shape (n, dimension).

    NaN for those that no chunk has any more. Raises `Cancelled`, `EncoderError`, `StorageError`.
    """
    texts = index.reader.texts.to_embed(contents)
    vectors = np.full((len(contents), index.models.deep.dim), np.nan, np.float32)
    here = [row for row, key in enumerate(contents) if key in texts]
    if here:
        vectors[here] = index.models.encoder.encode([texts[contents[row]] for row in here], cancel)
    return vectors
