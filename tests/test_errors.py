"""A shortage of the machine is told from a fault of a file, and is one sentence that says what to do."""

from __future__ import annotations

import errno
import os

import pytest

from semlens.core.store.layout import failure
from semlens.errors import FolderError, SemlensError, ShortageError, by_code, raise_shortage, shortage_of
from semlens.private_files import storage_errors

CAUSED: BaseException
try:
    try:
        raise OSError(errno.EMFILE, "Too many open files")
    except OSError as error:
        raise KeyError("x") from error
except KeyError as error:
    CAUSED = error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "Memory is short"),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), "Memory is short"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "Too many files are open"),
        (OSError(errno.ENFILE, os.strerror(errno.ENFILE)), "Too many files are open"),
        (ImportError("libx.so: failed to map segment from shared object"), "Memory is short"),
        (ImportError("libx.so: cannot allocate memory in static TLS block"), "Memory is short"),
        (RuntimeError("can't start new thread"), "No more threads"),
        (CAUSED, "Too many files are open"),
    ],
)
def test_a_shortage_is_recognised_and_says_what_to_raise(error: BaseException, said: str) -> None:
    shortage = shortage_of(error)
    assert shortage is not None and str(shortage).startswith(said) and "ulimit -" in str(shortage)
    with pytest.raises(ShortageError):
        raise_shortage(error)
    passed_on = by_code(shortage.code, str(shortage))
    assert type(passed_on) is ShortageError


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "Permission denied"),
        OSError(errno.ENOENT, "No such file or directory", "too many open files.txt"),
        OSError(errno.EAGAIN, "Resource temporarily unavailable"),
        ImportError("No module named 'memory'"),
        ValueError("out of memory"),
        RecursionError("maximum recursion depth exceeded"),
        FolderError("It cannot be read."),
    ],
)
def test_any_other_failure_is_none(error: BaseException) -> None:
    assert shortage_of(error) is None
    raise_shortage(error)


@pytest.mark.parametrize(
    "message",
    [
        "Too many open files (os error 24)",
        'called on an Err value: Os { code: 24, message: "Too many open files" }',
    ],
)
def test_libraries_that_are_short_of_files_are_no_reason_to_index_again(tmp_path, message: str) -> None:
    assert isinstance(failure("The lexical index", tmp_path, message), ShortageError)
    assert "index again" not in str(failure("The lexical index", tmp_path, message))


def test_a_store_that_is_short_of_files_does_not_blame_the_disk(tmp_path) -> None:
    with pytest.raises(SemlensError, match="Too many files are open"), storage_errors(tmp_path):
        raise OSError(errno.EMFILE, "Too many open files")
