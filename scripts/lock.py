"""Write `lock/runtime.txt` and `lock/dev.txt`: every package that pyproject.toml needs, with its hashes.

Usage: python3 scripts/lock.py [--upgrade]

Needs `uv` on the PATH. Each lock is for every platform and every Python that Semlens runs on. Torch is left
out (see `[tool.uv]` in pyproject.toml); its version is in `lock/torch.txt`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUPS = {"runtime": "build", "dev": "dev"}
"""Lock → the dependency group of pyproject.toml that it has besides the package's own dependencies."""


def main(arguments: list[str]) -> int:
    for lock, group in GROUPS.items():
        command = [
            "uv",
            "pip",
            "compile",
            "pyproject.toml",
            "--group",
            group,
            "--output-file",
            f"lock/{lock}.txt",
        ]
        form = ["--universal", "--python-version", "3.10", "--generate-hashes", "--no-emit-package", "torch"]
        quiet = ["--no-annotate", "--no-header", "--quiet"]
        done = subprocess.run([*command, *form, *quiet, *arguments], cwd=ROOT, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
