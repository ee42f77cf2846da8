"""The same files give the same hits with the same scores, bit for bit, however they came into the index."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile, update
from semlens.core.index.model_set import ModelSet
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.engine.jobs import lexical_rebuild
from semlens.engine.models.registry import ModelRegistry
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, Hit, RelativePath, Tier

WORDS = (
    "open close read write file path user order price total cart mail send parse token cache index query"
    " score retry wait limit event handler request response header body stream buffer chunk merge split"
    " sort group"
).split()
QUESTIONS = [
    "read a file and close the stream",
    "send mail to the user with the total price of the cart",
    "retry the request and wait for a response",
    "parseToken",
    "merge chunk buffer split sort group index query score cache",
    "handler",
]
FILES = 90
FAST = SearchOptions(limit=50, tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))


def module(number: int) -> str:
    """A file of small functions; now and then it says what another file says as well."""
    chance = random.Random(number % 80)
    functions = []
    for _ in range(chance.randint(1, 6)):
        name = "_".join(chance.sample(WORDS, 2))
        lines = "".join(f"    {' = '.join(chance.sample(WORDS, 3))}\n" for _ in range(chance.randint(2, 25)))
        functions.append(f"def {name}({chance.choice(WORDS)}):\n{lines}    return {chance.choice(WORDS)}\n")
    return "\n\n".join(functions)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelSet]:
    registry = ModelRegistry(private_dir(tmp_path_factory.mktemp("models") / "data"))
    yield registry.models(Settings())
    registry.close()


@pytest.fixture
def root(workspace: Callable[[Mapping[str, str | bytes]], Path]) -> Path:
    return workspace({f"pkg{number % 7}/module_{number}.py": module(number) for number in range(FILES)})


def opened(root: Path, folder: Path, models: ModelSet) -> FolderIndex:
    return FolderIndex(root, private_dir(folder), models)


def answers(index: FolderIndex) -> list[list[Hit]]:
    searcher = Searcher(index)
    return [searcher.search(parse_query(text), FAST) for text in QUESTIONS]


def all_paths(root: Path) -> list[RelativePath]:
    return [RelativePath(path.relative_to(root).as_posix()) for path in sorted(root.rglob("*.py"))]


@pytest.mark.slow
def test_neither_order_nor_portions_nor_a_restart_show(root: Path, models: ModelSet, tmp_path: Path) -> None:
    membership, cancel = Membership(root, Settings()), CancelToken()
    scratch = opened(root, tmp_path / "scratch", models)
    reconcile(scratch, membership, cancel)
    expected = answers(scratch)
    scratch.close()
    assert min(map(len, expected)) > 5
    for seed, portion in ((1, 1), (2, 7), (3, 40)):
        index = opened(root, tmp_path / f"order-{seed}", models)
        paths = all_paths(root)
        random.Random(seed).shuffle(paths)
        for start in range(0, len(paths), portion):
            update(index, membership, paths[start : start + portion], cancel)
        assert answers(index) == expected
        index.close()
        again = opened(root, tmp_path / f"order-{seed}", models)
        assert answers(again) == expected
        again.close()


@pytest.mark.model
@pytest.mark.slow
def test_with_the_transformer_neither_order_nor_a_lost_store_shows(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path
) -> None:
    root = workspace({f"module_{number}.py": module(number) for number in range(12)})
    membership, cancel = Membership(root, Settings()), CancelToken()
    found: list[list[list[Hit]]] = []
    for seed, portion in ((1, 12), (2, 5)):
        registry = ModelRegistry(private_dir(tmp_path / f"data-{seed}"))  # No vector is cached.
        models = registry.models(Settings())
        index = opened(root, tmp_path / f"deep-{seed}", models)
        paths = all_paths(root)
        random.Random(seed).shuffle(paths)
        for start in range(0, len(paths), portion):
            update(index, membership, paths[start : start + portion], cancel)
            fill_deep_tier(index, cancel)
        found.append(deep_answers(index))
        index.deep.reset()
        shutil.rmtree(tmp_path / f"deep-{seed}" / "nearest")
        assert fill_deep_tier(index, cancel).embedded == 0
        found.append(deep_answers(index))
        index.close()
        registry.close()
    assert all(answer == found[0] for answer in found)


def deep_answers(index: FolderIndex) -> list[list[Hit]]:
    assert index.coverage().deep == 1
    vectors = {text: index.models.encoder.encode_query(text, 100) for text in QUESTIONS}
    searcher = Searcher(index)
    return [
        searcher.search(parse_query(text), SearchOptions(limit=50, deep_vector=vectors[text]))
        for text in QUESTIONS
    ]


@pytest.mark.slow
def test_edits_and_reverts_do_not_show_once_the_index_is_settled(
    root: Path, models: ModelSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    membership, cancel = Membership(root, Settings()), CancelToken()
    index = opened(root, tmp_path / "edited", models)
    reconcile(index, membership, cancel)
    expected = answers(index)
    assert not index.lexical.has_removals
    chance = random.Random(0)
    for path in chance.sample(all_paths(root), 30):
        before = (root / path).read_text(encoding="utf-8")
        (root / path).write_text(module(chance.randint(100, 200)), encoding="utf-8")
        update(index, membership, [path], cancel)
        (root / path).write_text(before, encoding="utf-8")
        update(index, membership, [path], cancel)
    assert index.lexical.has_removals and answers(index) != expected
    monkeypatch.setattr(lexical_rebuild, "IDLE_SECONDS", 0.0)
    waiting = lexical_rebuild.LexicalRebuild()
    waiting.schedule(index)
    while index.lexical.has_removals:
        time.sleep(0.01)
    waiting.close()
    assert not index.lexical.has_removals and answers(index) == expected
    index.close()
    again = opened(root, tmp_path / "edited", models)
    assert answers(again) == expected and not again.lexical.has_removals
    again.close()


def test_a_lexical_rebuild_stops_for_a_change_and_when_it_is_cancelled(
    root: Path, models: ModelSet, tmp_path: Path
) -> None:
    membership, cancel = Membership(root, Settings()), CancelToken()
    index = opened(root, tmp_path / "index", models)
    reconcile(index, membership, cancel)
    path = all_paths(root)[0]
    (root / path).write_text("def something_else():\n    return mail\n", encoding="utf-8")
    update(index, membership, [path], cancel)

    def change() -> None:
        (root / path).write_text("def changed_meanwhile():\n    return mail\n", encoding="utf-8")
        update(index, membership, [path], cancel)

    index.lexical_tier.rebuild(change)
    assert index.lexical.has_removals
    cancel.cancel()
    index.lexical_tier.rebuild(cancel.check)
    assert index.lexical.has_removals
    found = Searcher(index).search(parse_query("changed_meanwhile"), FAST)
    assert found[0].path == path
    assert len([folder for folder in (tmp_path / "index" / "lexical").iterdir() if folder.is_dir()]) == 1
    index.close()
