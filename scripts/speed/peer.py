"""Index folders with the peer `semble`, under its own interpreter: it knows nothing of Semlens.

python peer.py code|all      reads a folder a line, and prints a line of JSON for each
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    from semble import SembleIndex
    from semble.index.dense import load_model
    from semble.types import ContentType

    logging.disable()
    content = tuple(ContentType) if sys.argv[1] == "all" else (ContentType.CODE,)
    load_model()
    for line in sys.stdin:
        started, cpu = time.perf_counter(), _cpu()
        try:
            chunks = len(SembleIndex.from_path(Path(line.rstrip("\n")), content=content).chunks)
        except ValueError:  # It has nothing for this folder.
            chunks = 0
        seconds = time.perf_counter() - started
        print(json.dumps({"chunks": chunks, "seconds": seconds, "cpu": _cpu() - cpu}), flush=True)


def _cpu() -> float:
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


if __name__ == "__main__":
    main()
