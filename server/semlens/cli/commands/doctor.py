"""`semlens doctor`: one line for each thing that Semlens needs, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from semlens.cli.commands.folders import indexed_folder
from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.sizes import human_size
from semlens.core.team.sentences import team_lines
from semlens.core.util.current_folder import current_folder
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, log_file, prepare
from semlens.errors import FolderError, SemlensError
from semlens.protocol.engine import SplitCode, SplitCodeAnswer, Status
from semlens.protocol.served import ListModelServers, ModelServerInfo
from semlens.protocol.team import TeamAnswer, TeamStatus
from semlens.settings import DEFAULT_RERANK_MODEL
from semlens.types import RelativePath

OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 13)

DISTRIBUTIONS = ("semlens", "semlens-lean")
"""What Semlens is installed as: with PyTorch, or without it."""

FREE_BYTES = 1_000_000_000
"""Less than this on the disk of the data folder is worth saying: an index of a large repository needs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `advice` tells the user what to do if it is not `ok`."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


def doctor(as_json: bool) -> int:
    """Print the findings; the exit status."""
    data_dir = default_data_dir()
    findings: list[Finding] = []
    for finding in examine(data_dir):
        findings.append(finding)
        if not as_json:
            mark = "ok     " if finding.ok else "PROBLEM"
            advice = "" if finding.ok else f" {finding.advice}"
            say(f"{mark}  {finding.name}: {finding.detail}{advice}")
    if as_json:
        print_json({"findings": findings})
    return 0 if all(finding.ok for finding in findings) else 1


def examine(data_dir: Path) -> Iterator[Finding]:
    """Each check in turn, the cheap ones first."""
    yield _python()
    yield _packages()
    yield _checked("model", _deep_model, "Install Semlens again.")
    yield _checked("instant model", _instant_model, "Install Semlens again.")
    yield _checked("rerank model", _rerank_model, "Install Semlens again. Search works without it.")
    folder = _data_folder(data_dir)
    yield folder
    yield _disk(data_dir)
    if folder.ok:
        yield _log(data_dir)
    yield _checked("engine", _engine, f"Read {log_file(data_dir)}, then try again.")
    if folder.ok:
        yield _team()
        yield from _model_servers()
        yield _checked("seen whole", _seen_whole, "Index the folder again: semlens index")


def _python() -> Finding:
    version = sys.version_info[:2]
    bits = 64 if sys.maxsize > 2**32 else 32
    ok = OLDEST_PYTHON <= version <= NEWEST_PYTHON and bits == 64
    detail = f"{platform.python_version()}, {bits} bits, {sys.executable}."
    return Finding(
        "Python", ok, detail, "Install a 64-bit Python from 3.10 to 3.13 and set Semlens up again."
    )


def _packages() -> Finding:
    required = next(filter(None, map(_required, DISTRIBUTIONS)), None)
    if required is None:
        return Finding("packages", False, "Semlens itself is not installed.", "Set Semlens up again.")
    names = [re.split(r"[^\w.-]", need, maxsplit=1)[0] for need in required if ";" not in need]
    missing = [name for name in names if not _is_installed(name)]
    if missing:
        return Finding("packages", False, f"missing: {', '.join(missing)}.", "Set Semlens up again.")
    return Finding("packages", True, f"all {len(names)} are there.")


def _required(distribution: str) -> list[str] | None:
    """What an installed distribution needs; None if it is not installed."""
    try:
        return importlib.metadata.requires(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _deep_model() -> str:
    from semlens.core.embed.deep_model import DeepModel

    model = DeepModel.find()
    model.verify()
    return f"{model.name}, {model.dim} dimensions, weights {model.weights_sha256[:12]} as they should be."


def _instant_model() -> str:
    from semlens.core.embed.static_model import StaticModel

    return f"{StaticModel.load().dim} dimensions."


def _rerank_model() -> str:
    from semlens.core.embed.cross_encoder import RerankModel

    model = RerankModel.find(DEFAULT_RERANK_MODEL)
    model.verify()
    return f"{model.name}, weights as they should be."


def _data_folder(data_dir: Path) -> Finding:
    try:
        prepare(data_dir)
        with tempfile.TemporaryFile(dir=data_dir) as file:
            file.write(b"semlens")
    except OSError as error:
        advice = "Make it writable, or name another one in SEMLENS_DATA_DIR."
        return Finding("data folder", False, f"{data_dir} cannot be written: {error.strerror}.", advice)
    return Finding("data folder", True, f"{data_dir} can be written.")


def _log(data_dir: Path) -> Finding:
    path = log_file(data_dir)
    try:
        with path.open("ab"):
            return Finding("log", True, f"{path} can be written.")
    except OSError as error:
        detail = f"{path} cannot be written: {error.strerror}. Semlens works without it."
        return Finding("log", False, detail, "Delete it, or make its folder writable.")


def _disk(data_dir: Path) -> Finding:
    place = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Finding("disk space", free >= FREE_BYTES, f"{human_size(free)} free.", "Free some space.")


def _engine() -> str:
    began = time.monotonic()

    async def ask(client: EngineClient) -> str:
        answer = await client.request(Status())
        found = client.engine
        about = f"{found.version}, process {found.pid}" if found else "reachable"
        took = f"{about}, answered in {time.monotonic() - began:.1f} s."
        return f"{took} {answer.notice}" if answer.notice else took

    return with_engine(ask)


def _team() -> Finding:
    """Whether the team's server can be asked, and how much came from where."""

    async def ask(client: EngineClient) -> TeamAnswer:
        return await client.request(TeamStatus(probe=True))

    try:
        found = with_engine(ask)
    except SemlensError as error:
        return Finding("team", False, str(error), "Read semlens team status.")
    ok = found.message is None or not found.url
    return Finding("team", ok, " ".join(team_lines(found)), "Search works without it.")


def _model_servers() -> Iterator[Finding]:
    """Whether each embedding server that the user has joined has its model."""

    async def ask(client: EngineClient) -> list[ModelServerInfo]:
        return (await client.request(ListModelServers(probe=True))).servers

    try:
        found = with_engine(ask)
    except SemlensError as error:
        yield Finding("model servers", False, str(error), "Read semlens models servers.")
        return
    for one in found:
        detail = one.message or f"{one.host} has {one.model}, {one.dimension} dimensions."
        yield Finding(
            "model server", one.message is None, detail, f"Or leave it: semlens models leave {one.setting}"
        )


def _seen_whole() -> str:
    """How much code of the current folder is longer than the embedding model's window."""
    try:
        folder = str(indexed_folder(current_folder()))
    except FolderError:
        return "run this in an indexed folder to learn what the model cannot see whole there."

    async def ask(client: EngineClient) -> SplitCodeAnswer:
        return await client.request(SplitCode(folder, RelativePath(""), limit=1))

    found = with_engine(ask)
    cut = f"{len(found.unseen):,} lines are not seen to their end" if found.unseen else "nothing is cut off"
    if not found.definitions:
        return f"in {folder} {cut}, and each definition is seen in one piece."
    largest = found.definitions[0]
    return (
        f"in {folder} {cut}; {found.total:,} definitions are seen in several pieces, most of all "
        f"{largest.name} ({largest.path}:{largest.start_line}, {largest.chunks} pieces)."
    )


def _checked(name: str, check: Callable[[], str], advice: str) -> Finding:
    """The finding of a check that returns a detail, or raises an error."""
    try:
        return Finding(name, True, check())
    except SemlensError as error:
        return Finding(name, False, str(error), advice)
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}.", advice)
