from __future__ import annotations

from semlens.core.util.lru import LruCache


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
