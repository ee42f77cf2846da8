"""What the hovers over some definitions must say, counted in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SHORT = ("backend/shipping/rates.py", "postage")
LONG = ("backend/payments/invoice.py", "render_invoice")


def hovers(workspace: Path) -> list[dict[str, object]]:
    """The tokens of two definitions of a workspace, by reference implementations."""
    return [_reference(workspace, *definition) for definition in (SHORT, LONG)]


def _reference(workspace: Path, path: str, name: str) -> dict[str, object]:
    script = Path(__file__).parent / "references.py"
    command = [sys.executable, str(script), str(workspace / path), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return {"path": path, "name": name, "tokens": json.loads(done.stdout)[name]}
