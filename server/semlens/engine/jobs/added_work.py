"""What a model beside the first does for one folder, on the deep tier's thread and after the first model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from semlens.core.index.deep_tier import Progress, Throttle
from semlens.core.index.deep_vectors import DeepVectors
from semlens.errors import Cancelled, SemlensError, StorageError
from semlens.types import CancelToken


class Work(Protocol):
    """What is done for one folder after the first model."""

    def fill(
        self, cancel: CancelToken, progress: Progress, throttle: Throttle, interrupted: Callable[[], bool]
    ) -> bool:
        """Do it; whether anything was to be done. Raises `SemlensError`."""


class AddedTier(Protocol):
    """The tier of such a model."""

    vectors: DeepVectors


Tier = TypeVar("Tier", bound=AddedTier)


class AddedWork(Generic[Tier]):
    """The work for one added tier, and why it failed last. No failure costs another tier."""

    def __init__(
        self,
        tier: Callable[[], Tier | None],
        reuse: Callable[[Tier, CancelToken], None],
        fill: Callable[[Tier, CancelToken, Progress, Throttle, Callable[[], bool]], int],
        sentence: Callable[[SemlensError], str] = str,
    ) -> None:
        """
        :param tier: the open tier, or None while no model is named
        :param reuse: adds the vectors of the cache
        :param fill: has the model make what the tier lacks
        :param sentence: what the user is told of an error of `fill`
        """
        self._tier = tier
        self._reuse = reuse
        self._fill = fill
        self._sentence = sentence
        self.error: str | None = None
        """Why the model could not work, until it can."""

    def use(self, change: Callable[[], None]) -> None:
        """Change the model. Raises `StorageError`."""
        try:
            change()
            self.error = None
        except StorageError as error:
            self.error = str(error)
            raise

    def refill(self, cancel: CancelToken) -> None:
        """Open the store, and add the vectors of the cache. Raises `Cancelled`."""
        tier = self._tier()
        if tier is None:
            return
        try:
            tier.vectors.open()
            self._reuse(tier, cancel)
        except StorageError as error:  # The first model is enough.
            tier.vectors.reset()
            self.error = str(error)

    def fill(
        self, cancel: CancelToken, progress: Progress, throttle: Throttle, interrupted: Callable[[], bool]
    ) -> bool:
        """Have the model make what the tier lacks; whether there is a model.

        :param interrupted: whether the first model has work again; then the rest waits for the next call
        :raises SemlensError: also `Cancelled`
        """
        tier = self._tier()
        if tier is None:
            return False
        try:
            self._fill(tier, cancel, progress, throttle, interrupted)
        except Cancelled:
            raise
        except SemlensError as error:
            if isinstance(error, StorageError):
                tier.vectors.reset()
            self.error = self._sentence(error)
            raise
        self.error = None
        return True

    def checkpoint(self) -> None:
        """Seal the store: a later kill loses nothing."""
        tier = self._tier()
        if tier is not None:
            tier.vectors.checkpoint()
