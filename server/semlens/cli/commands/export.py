"""`semlens export`: an index as files that other tools read."""

from __future__ import annotations

from pathlib import Path

from semlens.api import Index
from semlens.api.index import ExportKind
from semlens.cli.engine import STAGES, Bars, print_json, say
from semlens.private_files import check_is_new
from semlens.protocol.notifications import Progress


def export(folder: Path, target: Path, kind: ExportKind, as_json: bool) -> None:
    """Bring the index of `folder` up to date and write it into the new folder `target`.

    Raises `SemlensError`.
    """
    check_is_new(target)  # and not only after minutes of indexing
    with Index(folder) as index, Bars(STAGES) as show:

        def progress(stage: str, done: int, total: int) -> None:
            show(Progress(0, stage, done, total))

        report = index.index(progress=progress)
        names = index.export(target, kind=kind, progress=progress)
    if as_json:
        print_json({"folder": str(folder), "target": str(target), "chunks": report.chunks, "names": names})
    else:
        say(f"{report.chunks:,} chunks of {folder} written to {target}: {', '.join(names)}")
