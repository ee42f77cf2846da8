"""Runs a notebook's cells as a script: `notebook.py FILE`, in the notebook's folder.

A kernel would bring a dozen packages into the tests; the cells are plain Python.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def run(path: Path) -> dict[str, object]:
    """Run the code cells in one namespace, in their order, and return it."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    os.chdir(path.parent)
    names: dict[str, object] = {"__name__": "__main__"}
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), names)
    return names


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve())
