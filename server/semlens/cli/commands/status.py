"""`semlens status` and `semlens why`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from semlens.cli.engine import print_json, say, with_engine
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, prepare
from semlens.errors import FolderError

_UNITS = ("B", "kB", "MB", "GB", "TB")


def status(as_json: bool) -> None:
    """Print every indexed folder, the engine and the models."""

    async def ask(client: EngineClient) -> dict[str, Any]:
        return dict(await client.request("status"))

    found = with_engine(ask)
    found["resting"] = _resting({folder["folder"] for folder in found["folders"]})
    if as_json:
        print_json(found)
        return
    for folder in found["folders"]:
        say(_folder_line(folder))
    for root in found["resting"]:
        say(f"{root}: indexed, not in use")
    if not (found["folders"] or found["resting"]):
        say("Nothing is indexed yet. Index a folder: semlens index FOLDER")
    engine = found.get("engine")
    if engine:
        memory = human_size(engine["memory_bytes"])
        say(f"Engine {engine['version']}, process {engine['pid']}, {memory} of memory")
    for model in found.get("models", []):
        say(f"Model {model['name']} ({model['tier']}): {model.get('message') or model['state']}")
    say(f"Data in {found['data_dir']}, {human_size(found['disk_bytes'])}")


def _resting(in_use: set[str]) -> list[str]:
    """The indexed folders that the engine has not opened since it was started."""
    from semlens.core.store.layout import workspaces

    kept = workspaces(prepare(default_data_dir()))
    known = {str(root) for folder, root in kept if any(folder.glob("*/index.db"))}
    return sorted(known - in_use)


def why(start: Path, file: Path, as_json: bool) -> None:
    """Print why `file` is in the index of the folder that it belongs to, or is not."""
    if not os.path.lexists(file):
        raise FolderError(f"There is no file {file}.")

    async def ask(client: EngineClient) -> dict[str, Any]:
        known = (await client.request("status"))["folders"]
        folders = [Path(item["folder"]) for item in known if file.is_relative_to(item["folder"])]
        folder = max(folders, key=lambda path: len(path.parts), default=start)
        path = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
        return dict(await client.request("why", {"folder": str(folder), "path": path}))

    found = with_engine(ask)
    if as_json:
        print_json(found)
        return
    if found["indexed"]:
        say(f"{file} is indexed.")
        return
    # A file that was refused has a predicate for a reason, any other one a sentence.
    reason = found["reason"] if found["reason"][:1].isupper() else f"it {found['reason']}"
    rule = f" (rule {found['rule']})" if found.get("rule") else ""
    place = f" at {found['file']}:{found['line']}" if found.get("file") else ""
    say(f"{file} is not indexed: {(reason + rule + place).rstrip('.')}.")


def human_size(size: float) -> str:
    """Bytes in the largest unit that keeps a digit before the point."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{size:.0f} {_UNITS[unit]}" if unit < 2 else f"{size:.1f} {_UNITS[unit]}"


def _folder_line(folder: dict[str, Any]) -> str:
    coverage = folder.get("coverage") or {}
    parts = [
        f"{folder['folder']}: {folder['state']}, {folder['files']:,} files, {folder['chunks']:,} chunks",
        f"{folder['skipped']:,} left out",
        f"deep tier {coverage.get('deep', 0):.0%}",
    ]
    message = folder.get("message")
    return ", ".join(parts) + (f". {message}" if message else "")
