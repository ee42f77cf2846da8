"""Install locked packages with pip, which the extension carries, or with uv, which is faster.

Always with hashes and from wheels alone: nothing is built here, and nothing is installed that was not tested.
"""

from __future__ import annotations

import os
import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens_installer.commands import Stop
from semlens_installer.failures import explain_output
from semlens_installer.meter import Meter
from semlens_installer.parts import DISK_FOR_EACH_FETCHED, Parts
from semlens_installer.pip_settings import pip_is_configured
from semlens_installer.report import Failure, Reporter

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where PyTorch publishes its CPU builds for Linux."""

_PIP = (
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "raw"),
    *("--no-compile", "--retries", "2", "--timeout", "30"),
)
_EXACT = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
_LACKING = re.compile(r"distribution found for ([\w.-]+)|Because ([\w.-]+) ")


@dataclass(frozen=True)
class Tool:
    """How packages are installed."""

    parts: Parts
    work: Path
    """A folder for what is fetched; the next run finds it there."""
    wheels: Path | None
    """A folder of packages, in place of a network."""
    uv: Path | None
    reporter: Reporter
    stop: Stop

    def install(self, python: Path, stage: str, files: Sequence[Path], target: Path | None = None) -> float:
        """Install what the locks `files` list for `python`, or into the folder `target`. Raises Failure.

        :return: megabytes that were fetched.
        """
        meter = Meter(self.reporter, self.parts.megabytes(stage))
        meter.show()
        temporary = self.work / "temporary"
        temporary.mkdir(parents=True, exist_ok=True)
        command = [
            *(self._with_uv(python) if self.uses_uv(stage) else self._with_pip(python)),
            *_EXACT,
            *self._sources(stage),
            *(["--target", str(target)] if target else []),
            *(part for file in files for part in ("-r", str(file))),
        ]
        status, output = self.stop.run(
            command,
            self.reporter,
            meter.read,
            PYTHONUNBUFFERED="1",
            UV_CACHE_DIR=str(self.work / "uv"),
            UV_NO_CONFIG="1",
            **{name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")},
        )
        if status != 0:
            raise self._failure(output, stage)
        return meter.fetched

    def uses_uv(self, stage: str) -> bool:
        """Whether uv installs a stage.

        uv reads no pip.conf: where pip is told whence packages come, pip installs them. And uv finds no
        hashes for a version with a local label, as PyTorch's builds for Linux have (2.13.0+cpu).
        """
        return self.uv is not None and not (_is_labelled(stage) or pip_is_configured())

    def _with_pip(self, python: Path) -> list[str]:
        pip = self.work / Path(self.parts.pip).stem
        if not pip.is_dir():
            partial = self.work / "temporary" / "pip"
            with zipfile.ZipFile(self.parts.folder / self.parts.pip) as wheel:
                wheel.extractall(partial)
            os.replace(partial, pip)
        cache = ["--cache-dir", str(self.work / "fetched")]
        return [str(python), "-I", str(pip / "pip"), "install", *_PIP, *cache]

    def _with_uv(self, python: Path) -> list[str]:
        return [str(self.uv), "pip", "install", "--python", str(python), "--color", "never"]

    def _sources(self, stage: str) -> list[str]:
        if self.wheels is not None:
            return ["--no-index", "--find-links", str(self.wheels)]
        return ["--extra-index-url", TORCH_CPU_INDEX] if _is_labelled(stage) else []

    def _failure(self, output: Sequence[str], stage: str) -> Failure:
        needed = round(self.parts.megabytes(stage) * DISK_FOR_EACH_FETCHED)
        python = f"{sys.version_info[0]}.{sys.version_info[1]}"
        failure = explain_output(output, str(self.work.parent), needed, python)
        if self.wheels is None or failure.code not in ("network", "platform"):
            return failure
        found = _LACKING.search("\n".join(output))
        missing = f"the package {found[1] or found[2]}" if found else "a package"
        return Failure(
            "wheels",
            f"The folder {self.wheels} lacks {missing} for Python {python}: add it, "
            "or empty the setting semlens.wheelFolder to use the network.",
        )


def _is_labelled(stage: str) -> bool:
    """Whether packages of a stage come from PyTorch's own index here."""
    return stage == "full" and sys.platform == "linux"
