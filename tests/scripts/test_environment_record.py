"""`scripts/run.py` tells the extension which Python has the server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from setup import vscode


def test_the_interpreter_is_recorded_where_the_extension_looks(data_dir: Path) -> None:
    vscode.record_interpreter(Path(sys.executable))
    recorded = json.loads((data_dir / "environment.json").read_text(encoding="utf-8"))
    assert recorded == {"interpreter": sys.executable}
