"""Measure training: what it gains on held-back code, how long it takes, and what kills cost.

    python scripts/bench_train.py FOLDER... [--kind instant|deep|both] [--minutes N] [--kills N]
        [--written FILE]

Each FOLDER is trained on as `semlens train` does. The gain is before against after on questions of files
that taught nothing, with the interval of 95 % of other questions like these. `training/repositories.json`
lists what the bundled models have learned from: a folder whose name is there says little. `--kills` trains
the first folder once more and kills the process so often, with pauses of random length; a kill that loses
more learning than the interval of checkpoints fails the run. `--written` also asks the questions of FILE
(lines as of `training/written.jsonl`) about the folder of the same name, among all of its code.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import attrs

sys.path.insert(0, str(Path(__file__).parent))

from quality.trained import written_exam, written_row
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.train.plan import Outcome, Plan
from semlens.engine.jobs.training import FOLDER, Run, Trainings
from semlens.protocol.editor import TrainingKind
from semlens.settings import DEFAULT_INSTANT_MODEL, DEFAULT_MODEL, Settings
from speed.machine import describe_machine

TAUGHT = Path(__file__).parents[1] / "training" / "repositories.json"
LOOK_SECONDS = 0.2
STEP_SECONDS = 60.0
"""A kill may also lose the step that is under way, on a busy machine."""


def plan_of(
    root: Path, kind: TrainingKind, minutes: float, data_dir: Path, checkpoint_seconds: float
) -> Plan:
    """As `TrainService` makes it."""
    base = DEFAULT_INSTANT_MODEL if kind == "instant" else DEFAULT_MODEL
    return Plan(
        kind=kind,
        root=str(root),
        base=base,
        name=f"{base}-{root.name}",
        folder=str(data_dir / FOLDER),
        deep_model=DeepModel.find().to_json(),
        instant_model=str(SHIPPED),
        settings=attrs.asdict(Settings()),
        minutes=minutes,
        checkpoint_seconds=checkpoint_seconds,
    )


def train(plan: Plan, data_dir: Path, kills: int) -> tuple[Run, list[float]]:
    """The finished training, and the seconds of learning that each kill has lost."""
    trainings = Trainings(data_dir, lambda plan: None)
    trainings.start(plan)
    draw = random.Random(0)
    lost: list[float] = []
    try:
        while trainings.running:
            run = trainings.run
            assert run is not None
            if len(lost) < kills and run.now.stage == "learning" and run.now.reached.step:
                time.sleep(draw.uniform(0, plan.checkpoint_seconds * 1.5))
                lost.append(_kill(trainings))
                print(f"  kill {len(lost)}: {lost[-1]:.1f} s of learning lost", flush=True)
            time.sleep(LOOK_SECONDS)
    finally:
        trainings.close()
    run = trainings.run
    assert run is not None
    return run, lost


def _kill(trainings: Trainings) -> float:
    """Kill the process, wait until another one has gone on, and say how much learning it has to do again."""
    pid, before = trainings.pid, trainings.run
    assert before is not None
    if pid is None or before.state != "running":
        return 0.0
    os.kill(pid, signal.SIGKILL)
    reached = before.now.reached
    while trainings.running:
        after = trainings.run
        if trainings.pid not in (pid, None) and after is not None and after.now.reached is not reached:
            return max(0.0, reached.seconds - after.now.reached.seconds)
        time.sleep(LOOK_SECONDS)
    return 0.0


def show(name: str, kind: TrainingKind, outcome: Outcome, seconds: float) -> None:
    counts, gain = outcome.counts, outcome.gain
    pairs = f"{counts.docstring:,} + {counts.name:,} + {counts.history:,}"
    verdict = "better" if outcome.better else "within chance" if outcome.may_be_kept else "not better"
    print(
        f"| {name} | {kind} | {pairs} | {counts.copies:,} | "
        f"{outcome.questions} in {outcome.texts:,} | {outcome.before.mean:.3f} | {outcome.after.mean:.3f} | "
        f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) | {outcome.recall_before:.2f} → "
        f"{outcome.recall_after:.2f} | {outcome.reached.step:,} | {seconds:,.0f} | {verdict} |",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--kind", choices=("instant", "deep", "both"), default="both")
    parser.add_argument("--minutes", type=float, default=10.0, help="of learning, each")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--written", type=Path, help="written questions about the folders")
    parser.add_argument("--checkpoint-seconds", type=float, default=0.0, help="0 for what the engine has")
    arguments = parser.parse_args()
    kinds: list[TrainingKind] = ["instant", "deep"] if arguments.kind == "both" else [arguments.kind]
    print(describe_machine(("numpy", "torch", "sentence-transformers")))
    taught = {one["name"].rpartition("/")[2].lower() for one in json.loads(TAUGHT.read_text("utf-8"))}
    print("\n| folder | kind | docstrings + names + commits | copies | held back | MRR before | after | "
          "gain | recall@5 | steps | seconds | |\n" + "|---" * 12 + "|", flush=True)  # fmt: skip
    for folder in arguments.folders:
        for kind in kinds:
            measure(folder.resolve(), kind, arguments.minutes, written=arguments.written)
        if folder.name.lower() in taught:
            print(f"{folder.name} may be one of those that the bundled models have learned from.")
    if not arguments.kills:
        return 0
    kind, interval = kinds[0], arguments.checkpoint_seconds or 2.0
    print(f"\n{arguments.kills} kills, {kind}, a checkpoint every {interval:g} s of learning:", flush=True)
    lost = measure(arguments.folders[0].resolve(), kind, arguments.minutes, arguments.kills, interval)
    return 1 if max(lost, default=0) > interval + STEP_SECONDS else 0


def measure(
    root: Path,
    kind: TrainingKind,
    minutes: float,
    kills: int = 0,
    interval: float = 0.0,
    written: Path | None = None,
) -> list[float]:
    """Train on one folder and print what came out; the learning that each kill has lost, in seconds."""
    data_dir = Path(tempfile.mkdtemp(prefix="bench-train-"))
    try:
        plan = plan_of(root, kind, minutes, data_dir, interval or 30.0)
        started = time.monotonic()
        run, lost = train(plan, data_dir, kills)
        if run.outcome is None:
            print(f"{root.name}, {kind}: {run.state}, {run.message}", flush=True)
        else:
            show(root.name, kind, run.outcome, time.monotonic() - started)
            if written is not None:
                deep = DeepModel.find()
                exam = written_exam(written, root, ModelTokenizer(deep.tokenizer_json, deep.limit))
                print(f"  written questions: {written_row(exam, plan)}", flush=True)
        return lost
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
