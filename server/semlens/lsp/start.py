"""Starts the language server quickly: an editor waits for its first answer, and its user for a hover.

Nothing heavy is imported here. The process that counts tokens is started first, so that it loads on another
core while this process imports the protocol, which takes most of the start.
"""

from __future__ import annotations

import gc
import subprocess
from contextlib import suppress
from typing import NoReturn

from semlens.engine.wire.endpoint import default_data_dir, prepare
from semlens.errors import SemlensError
from semlens.process.spawn import start_child


def serve() -> NoReturn:
    """Run the language server on stdin and stdout."""
    counting = None
    with suppress(OSError, SemlensError):  # The first count tries again, and says what is wrong.
        counting = start_counting()
    # Importing makes some 100,000 objects that stay: looking for garbage there is a fifth of the start.
    gc.disable()
    from semlens.lsp.server import main

    gc.freeze()
    gc.enable()
    main(counting=counting)


def start_counting() -> subprocess.Popen[bytes]:
    """Start the process that counts tokens, which loads what most counts need at once.

    Raises OSError and `StorageError`.
    """
    return start_child(
        "semlens.core.cost.worker",
        data_dir=prepare(default_data_dir()),
        stderr=subprocess.DEVNULL,
        low_priority=False,
    )
