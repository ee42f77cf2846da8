"""The machine that figures were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil


def describe_machine(packages: Sequence[str] = ("numpy", "tantivy", "chromadb", "tree-sitter")) -> str:
    """Two lines: the machine and its load average, then the installed version of each of `packages`."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, "
        f"load average {psutil.getloadavg()[0]:.1f}\n{versions}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
