"""Turn Semlens's wheel into `semlens-lean`: the same files, without the packages that only other models need.

A package cannot offer fewer dependencies under its own name, as an extra can only add some. So the lean one
has a name of its own, as `opencv-python-headless` has.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from pathlib import Path

from setup.steps import ROOT

NAME = "semlens-lean"
_EPOCH = (2020, 2, 2, 0, 0, 0)


def make_lean(wheel: Path, folder: Path) -> Path:
    """Write the lean wheel into `folder`; the same wheel gives the same bytes."""
    version = wheel.name.split("-")[1]
    old, new = f"semlens-{version}.dist-info", f"semlens_lean-{version}.dist-info"
    made = folder / wheel.name.replace("semlens-", "semlens_lean-", 1)
    with zipfile.ZipFile(wheel) as source:
        files = {
            name.replace(old, new, 1): source.read(name) for name in source.namelist() if "RECORD" not in name
        }
    metadata = f"{new}/METADATA"
    files[metadata] = _leaner(files[metadata].decode()).encode()
    record = "".join(f"{name},{_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{new}/RECORD"] = f"{record}{new}/RECORD,,\n".encode()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return made


def full_packages() -> list[str]:
    """The packages that only a full installation has, as `[tool.semlens]` in pyproject.toml lists them."""
    listed = re.search(r"^full = \[(.*)\]$", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert listed is not None
    return re.findall(r'"([^"]+)"', listed[1])


def _leaner(metadata: str) -> str:
    names = "|".join(map(re.escape, full_packages()))
    without = re.sub(rf"^Requires-Dist: ({names})(?![\w.-]).*\n", "", metadata, flags=re.MULTILINE)
    return without.replace("Name: semlens\n", f"Name: {NAME}\n", 1)


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
