"""One client of the server: the folders that it may ask about, what it was sent, and the user's engine."""

from __future__ import annotations

import asyncio
import os
from typing import TypeVar

from semlens.core.text.words import without_surrogates
from semlens.engine.client.client import EngineClient
from semlens.errors import EngineError, UsageError
from semlens.mcp.conversation import Conversation, Cursors
from semlens.mcp.following import FollowedFolders
from semlens.mcp.roots import InRoot, Roots
from semlens.protocol.agents import (
    IndexedPlace,
    NamedPlaces,
    PackDefinitions,
    PackOutline,
    PackSearch,
    PackSimilar,
)
from semlens.protocol.engine import Why, WhyAnswer
from semlens.protocol.notifications import FolderStatus
from semlens.protocol.request import Request

T = TypeVar("T")

ANSWER_SECONDS = 60.0

PackedQuestion = PackSearch | PackSimilar | PackDefinitions | PackOutline
"""The questions whose answers a cursor goes on with."""


class Agent:
    """Asks the engine for a client that may see `roots`."""

    def __init__(
        self,
        engine: EngineClient,
        followed: FollowedFolders,
        roots: Roots,
        conversation: Conversation,
        cursors: Cursors[PackedQuestion],
    ) -> None:
        self.roots = roots
        self.conversation = conversation
        self.cursors = cursors
        self._engine = engine
        self._followed = followed

    async def ask(self, request: Request[T]) -> T:
        """The engine's answer. Raises `SemlensError`."""
        try:
            return await asyncio.wait_for(self._engine.request(request), ANSWER_SECONDS)
        except asyncio.TimeoutError as error:
            raise EngineError(f"There was no answer within {ANSWER_SECONDS:g} s: try again.") from error

    async def status(self, root: str) -> FolderStatus:
        """The status of a root, which is indexed from now on. Raises `SemlensError`."""
        return await self._followed.ready(root)

    async def folders(self, folder: str) -> list[InRoot]:
        """The named folder, or without a name all roots, when they can be searched. Raises `SemlensError`."""
        places = self.roots.find_all(folder) if folder else self.roots.all
        if not places[0].exists:
            raise UsageError(f"There is no folder {self.named(*places)}.")
        return await self._searchable(places)

    async def places(self, path: str) -> NamedPlaces:
        """A file or folder, or the roots in it, when they can be searched. Raises `SemlensError`."""
        places = await self._searchable(self.roots.find_all(path))
        indexed = [IndexedPlace(place.root, place.path) for place in places]
        return NamedPlaces(self.named(*places), indexed)

    async def file(self, path: str) -> InRoot:
        """A file in a root that can be searched. Raises `SemlensError`."""
        return (await self._searchable([self.roots.find(path)]))[0]

    async def _searchable(self, places: list[InRoot]) -> list[InRoot]:
        await asyncio.gather(*(self.status(place.root) for place in places))
        return places

    def named(self, *places: InRoot) -> str:
        """Places as answers name them, in letters that UTF-8 can hold."""
        return without_surrogates(self.roots.name(*places))

    async def why(self, place: InRoot) -> WhyAnswer:
        """Why a file is in the index, or a file or folder is not. Raises `UsageError` for other folders."""
        answer = await self.ask(Why(place.root, place.path))
        if answer.refusal is None and os.path.isdir(place.absolute):
            raise UsageError(f"{self.named(place)} is a folder: name a file in it.")
        # No rule speaks of a file that there is not; a deleted one is indexed until the engine notices.
        return answer if answer.indexed or place.exists else WhyAnswer(False, "There is no such file.")

    async def indexed_file(self, path: str) -> InRoot:
        """A file that is in the index. Raises `UsageError` with the reason if it is not."""
        place = await self.file(path)
        answer = await self.why(place)
        if not answer.indexed:
            raise UsageError(
                f"{self.named(place)} is not in the index, so it is not read: {sentence(answer.reason)}"
            )
        return place


def sentence(reason: str) -> str:
    """The reason of a `WhyAnswer`, which is a sentence or, for a refused file, the predicate of one."""
    whole = reason if reason[:1].isupper() else f"it {reason}"
    return whole if whole.endswith(".") else f"{whole}."
