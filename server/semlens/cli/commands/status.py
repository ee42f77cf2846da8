"""`semlens status` and `semlens why`."""

from __future__ import annotations

import os
from pathlib import Path

from semlens.cli.commands.folders import indexed_folder
from semlens.cli.engine import print_json, say, with_engine
from semlens.core.team.sentences import team_lines
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, prepare
from semlens.errors import FolderError
from semlens.protocol.codec import encode_all
from semlens.protocol.editor import ModelStatus
from semlens.protocol.engine import Status, StatusAnswer, Why, WhyAnswer
from semlens.protocol.notifications import FolderStatus
from semlens.types import RelativePath

_UNITS = ("B", "kB", "MB", "GB", "TB")


def status(as_json: bool) -> None:
    """Print every indexed folder, the engine and the models."""

    async def ask(client: EngineClient) -> StatusAnswer:
        return await client.request(Status())

    found = with_engine(ask)
    resting = _resting({folder.folder for folder in found.folders})
    if as_json:
        models = [_model_fields(model) for model in found.models]
        print_json({**encode_all(found), "models": models, "resting": resting})
        return
    for folder in found.folders:
        say(_folder_line(folder))
    for root in resting:
        say(f"{root}: indexed, not in use")
    if not (found.folders or resting):
        say("Nothing is indexed yet. Index a folder: semlens index FOLDER")
    engine = found.engine
    say(f"Engine {engine.version}, process {engine.pid}, {human_size(engine.memory_bytes)} of memory")
    for model in found.models:
        say(f"Model {model.name} ({model.tier}): {model.message or model.state}")
    say(f"Data in {found.data_dir}, {human_size(found.disk_bytes)}")
    if found.team is not None and found.team.url:
        for line in team_lines(found.team):
            say(line)
    if found.notice:
        say(found.notice)


def _model_fields(model: ModelStatus) -> dict[str, object]:
    """The fields of a model's status; the instant model has no process, and so no message."""
    fields = encode_all(model)
    return {name: value for name, value in fields.items() if name != "message" or model.tier != "instant"}


def _resting(in_use: set[str]) -> list[str]:
    """The indexed folders that the engine has not opened since it was started."""
    from semlens.core.store.layout import workspaces

    kept = workspaces(prepare(default_data_dir()))
    known = {str(root) for folder, root in kept if root and any(folder.glob("*/index.db"))}
    return sorted(known - in_use)


def why(file: Path, as_json: bool) -> None:
    """Print why `file` is in the index of the indexed folder around it, or is not; opens no other folder.

    Raises `FolderError` if there is no such file, or no indexed folder.
    """
    if not os.path.lexists(file):
        raise FolderError(f"There is no file {file}.")
    real = Path(os.path.realpath(file))
    if file.is_symlink() and not real.is_dir():  # The link itself is asked for, not the file it leads to.
        real = Path(os.path.realpath(file.parent), file.name)
    folder = indexed_folder(real if real.is_dir() else real.parent)
    path = RelativePath(real.relative_to(folder).as_posix())

    async def ask(client: EngineClient) -> WhyAnswer:
        return await client.request(Why(str(folder), path))

    found = WhyAnswer(True, "This folder is in the index.") if real == folder else with_engine(ask)
    refusal = found.refusal
    if as_json:
        rule_fields = encode_all(refusal) if refusal else {}
        remedy_field = {"remedy": found.remedy} if found.remedy else {}
        print_json({"indexed": found.indexed, "reason": found.reason, **rule_fields, **remedy_field})
        return
    if found.indexed:
        say(f"{file} is indexed.")
        return
    # A refused file has a predicate for a reason, any other file a sentence.
    reason = found.reason if found.reason[:1].isupper() else f"it {found.reason}"
    rule = f" (rule {refusal.rule})" if refusal and refusal.rule else ""
    place = f" at {refusal.file}:{refusal.line}" if refusal and refusal.file and refusal.line else ""
    say(f"{file} is not indexed: {(reason + rule + place).rstrip('.')}.")
    if found.remedy:
        say(found.remedy)


def human_size(size: float) -> str:
    """Bytes in the largest unit that keeps a digit before the point."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{size:.0f} {_UNITS[unit]}" if unit < 2 else f"{size:.1f} {_UNITS[unit]}"


def _folder_line(folder: FolderStatus) -> str:
    parts = [
        f"{folder.folder}: {folder.state}, {folder.files:,} files, {folder.chunks:,} chunks",
        f"{folder.skipped:,} left out",
        f"deep tier {folder.coverage.deep:.0%}",
        *([f"team's index {folder.coverage.shared:.0%}"] if folder.coverage.shared else []),
    ]
    if folder.coverage.second is not None:
        parts.append(f"second model {folder.coverage.second:.0%}")
    return ", ".join(parts) + (f". {folder.message}" if folder.message else "")
