"""Ask a process that answers one request, where no engine can be started."""

from __future__ import annotations

import subprocess
from pathlib import Path

from semlens.engine.wire import endpoint
from semlens.engine.wire.messages import decode_error, encode_message
from semlens.errors import EngineError
from semlens.process.spawn import start_child
from semlens.protocol.json import json_value
from semlens.protocol.request import Answer, Request, decode_answer

SECONDS = 180.0
"""The most time to delete large files on a slow disk."""


def ask_once(data_dir: Path, request: Request[Answer], failed: EngineError) -> Answer:
    """The answer to a request of `semlens.protocol.folders`. Raises `SemlensError`.

    :param failed: why there is no engine, which is raised if the data belong to another process, or if this
        one fails as well
    """
    asked = encode_message({"method": request.method, "params": request})
    try:
        data_dir = endpoint.prepare(data_dir)
        if endpoint.is_owned(data_dir):
            raise failed
        child = start_child(
            "semlens.engine.daemon.once", str(data_dir), data_dir=data_dir, stderr=subprocess.DEVNULL
        )
        try:
            said, _ = child.communicate(asked, SECONDS)
        finally:
            child.kill()
            child.wait()
        told = json_value(said)
    except (OSError, ValueError, subprocess.SubprocessError):
        raise failed from None
    if "error" in told:
        error = decode_error(told["error"])
        raise failed if isinstance(error, EngineError) else error
    return decode_answer(request, told["result"])
