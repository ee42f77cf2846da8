"""`python -I -m semlens.engine.daemon.once DATA_DIR`: forget folders where no engine can be started.

An engine writes before it listens, and a full disk is a reason to forget a folder. This process owns the data
as an engine does, answers the one request on its standard input, and ends.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from filelock import Timeout

from semlens.engine.daemon.folder_service import FolderService
from semlens.engine.daemon.team_service import TeamService
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.endpoint import owner_lock
from semlens.engine.wire.messages import encode_error, encode_message
from semlens.engine.workspace.registry import WorkspaceRegistry
from semlens.errors import EngineError, SemlensError
from semlens.process.pipes import claim_pipes
from semlens.protocol.folders import FOLDER_REQUESTS
from semlens.protocol.json import json_value
from semlens.protocol.request import decode_request


def main() -> None:
    """Answer the request on standard input."""
    stdin, stdout = claim_pipes()
    try:
        answer = encode_message({"id": 0, "result": _answered(Path(sys.argv[1]), json_value(stdin.read()))})
    except SemlensError as error:
        answer = encode_error(0, error)
    stdout.write(answer)
    stdout.flush()


def _answered(data_dir: Path, asked: Any) -> object:
    """Raises `SemlensError`."""
    request = decode_request(asked["method"], asked["params"], FOLDER_REQUESTS)
    try:
        with owner_lock(data_dir).acquire(timeout=0):
            return asyncio.run(_of_service(data_dir, request))
    except (OSError, Timeout) as error:
        raise EngineError(f"The data in {data_dir} cannot be owned: {error}") from error


async def _of_service(data_dir: Path, request: Any) -> object:
    models = ModelRegistry(data_dir)
    folders = WorkspaceRegistry(data_dir, models)
    service = FolderService(data_dir, folders, TeamService(data_dir, models, folders))
    handle: Callable[[Any, Any], Awaitable[object]] = service.handlers[type(request)]
    return await handle(request, None)


if __name__ == "__main__":
    main()
