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
    places = index.reader.chunk_files()
    admits = query.scope_filter.admits
    files = [number for number, (path, language) in places.files.items() if admits(path, language)]
    return places.chunk_ids[np.isin(places.file_ids, files)]
