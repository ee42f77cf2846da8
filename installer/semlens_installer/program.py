"""The commands of the program: make an environment, look after those that are there."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from semlens_installer import environments, make
from semlens_installer.commands import Stop
from semlens_installer.failures import explain_error
from semlens_installer.parts import DISK_FOR_EACH_FETCHED, Parts
from semlens_installer.report import Failure, Reporter, Stopped

_LOG_BYTES = 1_000_000


def run(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    storage: Path = options.storage
    reporter, stop = Reporter(storage / "set-up.log"), Stop()
    if options.until_stdin_ends:
        stop.watch(sys.stdin.buffer)
    needed = 0
    try:
        parts = Parts.read(options.parts.absolute())
        needed = round(parts.megabytes("base") * DISK_FOR_EACH_FETCHED)
        storage.mkdir(parents=True, exist_ok=True)
        _limit(storage / "set-up.log")
        with environments.alone(storage, lambda: _wait(reporter, stop)):
            if options.command == "check":
                _check(parts, storage, reporter)
            else:
                _make(parts, options, reporter, stop)
    except Failure as failure:
        reporter.note(f"failed: {failure}")
        reporter.event("failed", code=failure.code, message=str(failure), command=failure.command)
        return 1
    except Stopped:
        reporter.event("stopped")
        return 1
    except (OSError, ValueError) as error:
        reporter.note(f"failed: {error!r}")
        found = (
            explain_error(error, str(storage), needed)
            if isinstance(error, OSError)
            else Failure("parts", f"The extension is incomplete ({error}): install it again.")
        )
        reporter.event("failed", code=found.code, message=str(found), command="")
        return 1
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="installer")
    parser.add_argument("command", choices=["install", "check"])
    parser.add_argument("--storage", type=Path, required=True, help="where environments are kept")
    parser.add_argument("--parts", type=Path, required=True, help="the wheel, the locks and pip")
    parser.add_argument("--stage", choices=["base", "full"], default="base")
    parser.add_argument("--wheels", type=Path, help="a folder of packages, in place of a network")
    parser.add_argument("--uv", type=Path, help="the path of uv")
    parser.add_argument("--until-stdin-ends", action="store_true", help="stop when stdin ends")
    return parser.parse_args(arguments)


def _wait(reporter: Reporter, stop: Stop) -> None:
    reporter.step("Another window is setting Semlens up")
    stop.check()


def _check(parts: Parts, storage: Path, reporter: Reporter) -> None:
    """Report whether the environment of `parts` is there and whole; tidy up."""
    environments.tidy(storage, parts.key)
    for environment, stamp in environments.finished(storage):
        if stamp.key == parts.key:
            whole = _is_whole(environment, stamp)
            if whole and stamp.full:
                # The interpreter's version is that of the environment, so only its own program may look.
                whole = environment.full_is_whole
            reporter.event("checked", whole=whole, environment=str(environment.folder))
            return
    reporter.event("checked", whole=False, environment="")


def _make(parts: Parts, options: argparse.Namespace, reporter: Reporter, stop: Stop) -> None:
    began = time.monotonic()
    maker = make.Maker(parts, options.storage, options.wheels, options.uv, reporter, stop)
    environment = maker.base()
    if options.stage == "full":
        maker.full(environment)
    seconds, megabytes = round(time.monotonic() - began, 1), round(maker.fetched)
    reporter.note(f"done: {options.stage} in {seconds} s, {megabytes} MB fetched, {environment.folder}")
    reporter.event(
        "done",
        environment=str(environment.folder),
        interpreter=str(environment.python),
        seconds=seconds,
        megabytes=megabytes,
    )


def _is_whole(environment: environments.Environment, stamp: environments.Stamp) -> bool:
    if stamp.python.split(".")[:2] == [str(part) for part in sys.version_info[:2]]:
        return environment.is_whole
    return environment.python.exists()


def _limit(log: Path) -> None:
    """Start the log anew when it is long."""
    if log.is_file() and log.stat().st_size > _LOG_BYTES:
        os.replace(log, log.with_suffix(".old.log"))
