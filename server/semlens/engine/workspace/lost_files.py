"""Mend the files of an open index that other programs have deleted, replaced or cut."""

from __future__ import annotations

from semlens.core.index.folder import FolderIndex
from semlens.core.store.layout import keep_index_dir
from semlens.engine.jobs.deep_tier import DeepTierJobs
from semlens.engine.workspace.file_indexing import FileIndexing


def put_back_lost(index: FolderIndex, indexing: FileIndexing, deep: DeepTierJobs, paused: bool) -> None:
    """Look at the files, and queue the mending of lost ones. Raises `StorageError`."""
    keep_index_dir(index.directory, index.root)
    for vectors in index.added.vectors:
        if vectors.lost:
            vectors.reset()
            indexing.report_errors(deep.open())
    if index.deep.lost:
        index.deep.reset()
        indexing.report_errors(deep.open())
    elif deep.lacks_vectors(index):
        indexing.report_errors(deep.open())
    if index.lost:
        indexing.put_back(and_reconcile=not paused)
    else:
        index.keep_current()
