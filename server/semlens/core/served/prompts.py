"""What models want to stand before questions and before documents: their makers' own words."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompts:
    """Texts to put before a question and before a document."""

    query: str = ""
    document: str = ""


_RETRIEVE = "Represent this sentence for searching relevant passages: "
_CODE = "Represent this query for searching relevant code: "
_TASK = "Given a question about code, retrieve code that answers it"

KNOWN: tuple[tuple[str, Prompts], ...] = (
    (r"nomic-embed-code|coderankembed", Prompts(_CODE)),
    (r"nomic-embed-text", Prompts("search_query: ", "search_document: ")),
    (r"e5-.*instruct|e5-mistral", Prompts(f"Instruct: {_TASK}\nQuery: ")),
    (r"\be5-(small|base|large)|multilingual-e5", Prompts("query: ", "passage: ")),
    (r"qwen3-embedding", Prompts(f"Instruct: {_TASK}\nQuery:")),
    (r"bge-(small|base|large)-en|mxbai-embed-large", Prompts(_RETRIEVE)),
    (r"bge-(small|base|large)-zh", Prompts("为这个句子生成表示以用于检索相关文章：")),
    (r"arctic-embed(2|.*-v2)", Prompts("query: ")),
    (r"arctic-embed", Prompts(_RETRIEVE)),
    (
        r"jina-code-embeddings",
        Prompts(
            "Find the most relevant code snippet given the following query:\n", "Candidate code snippet:\n"
        ),
    ),
    (r"embeddinggemma", Prompts("task: code retrieval | query: ", "title: none | text: ")),
)
"""A pattern in the lower-case name of a model → its prompts. The first that is found holds."""


def known_prompts(model: str) -> Prompts:
    """The prompts of a model by its name, as servers write it; none for a model that is not known."""
    name = model.lower().replace("_", "-")
    return next((prompts for pattern, prompts in KNOWN if re.search(pattern, name)), Prompts())
