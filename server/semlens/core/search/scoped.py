"""Which chunks are in the scope of a query."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query


def allowed_ids(index: FolderIndex, query: Query) -> NDArray[np.int64] | None:
    """The ids of the chunks in the query's scope, ascending, shape (chunks in scope,); None for all."""
    if query.scope_filter.everything:
        return None
    key = (index.reader.revision, query.scope)
    known = index.scopes.get(key)
    if known is None:
        known = _read(index, query)
        index.scopes.put(key, known)
    return known


def _read(index: FolderIndex, query: Query) -> NDArray[np.int64]:
    ranges, admits = index.reader.chunks.ranges(), query.scope_filter.admits
    inside = np.fromiter((admits(path, language) for path, language in ranges.files), np.bool_)
    firsts, counts = ranges.first_ids[inside], ranges.counts[inside]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ids: NDArray[np.int64] = np.sort(np.repeat(firsts, counts) + within)
    ids.flags.writeable = False  # Several searches share it.
    return ids
