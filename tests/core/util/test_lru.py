from __future__ import annotations

from semlens.core.util.lru import LruCache


def test_the_least_recently_used_goes_first() -> None:
    recent: LruCache[str, int] = LruCache(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert recent.get_many(["a", "b", "c"]) == {"a": 1, "c": 3}
    assert recent.get("b") is None
