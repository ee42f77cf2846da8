"""What the extension carries: the wheel of Semlens, the locks, pip, and `manifest.json` about them."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "win32"}
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

DISK_FOR_EACH_FETCHED = 4.5
"""Bytes on disk for each byte fetched: 204 MB became 755 MB, and packages are there twice for a moment."""


@dataclass(frozen=True)
class Parts:
    """The files of one version of Semlens."""

    folder: Path
    version: str
    key: str
    """Changes with the wheel and with every lock."""
    wheel: str
    wheel_sha256: str
    pip: str
    imports: tuple[str, ...]
    """Modules that must load for the base environment to work."""
    sizes: dict[str, dict[str, int]]
    """Megabytes to fetch: platform → "base" and "full"."""

    @staticmethod
    def read(folder: Path) -> Parts:
        """The parts in `folder`. Raises OSError or ValueError."""
        fields = json.loads((folder / "manifest.json").read_text("utf-8"))
        return Parts(folder=folder, **{**fields, "imports": tuple(fields["imports"])})

    def megabytes(self, stage: str) -> int:
        """To fetch for a stage on this platform; the largest known where it is not known."""
        machine = _MACHINES.get(platform.machine().lower(), "")
        here = self.sizes.get(f"{_SYSTEMS.get(sys.platform, '')}-{machine}")
        return here[stage] if here else max((sizes[stage] for sizes in self.sizes.values()), default=0)

    def locks(self, stage: str) -> list[Path]:
        names = {"base": ["base.txt"], "full": ["full.txt", "torch-cpu.txt"]}
        return [self.folder / name for name in names[stage]]
