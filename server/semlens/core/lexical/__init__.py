"""Finding chunks by their words."""

from semlens.core.lexical.index import FieldBoosts, LexicalDoc, LexicalFile, LexicalIndex, tantivy_errors
from semlens.core.text.analyzer import code_terms

__all__ = ["FieldBoosts", "LexicalDoc", "LexicalFile", "LexicalIndex", "code_terms", "tantivy_errors"]
