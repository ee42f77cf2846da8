"""Make an environment: the base stage as a whole or not at all, then the full stage beside it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from semlens_installer import environments
from semlens_installer.commands import Stop
from semlens_installer.environments import FULL, FULL_LINK, Environment, Stamp
from semlens_installer.packages import Tool
from semlens_installer.parts import DISK_FOR_EACH_FETCHED, Parts
from semlens_installer.report import Failure, Reporter

MAKING, REUSING, CHECKING = "Making an environment", "Reusing packages", "Checking packages"


@dataclass
class Maker:
    """One run of the program. Hold the lock of `storage`."""

    parts: Parts
    storage: Path
    wheels: Path | None
    uv: Path | None
    reporter: Reporter
    stop: Stop
    fetched: float = 0.0
    """Megabytes that were fetched."""

    def base(self) -> Environment:
        """The environment with the base stage, which is made if it is not there. Raises Failure, Stopped."""
        environments.tidy(self.storage, self.parts.key)
        older: Environment | None = None
        for environment, stamp in environments.finished(self.storage):
            whole = _same_python(stamp) and environment.is_whole
            if stamp.key == self.parts.key:
                if whole:
                    return environment
                (environment.folder / environments.STAMP).unlink(missing_ok=True)
            elif whole and older is None:
                older = environment
        environment = environments.new(self.storage, self.parts.version, self.parts.key)
        try:
            self._room("base")
            self._make(environment, older)
        except BaseException:
            environments.delete(environment.folder)
            raise
        finally:
            self._sweep(done=environment.stamp is not None)
        return environment

    def full(self, environment: Environment) -> None:
        """Add the full stage to an environment, unless it is there and whole. Raises Failure, Stopped."""
        stamp = environment.stamp
        if stamp is None or (stamp.full and environment.full_is_whole):
            return
        partial = environment.folder / f"{FULL}.new"
        environments.delete(partial)
        try:
            self._room("full")
            tool = self._tool()
            self.fetched += tool.install(environment.python, "full", self.parts.locks("full"), partial)
            self._check(environment.python, ["torch", "sentence_transformers"], partial)
            whole = environment.folder / FULL
            environments.delete(whole)
            os.replace(partial, whole)
            (environment.packages / FULL_LINK).write_text(f"{whole}\n", "utf-8")
            environment.write_stamp(replace(stamp, full=self.parts.key))
        finally:
            environments.delete(partial)
            self._sweep(done=(environment.folder / FULL).is_dir())

    def _make(self, environment: Environment, older: Environment | None) -> None:
        self.reporter.step(MAKING)
        create(environment, self.reporter, self.stop)
        if older is not None:
            self.reporter.step(REUSING)
            _copy_packages(older.packages, environment.packages)
        own = self.storage / "work" / "semlens.txt"
        own.parent.mkdir(parents=True, exist_ok=True)
        wheel = (self.parts.folder / self.parts.wheel).as_uri()
        own.write_text(f"{wheel} --hash=sha256:{self.parts.wheel_sha256}\n", "utf-8")
        locks = [*self.parts.locks("base"), own]
        self.fetched += self._tool().install(environment.python, "base", locks)
        # pip, which gets tokenizers: it takes itself for installed while it runs from another folder.
        with zipfile.ZipFile(self.parts.folder / self.parts.pip) as pip:
            pip.extractall(environment.packages)
        self.reporter.step(CHECKING)
        self._check(environment.python, self.parts.imports)
        interpreter = environment.python.relative_to(environment.folder).as_posix()
        environment.write_stamp(
            Stamp(
                environments.FORMAT,
                self.parts.key,
                self.parts.version,
                platform.python_version(),
                interpreter,
                "",
            )
        )

    def _tool(self) -> Tool:
        return Tool(self.parts, self.storage / "work", self.wheels, self.uv, self.reporter, self.stop)

    def _check(self, python: Path, modules: tuple[str, ...] | list[str], folder: Path | None = None) -> None:
        """Load what must load: a package may be there and still not run on this machine."""
        path = f"import sys; sys.path.insert(0, {str(folder)!r})\n" if folder else ""
        script = path + "".join(f"import {module}\n" for module in modules)
        status, output = self.stop.run([python, "-I", "-c", script], self.reporter)
        if status != 0:
            said = next((line for line in reversed(output) if line.strip()), f"status {status}")
            raise Failure("load", f"The packages do not run on this machine ({said.strip().rstrip('.')}).")

    def _room(self, stage: str) -> None:
        needed = round(self.parts.megabytes(stage) * DISK_FOR_EACH_FETCHED)
        free = shutil.disk_usage(self.storage).free // 1_000_000
        if free < needed:
            raise Failure(
                "disk",
                f"Semlens needs about {needed} MB of disk, and {free} MB are free: make room, try again.",
            )

    def _sweep(self, done: bool) -> None:
        """Delete temporary files; when the work is done, what was fetched too: a next try would use it."""
        work = self.storage / "work"
        for name in ("temporary", "semlens.txt", *(("fetched", "uv") if done else ())):
            environments.delete(work / name)


def create(environment: Environment, reporter: Reporter, stop: Stop) -> None:
    """Make an environment of this Python, without pip. Raises Failure."""
    environment.folder.mkdir(parents=True)
    status, output = stop.run(
        [sys.executable, "-I", "-m", "venv", "--without-pip", environment.folder], reporter
    )
    if status == 0:
        return
    if "No module named venv" in "\n".join(output) and os.name != "nt":
        _by_hand(environment)
        return
    said = next((line for line in reversed(output) if line.strip()), f"status {status}")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    command = f"sudo apt install {version}-venv" if shutil.which("apt") else ""
    raise Failure(
        "venv",
        f"{sys.executable} cannot make an environment ({said.strip().rstrip('.')}): choose another Python.",
        command,
    )


def _by_hand(environment: Environment) -> None:
    """What the module venv makes, for a Python without it: some distributions have it in another package."""
    interpreter = Path(getattr(sys, "_base_executable", sys.executable))
    environment.packages.mkdir(parents=True)
    environment.python.parent.mkdir()
    environment.python.symlink_to(interpreter)
    lines = [
        f"home = {interpreter.parent}",
        "include-system-site-packages = false",
        f"version = {platform.python_version()}",
    ]
    (environment.folder / "pyvenv.cfg").write_text("\n".join(lines) + "\n", "utf-8")


def _same_python(stamp: Stamp) -> bool:
    return stamp.python.split(".")[:2] == [str(part) for part in sys.version_info[:2]]


def _copy_packages(source: Path, target: Path) -> None:
    """Give `target` the packages of `source`, without Semlens itself, as hard links where the disk has them.

    Installers replace files and never write into them, so the two environments stay apart.
    """

    def own(folder: str, names: list[str]) -> list[str]:
        if Path(folder) != source:
            return ["__pycache__"]
        return [name for name in names if name == FULL_LINK or name.lower().startswith("semlens")]

    shutil.copytree(source, target, symlinks=True, ignore=own, copy_function=_link, dirs_exist_ok=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
