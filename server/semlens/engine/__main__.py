"""`python -I -m semlens.engine DATA_DIR`: the command that starts the engine."""

from __future__ import annotations

import sys
from pathlib import Path

from semlens.engine.daemon import server as process


def load_service(data_dir: Path) -> process.Service:
    """The real service; its libraries are imported after the engine listens."""
    from semlens.engine.daemon.service import Service

    return Service(data_dir)


if __name__ == "__main__":
    sys.exit(process.run(Path(sys.argv[1]), load_service))
