"""The folders that have an index, as commands show them."""

from __future__ import annotations

from datetime import datetime

from semlens.cli.engine import with_engine
from semlens.cli.sizes import human_size
from semlens.engine.client.client import EngineClient
from semlens.engine.client.once import ask_once
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import EngineError
from semlens.protocol.editor import KeptFolder
from semlens.protocol.folders import ListFolders
from semlens.protocol.request import Answer, Request

_NOT_THERE = {"there": "", "gone": ", no longer there", "away": ", not there: its drive may not be connected"}


def ask_about_folders(request: Request[Answer]) -> Answer:
    """The engine's answer, or that of a process without one if none can be started. Raises `SemlensError`."""

    async def ask(client: EngineClient) -> Answer:
        return await client.request(request)

    try:
        return with_engine(ask)
    except EngineError as error:
        return ask_once(default_data_dir(), request, error)


def listed() -> list[KeptFolder]:
    """Every folder that has an index, by path. Raises `SemlensError`."""
    return ask_about_folders(ListFolders()).folders


def facts(one: KeptFolder) -> str:
    """What an index holds and takes: "1,204 chunks, 5.6 MB, last used 2026-11-30"."""
    chunks = "unfinished or damaged" if one.chunks is None else _counted(one.chunks, "chunk")
    used = f", last used {_day(one.last_used)}" if one.last_used else ""
    return f"{chunks}, {human_size(one.disk_bytes)}{used}{not_there(one)}"


def not_there(one: KeptFolder) -> str:
    """The end of a line about a folder that is not there; empty for others."""
    return _NOT_THERE[one.presence] if one.folder else ""


def title(one: KeptFolder) -> str:
    """The folder's path."""
    return one.folder or f"a folder whose path is lost ({one.place})"


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")
