"""Bounded caches: one that drops the least recently used values, one that computes its values."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """At most `capacity` values by key. Safe for many threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._guard = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value of `key`, or None if the cache does not have it."""
        with self._guard:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Keep the value as the most recently used."""
        with self._guard:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)


class ComputedCache(dict[K, V]):
    """A value for every key: `cache[key]` computes it once. Safe for several threads.

    As fast as a dictionary for a known key. Starts over when it holds `capacity` values.
    """

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity

    def compute(self, key: K) -> V:
        """The value of `key`; must not depend on anything that changes."""
        raise NotImplementedError

    def __missing__(self, key: K) -> V:
        if len(self) >= self._capacity:
            self.clear()
        self[key] = value = self.compute(key)
        return value
