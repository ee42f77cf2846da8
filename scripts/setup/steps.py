"""Run the steps of the set-up, each once. The next call repeats an interrupted step.

A step is done when its stamp has the key of its inputs. The stamp is inside the step's output, so that
deleting the output also deletes the stamp.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semlens_installer.locks import held

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
CACHE = ROOT / ".cache"
"""Files of the set-up besides `.venv` and `node_modules`: VS Code for the browser, profiles, the log."""
LOG = CACHE / "set-up.log"

_NETWORK_TROUBLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded"
    r"|Network is unreachable|Temporary failure in name resolution|Could not fetch URL|ProxyError|SSLError"
    r"|from versions: none"
    r"|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH"
)
_CAUSE = re.compile(r"(ERROR|npm error(?! A complete log)|error)\b", re.IGNORECASE)
_DISK_TROUBLE = re.compile(r"No space left on device|ENOSPC|not enough space on the disk", re.IGNORECASE)
_MISLEADING = frozenset(
    {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIREMENT", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
)
_CAUSE_LINES = 200
"""How many of the last lines of a failed command are searched for the cause."""


class SetupError(Exception):
    """The set-up cannot continue. `str(error)` is one sentence: which step failed, and what to do."""


@dataclass
class Step:
    """A step of the set-up; the user sees its name and how long it took."""

    name: str
    network: bool = False
    """Whether it downloads, for the message when it fails."""
    output: list[str] = field(default_factory=list)

    def run(
        self, command: Sequence[str | Path], cwd: Path = ROOT, environment: Mapping[str, str] | None = None
    ) -> None:
        """Run `command` with its output in the log and its newest line on screen. Raises SetupError."""
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise SetupError(f"{self.name}: {command[0]} cannot be run ({error.strerror}).") from error
        with process:
            try:
                self._follow(process)
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise SetupError(self._failure())

    def _follow(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        CACHE.mkdir(exist_ok=True)
        with LOG.open("a", encoding="utf-8") as log:
            for line in process.stdout:
                log.write(line)
                self.output.append(line.rstrip())
                _show(f"  {self.name}: {line.strip()}")

    def _failure(self) -> str:
        tail = self.output[-_CAUSE_LINES:]
        text = "\n".join(tail)
        if _DISK_TROUBLE.search(text):
            return f"{self.name}: the disk is full. Free some space and run the same command again."
        if self.network and _NETWORK_TROUBLE.search(text):
            return (
                f"{self.name}: this step needs the network, and it cannot be reached. "
                "Connect and run the same command again; what is done stays done."
            )
        causes = [line for line in tail if _CAUSE.match(line)]
        said = (causes or [line for line in tail if line] or ["it ended without a message"])[-1]
        return f"{self.name} failed: {said.strip()} (all of its output is in {LOG})"


@contextlib.contextmanager
def step(name: str, network: bool = False) -> Iterator[Step]:
    """Show a step while it runs, and print how many seconds it took."""
    began = time.monotonic()
    _show(f"  {name} ...")
    try:
        yield Step(name, network)
    except BaseException:
        _show("")
        raise
    _show("")
    say(f"  {name}: done in {time.monotonic() - began:.0f} s")


def say(text: str) -> None:
    """Print to stderr: stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def _show(text: str) -> None:
    """Overwrite the last line of the terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\033[K{text[:width]}", end="", file=sys.stderr, flush=True)


def key_of(*parts: str, files: Iterable[Path] = ()) -> str:
    """A hash of `parts` and of the names and contents of `files`."""
    digest = hashlib.sha256("\0".join(parts).encode())
    for file in files:
        digest.update(f"\0{file.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_done(stamp: Path, key: str) -> bool:
    """Whether the step was done with the same inputs."""
    try:
        return stamp.read_text(encoding="ascii") == key
    except (OSError, UnicodeDecodeError):
        return False


def set_done(stamp: Path, key: str) -> None:
    """Record that the step is done with these inputs."""
    stamp.write_text(key, encoding="ascii")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of this checkout's set-up; wait for it if another process has it."""
    CACHE.mkdir(exist_ok=True)
    say_once = functools.cache(lambda: say("Another set-up works in this checkout: waiting for it to end."))
    with held(CACHE / "set-up.lock", say_once):
        yield


def explain(error: OSError) -> str:
    """A sentence for the user: what went wrong, and what to do."""
    if error.errno == errno.ENOSPC:
        return "The disk is full. Free some space and run the same command again."
    if isinstance(error, PermissionError):
        return f"{error.filename or ROOT} cannot be read or written: make it yours, or use another checkout."
    return f"{error.strerror or error}: {error.filename or ROOT}."


def plain_environment(**changes: str) -> dict[str, str]:
    """The environment without the variables that would make pip or Python ignore `.venv`, plus `changes`."""
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return {**kept, "PIP_USER": "0", **changes}
