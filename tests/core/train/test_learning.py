"""Learning: the static table and a tiny transformer, kept by checkpoints, and what comes out as a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from attrs import asdict as settings_dict
from numpy.typing import NDArray
from safetensors.numpy import load_file

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.train.deep_learner import DeepLearner
from semlens.core.train.exam import Exam, ExamQuestion
from semlens.core.train.learning import Learner, Learning, Schedule, read_reached
from semlens.core.train.pairs import Pair
from semlens.core.train.plan import Now, Outcome, Plan, Reached
from semlens.core.train.stages import MODEL, OUTCOME, run
from semlens.core.train.static_learner import StaticLearner
from semlens.errors import Cancelled, ModelError, StorageError, UsageError
from semlens.protocol.codec import decode, encode_all
from semlens.protocol.editor import TrainingKind
from semlens.protocol.json import json_bytes, json_value
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath
from support.live import write
from support.taught_code import taught_files
from support.tiny_sentence_model import save as save_tiny

PAIRS = tuple(
    Pair(
        f"how is thing {n} kept warm",
        f"def heat_{n}(oven):\n    oven.on({n})\n",
        RelativePath("a.py"),
        "docstring",
    )
    for n in range(300)
)
WATCHED = Exam(
    tuple(pair.code for pair in PAIRS[:40]),
    tuple(ExamQuestion(pair.question, "docstring", (row,)) for row, pair in enumerate(PAIRS[:40])),
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> DeepModel:
    return DeepModel.find(str(save_tiny(tmp_path_factory.mktemp("models") / "tiny")))


def static() -> StaticLearner:
    return StaticLearner(SHIPPED)


def learning(learner: Learner, folder: Path, checkpoint_seconds: float = 0.0) -> Learning:
    folder.mkdir(exist_ok=True)
    return Learning(learner, PAIRS, WATCHED, folder, Schedule(3600, checkpoint_seconds, 0))


def cut_after(steps: int) -> Callable[[], bool]:
    left = iter(range(steps))

    def control() -> bool:
        if next(left, None) is None:
            raise Cancelled
        return True

    return control


def tell(reached: Reached, steps: int, seconds: float) -> None:
    assert 0 < reached.step <= steps and seconds >= 0


def test_a_table_learns_what_belongs_together(tmp_path: Path) -> None:
    learner = static()
    reached = learning(learner, tmp_path / "run").run(lambda: True, tell)
    assert reached.finished and reached.step == learner.epochs * (300 // learner.batch)
    assert reached.losses[-1].loss < reached.losses[0].loss
    assert reached.scores[0].step == 0 and reached.scores[-1].step == reached.step and reached.best
    learner.use_weights(None)
    assert np.array_equal(learner.embed(["oven"], True), static().embed(["oven"], True))


def test_a_learning_that_was_cut_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    learning(static(), whole).run(lambda: True, tell)
    for steps in (1, 2, 0, 1):
        with pytest.raises(Cancelled):
            learning(static(), cut, checkpoint_seconds=3600).run(cut_after(steps), tell)
    assert read_reached(cut).step == 4 and not read_reached(cut).finished
    last = learning(static(), cut).run(lambda: True, tell)
    assert last.step == read_reached(whole).step
    for one, other in zip(kept(whole, last.step), kept(cut, last.step), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    # Once more, nothing is learned again.
    assert learning(static(), cut).run(cut_after(0), tell) == last


def kept(folder: Path, step: int) -> list[np.ndarray]:
    with np.load(folder / f"checkpoint-{step}") as found:
        return [found[name] for name in sorted(found)]


def test_a_checkpoint_that_is_not_whole_does_not_count(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        learning(static(), tmp_path / "run").run(cut_after(3), tell)
    assert read_reached(tmp_path / "run").step == 3
    (tmp_path / "run" / "checkpoint-3").unlink()
    assert read_reached(tmp_path / "run") == Reached()
    (tmp_path / "run" / "reached.json").write_text("{")
    assert learning(static(), tmp_path / "run").run(lambda: True, tell).finished


def test_learning_can_be_ended_early_with_the_best_so_far(tmp_path: Path) -> None:
    steps = iter([True, True, True, False])
    reached = learning(static(), tmp_path / "run").run(lambda: next(steps), tell)
    assert reached.finished and reached.step == 3 and reached.scores[-1].step == 3 and reached.best == 3


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    class Full(StaticLearner):
        def save(self, path: Path) -> None:
            raise OSError(28, "No space left on device", str(path))

    with pytest.raises(StorageError, match="The disk is full"):
        learning(Full(SHIPPED), tmp_path / "run").run(lambda: True, tell)


def test_pairs_that_fill_no_batch_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few for one step"):
        Learning(static(), PAIRS[:1], WATCHED, tmp_path, Schedule(60, 1, 0))
    with pytest.raises(ModelError, match="cannot be read"):
        StaticLearner(tmp_path)


def test_a_transformer_learns_and_is_kept(tmp_path: Path, tiny: DeepModel) -> None:
    def learner() -> DeepLearner:
        one = DeepLearner(tiny, 1, False, 0)
        one.batch, one.epochs = 16, 1
        return one

    with pytest.raises(Cancelled):
        learning(learner(), tmp_path / "run").run(cut_after(4), tell)
    second = learner()
    untrained = second.embed(["oven"], False)
    reached = learning(second, tmp_path / "run").run(lambda: True, tell)
    assert reached.finished and reached.step == -(-300 // 16) and reached.best
    second.write_model(tmp_path / "model")
    found = DeepModel.find(str(tmp_path / "model"))
    found.verify()
    assert (found.dim, found.max_length) == (tiny.dim, tiny.max_length)
    again = DeepLearner(found, 1, False, 0).embed(["oven"], False)
    np.testing.assert_allclose(again, second.embed(["oven"], False), atol=0.02)
    assert not np.allclose(untrained, again, atol=1e-3)


def test_a_transformer_keeps_half_of_what_it_learned(tmp_path: Path, tiny: DeepModel) -> None:
    learner = DeepLearner(tiny, 1, False, 0)

    def written(name: str) -> dict[str, NDArray[np.float32]]:
        learner.write_model(tmp_path / name)
        return load_file(tmp_path / name / "model.safetensors")

    base = written("base")
    for _ in range(3):
        learner.learn(PAIRS[:16], 1.0)
    learned = written("learned")
    learner.save_weights(tmp_path / "weights")
    learner.use_weights(tmp_path / "weights")
    kept = written("kept")
    assert any(not np.array_equal(base[name], learned[name]) for name in base)
    for name, value in kept.items():
        np.testing.assert_allclose(value, (base[name] + learned[name]) / 2, atol=1e-6)
    learner.use_weights(None)
    for name, value in written("base again").items():
        np.testing.assert_array_equal(value, base[name])


@pytest.mark.parametrize("kind", ["instant", "deep"])
def test_a_training_is_a_folder_with_a_card(tmp_path: Path, tiny: DeepModel, kind: TrainingKind) -> None:
    root = write(tmp_path / "work", taught_files(160))
    plan = Plan(
        kind, str(root), "the base", "the-new-one", str(tmp_path / "run"), tiny.to_json(), str(SHIPPED),
        settings_dict(Settings()), minutes=0.05, checkpoint_seconds=0.5,
    )  # fmt: skip
    assert decode(Plan, json_value(json_bytes(plan, encode_all)), name=str) == plan
    told: list[Now] = []
    outcome = run(plan, CancelToken(), lambda: True, told.append)
    stages = list(dict.fromkeys(now.stage for now in told))
    assert stages == ["files", "before", "learning", "writing", "after"]
    assert outcome.counts.docstring + outcome.counts.watched + outcome.counts.deciding <= 160
    assert outcome.questions == outcome.counts.deciding >= 30 and outcome.reached.best
    folder = tmp_path / "run" / MODEL
    card = (folder / "README.md").read_text("utf-8")
    assert card.startswith("---\nlibrary_name: sentence-transformers\n") and "# the-new-one\n" in card
    assert f"{outcome.questions} questions of files that taught nothing" in card and "## Licence" in card
    if kind == "instant":
        same_in_sentence_transformers(folder)
    else:
        DeepModel.find(str(folder)).verify()
    # A second run has nothing left to do; its outcome is in a file.
    again = run(plan, CancelToken(), lambda: pytest.fail("it learns again"), told.append)
    assert (
        again
        == outcome
        == decode(Outcome, json.loads((tmp_path / "run" / OUTCOME).read_text("utf-8")), name=str)
    )


def same_in_sentence_transformers(folder: Path) -> None:
    """The folder of an instant model is one of sentence-transformers, too, with the same words' vectors."""
    from sentence_transformers import SentenceTransformer

    model = StaticModel.load(folder)
    assert model.name == MODEL and model.fingerprint != StaticModel.load().fingerprint
    theirs = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    for text in ("send the letters", "oven"):
        vector = theirs.encode([text], normalize_embeddings=True)[0]
        np.testing.assert_allclose(vector, model.embed([text])[0], atol=1e-5)
