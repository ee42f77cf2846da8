"""Cuts a text into chunks as the indexer does, in this process."""

from __future__ import annotations

from semlens.api.tables import Chunks, chunks_of
from semlens.protocol.data import IndexedChunk
from semlens.settings import DEFAULT_MODEL
from semlens.types import RelativePath


def split(text: str, path: str, model: str = DEFAULT_MODEL) -> Chunks:
    """The chunks of `text`, each of which fits the window of `model`.

    :param path: a file's name, whose ending tells the language
    :param model: the name of a bundled model, or the path of a sentence-transformers folder
    :raises ModelError: there is no such model

    >>> from semlens import split
    >>> split("def area(r):\\n    return 3.14 * r * r\\n", "shapes.py").symbol[0]
    'area'
    """
    # Importing grammars and tokenizers takes longer than importing all the rest.
    from semlens.core.chunk import chunk_source, recognize
    from semlens.core.embed.deep_model import DeepModel
    from semlens.core.text.tokens import ModelTokenizer

    found = DeepModel.find(model)
    name = RelativePath(path)
    tokenizer = ModelTokenizer(found.tokenizer_json, found.limit)
    return chunks_of(
        IndexedChunk(
            name,
            chunk.start_line,
            chunk.end_line,
            chunk.language,
            chunk.kind.value,
            chunk.symbol.dotted_name if chunk.symbol else "",
            chunk.symbol.kind if chunk.symbol else "",
            chunk.signature,
            chunk.docstring,
            chunk.text,
            chunk.embedding_text,
            chunk.content_hash,
        )
        for chunk in chunk_source(text, recognize(name, text), tokenizer)
    )


def fits(text: str, model: str = DEFAULT_MODEL) -> bool:
    """Whether `model` sees the text to its end. Raises `ModelError`."""
    from semlens.core.embed.deep_model import DeepModel
    from semlens.core.text.tokens import ModelTokenizer

    found = DeepModel.find(model)
    return ModelTokenizer(found.tokenizer_json, found.limit).count(text) <= found.limit
