"""The environments in a storage folder, each whole or not there.

storage/environments/0.1.0-1a2b3c4d/            an environment; without its stamp it is half-made
    semlens-environment.json                    the stamp, written last
    full/, …/site-packages/semlens-full.pth     the full stage: what the .pth names can be imported
storage/work/                                   what a run leaves for the next: fetched packages
storage/environments.lock                       one program at a time
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from semlens_installer.locks import held

STAMP = "semlens-environment.json"
FORMAT = 1
FULL = "full"
FULL_LINK = "semlens-full.pth"

_KEPT_SECONDS = 24 * 3600
"""An environment stays this long after it was replaced: another window may still run from it."""


@dataclass(frozen=True)
class Stamp:
    """What a finished environment says about itself."""

    format: int
    key: str
    version: str
    python: str
    """The version, such as 3.12.1."""
    interpreter: str
    """Relative to the environment."""
    full: str
    """The key of the parts whose full stage is there; empty without one."""


@dataclass(frozen=True)
class Environment:
    """A folder with an interpreter and packages."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def packages(self) -> Path:
        """Its site-packages, if it was made by the Python that runs this."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.folder / "lib" / name / "site-packages"

    @property
    def stamp(self) -> Stamp | None:
        try:
            fields = json.loads((self.folder / STAMP).read_text("utf-8"))
            stamp = Stamp(**fields)
        except (OSError, ValueError, TypeError):
            return None
        return stamp if stamp.format == FORMAT else None

    def write_stamp(self, stamp: Stamp) -> None:
        partial = self.folder / f"{STAMP}.partial"
        partial.write_text(json.dumps(asdict(stamp)), "utf-8")
        os.replace(partial, self.folder / STAMP)

    @property
    def is_whole(self) -> bool:
        """Whether its interpreter is there, and every file of its packages with the right size."""
        return self.python.exists() and self.packages.is_dir() and _first_missing(self.packages) is None

    @property
    def full_is_whole(self) -> bool:
        folder = self.folder / FULL
        return (self.packages / FULL_LINK).is_file() and folder.is_dir() and _first_missing(folder) is None


def new(storage: Path, version: str, key: str) -> Environment:
    """A folder that is not there yet."""
    return Environment(storage / "environments" / f"{version}-{key[:8]}-{uuid.uuid4().hex[:4]}")


def finished(storage: Path) -> list[tuple[Environment, Stamp]]:
    """Every environment with a stamp, the newest first."""
    found = []
    for folder in _folders(storage):
        environment = Environment(folder)
        stamp = environment.stamp
        if stamp is not None:
            found.append(((folder / STAMP).stat().st_mtime, environment, stamp))
    found.sort(key=lambda item: -item[0])
    return [(environment, stamp) for _, environment, stamp in found]


def tidy(storage: Path, key: str) -> None:
    """Delete what is half-made, and what the environment of `key` replaced a day ago. Hold the lock."""
    known = finished(storage)
    current = [environment for environment, stamp in known if stamp.key == key]
    replaced_at = min(((item.folder / STAMP).stat().st_mtime for item in current[:1]), default=time.time())
    for folder in _folders(storage):
        environment = Environment(folder)
        if environment in current[:1]:
            for half in (*folder.glob(f"{FULL}.*"), *folder.glob("*.partial")):
                delete(half)
        elif environment.stamp is None or time.time() - replaced_at > _KEPT_SECONDS:
            delete(folder)


def delete(path: Path) -> None:
    """Delete a file or folder as far as possible; the stamp first, so that what stays is no environment."""
    (path / STAMP if path.is_dir() else path).unlink(missing_ok=True)

    def make_writable(function: Callable[[str], object], name: str, _: object) -> None:
        with contextlib.suppress(OSError):
            os.chmod(os.path.dirname(name), stat.S_IRWXU)
            os.chmod(name, stat.S_IRWXU)
            function(name)

    if path.is_dir():
        shutil.rmtree(path, onerror=make_writable)


@contextlib.contextmanager
def alone(storage: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a storage folder; calls `waiting` while another program holds it."""
    storage.mkdir(parents=True, exist_ok=True)
    with held(storage / "environments.lock", waiting):
        yield


def _folders(storage: Path) -> list[Path]:
    try:
        return sorted(path for path in (storage / "environments").iterdir() if path.is_dir())
    except OSError:
        return []


def _first_missing(packages: Path) -> Path | None:
    """The first file that is not as the packages' lists say. Sizes are compared: hashes would take long."""
    for record in packages.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            for name, _, size in csv.reader(lines):
                # Commands and manuals lie outside; a copied environment has none.
                if name.startswith(("..", "/")) or not size:
                    continue
                path = packages / name
                try:
                    found = path.stat().st_size
                except OSError:
                    return path
                if found != int(size):
                    return path
    records = (folder / "RECORD" for folder in packages.glob("*.dist-info"))
    return next((record for record in records if not record.is_file()), None)
