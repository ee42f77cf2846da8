"""Turn Semlens's wheel into `semlens-lean`: the same files, without the packages that only other models need.

A package cannot offer fewer dependencies under its own name, as an extra can only add some. So the lean one
has a name of its own, as `opencv-python-headless` has.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from setup.steps import ROOT

NAME = "semlens-lean"
_INFO = re.compile(r"^[^/]+\.dist-info/")
_EPOCH = (2020, 2, 2, 0, 0, 0)


def make_lean(wheel: Path, folder: Path) -> Path:
    """Write the lean wheel into `folder`; the same wheel gives the same bytes."""
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as source:
        files = {name: source.read(name) for name in source.namelist()}
    metadata = f"semlens-{version}.dist-info/METADATA"
    files[metadata] = leaner(files[metadata].decode()).encode()
    return write_wheel(files, folder, (NAME, version))


def write_wheel(files: Mapping[str, bytes], folder: Path, identity: tuple[str, str]) -> Path:
    """Write the files of a wheel into `folder` as a wheel of another name and version."""
    stem = f"{identity[0].replace('-', '_')}-{identity[1]}"
    info = f"{stem}.dist-info"
    renamed = {_INFO.sub(f"{info}/", name): data for name, data in files.items() if "RECORD" not in name}
    record = "".join(f"{name},{_digest(data)},{len(data)}\n" for name, data in renamed.items())
    renamed[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    made = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, data in renamed.items():
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


def leaner(metadata: str) -> str:
    """The metadata of the lean distribution, from that of the other one."""
    names = "|".join(map(re.escape, full_packages()))
    without = re.sub(rf"^Requires-Dist: ({names})(?![\w.-]).*\n", "", metadata, flags=re.MULTILINE)
    return without.replace("Name: semlens\n", f"Name: {NAME}\n", 1)


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
