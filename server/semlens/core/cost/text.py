"""What a text costs: its tokens in each tokenizer, and how the embedding model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

from semlens.core.chunk import chunk_source
from semlens.core.cost.types import Part, Source, TextCost, TokenCount
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.hub import downloaded
from semlens.core.text.tokenizers.json_file import JsonTokenizer
from semlens.core.text.tokenizers.library import Listed, TokenizerLibrary
from semlens.core.text.tokenizers.models import FACTS
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.core.text.tokens import SPECIAL_TOKENS, ModelTokenizer
from semlens.errors import ModelError, NeedsFullError, SemlensError, UsageError
from semlens.settings import DEFAULT_MODEL, is_server
from semlens.types import Chunk, Span

_CACHED_TEXTS = 4
_CACHED_MODELS = 8


class TextCosts:
    """Works out what texts cost, and keeps the models' tokenizers and the chunks of the last texts."""

    def __init__(self, library: TokenizerLibrary) -> None:
        """`library` has the tokenizers to count in besides the embedding model's."""
        self.library = library
        of_model = partial(_embedding_tokenizer, library.folder.parent)
        self._tokenizer = lru_cache(maxsize=_CACHED_MODELS)(of_model)
        self._chunks = lru_cache(maxsize=_CACHED_TEXTS)(self._chunk)

    def tokenizer(self, name: str, model: str) -> Tokenizer:
        """The tokenizer called `name`, which may be that of the embedding model `model`.

        Raises `UsageError` for an unknown name, and `ModelError` if it cannot be read.
        """
        with suppress(ModelError):
            embedding = self._tokenizer(model)
            if name == embedding.name:
                return embedding
        return self.library.named(name)

    def choices(self, model: str) -> list[Listed]:
        """The tokenizers that can be named beside the embedding model `model`, whose own comes first."""
        with suppress(ModelError):
            return [Listed(self._tokenizer(model).name, "search in Semlens", True), *self.library.listed()]
        return self.library.listed()

    def of(self, source: Source, part: Part | None = None, in_chunks: bool = True) -> TextCost:
        """What a part of `source` costs, or all of it. Without its model, the others count all the same.

        The chunks are found if `in_chunks`: after a change of the source this takes longer than the counts.
        """
        part = part or Part(source.text, Span(1, source.text.count("\n") + 1))
        others = [self._count(name, part.text) for name in source.tokenizers]
        try:
            model = self.model(source.model)
        except ModelError as error:
            return TextCost((self.failed("", source.model, error), *others), 0, False)
        made = self._chunks(source) if in_chunks else []
        chunks = [chunk for chunk in made if _overlap(chunk, part.span)]
        own = self.described(model, "", model.count(part.text))
        return TextCost((own, *others), len(chunks), _truncated(chunks, model))

    def model(self, name: str) -> ModelTokenizer:
        """The tokenizer of the embedding model with a name or path of the settings. Raises `ModelError`."""
        return self._tokenizer(name)

    @staticmethod
    def described(tokenizer: Tokenizer, name: str, tokens: int) -> TokenCount:
        """A count with what is known of the model; `name` is what the user calls the tokenizer."""
        if isinstance(tokenizer, ModelTokenizer):
            window = tokenizer.limit + SPECIAL_TOKENS
            return TokenCount(tokenizer.name, tokens, tokenizer.limit, "", SPECIAL_TOKENS, window)
        facts = FACTS.get(name)
        if facts is None:
            around = tokenizer.special
            special = len(around.before) + len(around.after) if isinstance(tokenizer, JsonTokenizer) else None
            return TokenCount(tokenizer.name, tokens, tokenizer.limit, special=special)
        return TokenCount(
            tokenizer.name, tokens, tokenizer.limit, "", facts.special, facts.window, facts.model
        )

    def _count(self, name: str, text: str) -> TokenCount:
        """The count in one tokenizer, or why there is none: the others are counted all the same."""
        try:
            tokenizer = self.library.named(name)
            return self.described(tokenizer, name, tokenizer.count(text))
        except SemlensError as error:
            return self.failed(name, "", error)

    @staticmethod
    def failed(name: str, model: str, error: SemlensError) -> TokenCount:
        """Why there is no count by the tokenizer `name`; if that is empty, by the embedding model `model`."""
        if name:
            return TokenCount(name, 0, problem=str(error), unknown=isinstance(error, UsageError))
        is_unknown = model != DEFAULT_MODEL and not isinstance(error, NeedsFullError)
        return TokenCount(model, 0, problem=str(error), unknown=is_unknown)

    def _chunk(self, source: Source) -> list[Chunk]:
        return chunk_source(source.text, source.language, self.model(source.model))


def _embedding_tokenizer(data_dir: Path, model_name: str) -> ModelTokenizer:
    """A model's tokenizer. A server does not tell its own: the one that measures chunks stands for it."""
    model = DeepModel.find(DEFAULT_MODEL if is_server(model_name) else downloaded(data_dir, model_name))
    return ModelTokenizer(model.tokenizer_json, model.limit, model.tokenizer_name)


def _overlap(chunk: Chunk, span: Span) -> bool:
    return chunk.start_line <= span.end and chunk.end_line >= span.start


def _truncated(chunks: Sequence[Chunk], model: ModelTokenizer) -> bool:
    """As `TextCost.truncated`: only the last part of a long line can have more tokens than the model sees."""
    return any(
        chunk.start_line == chunk.end_line and model.count(chunk.text) > model.limit for chunk in chunks
    )
