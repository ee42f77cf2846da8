"""`semlens status` and `semlens why`."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from semlens.cli.commands.folders import indexed_folder, is_known
from semlens.cli.commands.kept_folders import facts, not_there, title
from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.sizes import human_size
from semlens.core.team.sentences import team_lines
from semlens.core.text.printable import one_line
from semlens.engine.client.client import EngineClient
from semlens.errors import FolderError
from semlens.protocol.codec import encode_all
from semlens.protocol.editor import KeptFolder, ModelStatus
from semlens.protocol.engine import Status, StatusAnswer, Why, WhyAnswer
from semlens.protocol.folders import ListFolders
from semlens.protocol.notifications import FolderStatus
from semlens.types import RelativePath


def status(as_json: bool) -> None:
    """Print every indexed folder, the engine and the models."""

    async def ask(client: EngineClient) -> tuple[StatusAnswer, list[KeptFolder]]:
        return await client.request(Status()), (await client.request(ListFolders())).folders

    found, kept = with_engine(ask)
    in_use = {folder.folder for folder in found.folders}
    resting = [one for one in kept if one.folder not in in_use]
    if as_json:
        models = [_model_fields(model) for model in found.models]
        names = [one.folder for one in resting if one.folder]
        print_json({**encode_all(found), "models": models, "resting": names, "indexed": kept})
        return
    known = {one.folder: one for one in kept}
    for folder in found.folders:
        say(_folder_line(folder, known.get(folder.folder)))
    for one in resting:
        say(f"{title(one)}: indexed, not in use, {facts(one)}")
    gone = [one for one in kept if one.presence == "gone"]
    if gone:
        size = human_size(sum(one.disk_bytes for one in gone))
        say(f"semlens forget --missing frees {size}, of folders that are no longer there")
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


def why(file: Path, as_json: bool) -> None:
    """Print why `file` is in the index of the indexed folder around it, or is not; opens no other folder.

    Raises `FolderError` if there is no such file, or no indexed folder.
    """
    if not os.path.lexists(file):
        raise FolderError(f"There is no file {file}.")
    folder, path = _in_indexed(file)

    async def ask(client: EngineClient) -> WhyAnswer:
        return await client.request(Why(str(folder), path))

    found = with_engine(ask)
    refusal = found.refusal
    if as_json:
        rule_fields = encode_all(refusal) if refusal else {}
        remedy_field = {"remedy": found.remedy} if found.remedy else {}
        print_json({"indexed": found.indexed, "reason": found.reason, **rule_fields, **remedy_field})
        return
    shown = one_line(str(file))
    if found.indexed:
        say(f"{shown} is indexed.")
        return
    # A refused file has a predicate for a reason, any other file a sentence.
    reason = found.reason if found.reason[:1].isupper() else f"it {found.reason}"
    rule = f" (rule {refusal.rule})" if refusal and refusal.rule else ""
    place = f" at {refusal.file}:{refusal.line}" if refusal and refusal.file and refusal.line else ""
    say(f"{shown} is not indexed: {(reason + rule + place).rstrip('.')}.")
    if found.remedy:
        say(found.remedy)


def _in_indexed(file: Path) -> tuple[Path, RelativePath]:
    """The indexed folder that a file lies in, and its path there. Raises `FolderError`.

    A link is asked for itself, not for what it leads to, unless that is an indexed folder or the link lies in
    none.
    """
    real = Path(os.path.realpath(file))
    link = Path(os.path.realpath(file.parent), file.name)
    if file.is_symlink() and not is_known(real):
        with suppress(FolderError):
            folder = indexed_folder(link.parent)
            return folder, RelativePath(link.relative_to(folder).as_posix())
    folder = indexed_folder(real if real.is_dir() else real.parent)
    path = real.relative_to(folder).as_posix()
    return folder, RelativePath("" if path == "." else path)


def _folder_line(folder: FolderStatus, kept: KeptFolder | None) -> str:
    parts = [
        f"{folder.folder}: {folder.state}, {folder.files:,} files, {folder.chunks:,} chunks",
        f"{folder.skipped:,} left out",
        *([human_size(kept.disk_bytes) + not_there(kept)] if kept is not None else []),
        f"deep tier {folder.coverage.deep:.0%}",
        *([f"team's index {folder.coverage.shared:.0%}"] if folder.coverage.shared else []),
    ]
    if folder.coverage.second is not None:
        parts.append(f"second model {folder.coverage.second:.0%}")
    return ", ".join(parts) + (f". {folder.message}" if folder.message else "")
