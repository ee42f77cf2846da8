"""Vectors in files that are mapped into memory: nothing is loaded, and the system may drop what lies idle.

A generation of files never changes. It holds the vectors of one state of the database, in the order of their
chunk ids; `InstantVectors` knows what has changed since.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, TypeVar

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.quantized import Codes, inverse_norms
from semlens.core.store.seal import Seal
from semlens.private_files import storage_errors

FORMAT_VERSION = 1
"""Version of the files; those of another version are written again."""

_IDS, _CODES, _NORMS = "ids.npy", "codes.npy", "norms.npy"
_SEAL = "sealed.json"

_Number = TypeVar("_Number", bound=np.generic)

Batches = Iterable[tuple[NDArray[np.int64], Codes]]
"""Chunk ids, ascending over all batches, each of shape (n,), with vectors of shape (n, dimension)."""


@dataclass(frozen=True, slots=True)
class MappedVectors:
    """The vectors of one generation of files."""

    ids: NDArray[np.int64]
    """Ascending; shape (n,)."""
    codes: Codes
    """Shape (n, dimension)."""
    norms: NDArray[np.float32]
    """The `inverse_norms` of the codes; shape (n,)."""

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each of `ids`, shape (m,); -1 for an unknown one."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, at, -1)


def seal_of(folder: Path) -> Seal:
    """The seal over the files of a generation."""
    return Seal(folder / _SEAL, lambda: [folder / name for name in (_IDS, _CODES, _NORMS)])


def map_vectors(folder: Path, dimension: int) -> MappedVectors:
    """Map the files in `folder`. Raises `OSError` or `ValueError` if they are not whole."""
    ids = _mapped(folder / _IDS, np.int64)
    codes = _mapped(folder / _CODES, np.int8)
    norms = _mapped(folder / _NORMS, np.float32)
    if codes.shape != (len(ids), dimension) or norms.shape != ids.shape:
        raise ValueError(f"{folder} holds no vectors of dimension {dimension}")
    return MappedVectors(ids, codes, norms)


def write_vectors(
    folder: Path, count: int, dimension: int, batches: Batches, check: Callable[[], None]
) -> None:
    """Write `count` vectors into the empty `folder`, and seal them.

    :param check: called before each batch; it may raise to stop
    :raises StorageError: the disk fails or is full
    """
    # Not through a mapping: a full disk would end the process.
    with storage_errors(folder), ExitStack() as files:
        ids, codes, norms = (
            files.enter_context((folder / name).open("wb")) for name in (_IDS, _CODES, _NORMS)
        )
        _begin(ids, np.dtype(np.int64), (count,))
        _begin(codes, np.dtype(np.int8), (count, dimension))
        _begin(norms, np.dtype(np.float32), (count,))
        for numbers, vectors in batches:
            check()
            ids.write(np.ascontiguousarray(numbers, np.int64).data)
            codes.write(np.ascontiguousarray(vectors).data)
            norms.write(inverse_norms(vectors).data)
        for file in (ids, codes, norms):
            file.flush()
            os.fsync(file.fileno())
    seal_of(folder).make()


def _begin(file: IO[bytes], dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _mapped(path: Path, dtype: type[_Number]) -> NDArray[_Number]:
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except TokenError as error:  # numpy lets it out of a damaged header.
        raise ValueError(f"{path} has no header") from error
    if found.dtype != dtype:
        raise ValueError(f"{path} holds {found.dtype}")
    return np.asarray(found)  # A view without the costs of a `memmap` for each slice.
