"""Each stored file damaged in each of several ways, and an engine started on that."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from faults.kills import counted
from faults.table import Experiment, Table
from faults.trial import Harm, Trial, acknowledged, slow_encoder
from support.damage import flip, make_huge, truncate, zero


async def damages(experiment: Experiment) -> Table:
    slow_encoder(0)
    trial = Trial(experiment.folder, experiment.repository, experiment.chance)
    sound = experiment.folder / "sound"
    await trial.recover(Harm(), set(), 0, whole=False)
    shutil.copytree(trial.data_dir, sound)
    files = [
        path for path in sorted(sound.rglob("*")) if path.is_file() and _is_stored(path.relative_to(sound))
    ]
    table = Table(
        f"Each stored file damaged, {experiment.repository.name}",
        ["how", "files", "processes that died", "files lost, double or wrong", "texts not found",
         "embedded again", "s to an answer, median / most", "s to be whole, median / most"],
        notes=["What cannot be saved of a damaged `vectors.db` is embedded again, and not counted."],
    )  # fmt: skip
    for name, damage in WAYS.items():
        harm, chosen = Harm(), files[: experiment.times]
        for file in chosen:
            shutil.rmtree(trial.data_dir)
            shutil.copytree(sound, trial.data_dir)
            damage(trial.data_dir / file.relative_to(sound))
            kept = set() if file.name == "vectors.db" else acknowledged(sound)
            await trial.recover(harm, kept, _embedded_so_far(trial.data_dir), whole=False)
            print(f"{name} {file.relative_to(sound)}: {harm}", file=sys.stderr)
        table.rows.append([name, len(chosen), *counted(harm)])
    return table


def _embedded_so_far(data_dir: Path) -> int:
    log = data_dir / "embedded.log"
    return len(log.read_text().split()) if log.exists() else 0


def _is_stored(path: Path) -> bool:
    """Whether this is one of the stores' files, rather than a lock or a log."""
    return path.name == "vectors.db" or (path.parts[0] == "workspaces" and len(path.parts) > 3)


WAYS: dict[str, Callable[[Path], None]] = {
    "cut in half": truncate,
    "zeroed": zero,
    "bits flipped": flip,
    "a sparse terabyte": make_huge,
}
