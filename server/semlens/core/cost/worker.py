"""The process that counts tokens: answers its parent's requests, and ends with it.

Tokenizers and grammars take 100 MB, and are native code that reads any text that a user opens or has in a
folder. In a process of their own they can be ended when idle, and can crash or hang without the parent.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from semlens.core.cost.context import Contexts
from semlens.core.cost.definitions import Definitions
from semlens.core.cost.live import LiveCounts
from semlens.core.cost.requests import (
    REQUESTS,
    CountDefinition,
    CountDefinitions,
    CountLive,
    CountText,
    CutText,
    FindDefinition,
    ListTokenizers,
    PackContext,
)
from semlens.core.cost.text import TextCosts
from semlens.core.cost.token_views import token_views
from semlens.core.cost.types import Source
from semlens.core.text.languages import TEXT
from semlens.core.text.tokenizers.library import FOLDER, TokenizerLibrary
from semlens.errors import SemlensError, UsageError
from semlens.process.parent import Parent
from semlens.process.pipes import Payload
from semlens.protocol.editor import NamedTokenizer, TokenizersResult
from semlens.protocol.request import Request, decode_request
from semlens.settings import DEFAULT_MODEL


class Counting:
    """Answers requests. Tokenizers and chunks stay in memory for the next request."""

    def __init__(self) -> None:
        self._costs = TextCosts(TokenizerLibrary(Path.cwd() / FOLDER))  # processes start in the data folder
        self._definitions = Definitions(self._costs)
        self._contexts = Contexts(self._costs.library)
        self._live = LiveCounts(self._costs)

    def preload(self) -> None:
        """Load what most requests need."""
        with suppress(SemlensError):  # The first request says it.
            self._costs.of(Source("", TEXT, DEFAULT_MODEL))

    def answer(self, request: Request[Any]) -> object:
        """The answer to `request`. Raises `SemlensError`."""
        if isinstance(request, CountText):
            return self._costs.of(request.source, request.part, request.chunks)
        if isinstance(request, CountDefinition):
            return self._definitions.at(request.source, request.line, request.column, request.chunks)
        if isinstance(request, CountLive):
            return self._live.step(request)
        if isinstance(request, CountDefinitions):
            return self._definitions.counts(request.source)
        if isinstance(request, ListTokenizers):
            return _listed(self._costs.library)
        if isinstance(request, FindDefinition):
            return self._definitions.around(request.source, request.line)
        if isinstance(request, CutText):
            return token_views(self._costs, request)
        if isinstance(request, PackContext):
            return self._contexts.packed(request)
        raise UsageError(f"{request.method} is not a request to count tokens.")


def _listed(library: TokenizerLibrary) -> TokenizersResult:
    listed = library.listed()
    return TokenizersResult(
        [NamedTokenizer(one.name, one.models, one.here, one.megabytes, one.licence) for one in listed]
    )


def main() -> None:
    """Load what most requests need, and answer requests until the parent is gone."""
    parent = Parent()
    counting = Counting()
    counting.preload()
    while True:
        request = parent.next()
        try:
            asked = decode_request(request.method, request.payload.value, REQUESTS)
            answer = counting.answer(asked)
        except SemlensError as error:
            parent.refuse(request, error)
        except Exception as error:
            problem = f"Tokens could not be counted ({type(error).__name__}: {error})."
            parent.refuse(request, SemlensError(problem))
        else:
            parent.answer(request, Payload(answer))


if __name__ == "__main__":
    main()
