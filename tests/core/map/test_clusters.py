"""Clusters are the hills of points, and their names are the words that tell them from the others."""

from __future__ import annotations

import numpy as np
import pytest

from semlens.core.map.clusters import NONE, find_clusters
from semlens.core.map.names import telling_words


def hills(*middles: tuple[float, float], each: int = 80) -> np.ndarray:
    random = np.random.default_rng(3)
    return np.concatenate([random.normal(middle, 1.0, (each, 2)) for middle in middles]).astype(np.float32)


@pytest.mark.parametrize(
    "middles", [[(0, 0), (12, 0), (0, 12)], [(5, 5), (25, 5)], [(-30, 0), (0, 0), (30, 0), (0, 30), (0, -30)]]
)
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e4])
def test_each_hill_is_a_cluster(middles: list[tuple[float, float]], scale: float) -> None:
    labels = find_clusters(hills(*middles) * np.float32(scale)).reshape(len(middles), -1)
    most = [np.bincount(row[row != NONE]).argmax() for row in labels]
    assert len(set(most)) == len(middles)
    assert all((row == label).mean() > 0.9 for row, label in zip(labels, most, strict=True))


@pytest.mark.parametrize("count", [0, 1, 4, 5, 30])
def test_few_points_and_points_at_one_place(count: int) -> None:
    labels = find_clusters(np.zeros((count, 2), np.float32))
    assert labels.tolist() == [0 if count >= 5 else NONE] * count


def test_stray_points_are_in_no_cluster() -> None:
    points = np.concatenate([hills((0, 0), (20, 0)), [[10, 200]]]).astype(np.float32)
    assert find_clusters(points)[-1] == NONE


def test_the_words_that_tell_a_cluster_are_its_name() -> None:
    texts = [
        *(f"Cart.{name} src/shop/cart" for name in ("addItem", "removeItem", "items_of", "clear")),
        *(f"Session.{name} src/shop/auth" for name in ("login", "logout", "renewToken", "tokens")),
        *(f"HTTPClient.{name} src/shop/net" for name in ("retry", "RetryLater", "retries", "send")),
    ]
    labels = np.repeat(np.arange(3, dtype=np.int32), 4)
    cart, session, net = telling_words(labels, texts, 3)
    assert {"cart", "item"} & set(cart) and "token" in " ".join(session) and "retry" in net
    assert not {"src", "shop"} & {*cart, *session, *net}, "what all have in common tells nothing"


def test_no_two_clusters_have_one_name() -> None:
    texts = [f"parse_token_stream_{own}" for own in ("alpha", "beta", "gamma") for _ in range(4)]
    texts += [f"other{n}" for n in range(12)]
    labels = np.array([0] * 4 + [1] * 4 + [2] * 4 + [NONE] * 12, np.int32)
    named = telling_words(labels, texts, 3)
    assert len({frozenset(words) for words in named}) == 3, named


def test_words_of_other_scripts_and_clusters_without_words() -> None:
    labels = np.array([0, 0, 1, 1, NONE], np.int32)
    named, nameless = telling_words(labels, ["корзина Итог", "корзина Сумма", "a b", "c d", "x"], 2)
    assert named[0] == "корзина" and nameless == []


@pytest.mark.parametrize("filler", ["with", "for", "real", "from", "into", "its"])
def test_a_filler_names_no_cluster_however_rare_it_is(filler: str) -> None:
    texts = [f"stream_{filler}_template_{n}" for n in range(4)] + [f"cart_total_{n}" for n in range(4)]
    named = telling_words(np.repeat(np.arange(2, dtype=np.int32), 4), texts, 2)
    assert named[0] and filler not in named[0]


def test_a_cluster_without_common_words_has_those_of_single_definitions() -> None:
    texts = [f"{word} src/flask" for word in ("alpha", "beta", "gamma")]
    texts += [f"cart_total_{n} src/flask" for n in range(5)]
    named = telling_words(np.array([0] * 3 + [1] * 5, np.int32), texts, 2)
    assert set(named[0]) == {"alpha", "beta", "gamma"}
