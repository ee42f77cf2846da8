"""Index folders with the peer `semble`. The peer's interpreter runs this file; it imports nothing of Semlens.

python peer.py code|all              indexes each folder read from stdin, and prints a line of JSON
python peer.py grown FOLDER QUERY…   indexes the folder, queries it, and prints a line of JSON
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
    if sys.argv[1] == "grown":
        load_model()
        print(json.dumps(_grown(Path(sys.argv[2]), sys.argv[3:])))
        return
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


def _grown(folder: Path, queries: list[str]) -> dict[str, float]:
    from semble import SembleIndex
    from semble.types import ContentType

    started, cpu = time.perf_counter(), _cpu()
    index = SembleIndex.from_path(folder, content=tuple(ContentType))
    row = {"chunks": len(index.chunks), "seconds": time.perf_counter() - started, "cpu": _cpu() - cpu}
    times = []
    for query in [queries[0], *queries]:
        started = time.perf_counter()
        index.search(query, top_k=10)
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ordered = sorted(times[1:])
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return {**row, "p50": p50, "p95": p95, "memory": peak * (1 if sys.platform == "darwin" else 1024)}


def _cpu() -> float:
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


if __name__ == "__main__":
    main()
