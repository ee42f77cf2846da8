from __future__ import annotations

from semlens.core.util.caches import ComputedCache, LruCache


def test_the_least_recently_used_goes_first() -> None:
    recent: LruCache[str, int] = LruCache(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert {key: recent.get(key) for key in ("a", "b", "c")} == {"a": 1, "b": None, "c": 3}
    recent.put("a", 4)
    recent.put("d", 5)
    assert {key: recent.get(key) for key in ("a", "c", "d")} == {"a": 4, "c": None, "d": 5}


def test_a_value_is_computed_once_until_the_cache_is_full() -> None:
    computed: list[str] = []

    class Lengths(ComputedCache[str, int]):
        def compute(self, key: str) -> int:
            computed.append(key)
            return len(key)

    lengths = Lengths(2)
    assert [lengths[key] for key in ("a", "bb", "a", "ccc")] == [1, 2, 1, 3]
    assert computed == ["a", "bb", "ccc"]
    assert dict(lengths) == {"ccc": 3}
    assert lengths["a"] == 1
