"""Full-text search of chunks."""

from semlens.core.lexical.documents import FieldBoosts, LexicalDoc, LexicalFile
from semlens.core.lexical.index import LexicalIndex, tantivy_errors
from semlens.core.text.analyzer import code_terms

__all__ = ["FieldBoosts", "LexicalDoc", "LexicalFile", "LexicalIndex", "code_terms", "tantivy_errors"]
