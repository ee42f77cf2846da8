"""Full-text search of chunks."""

from semlens.core.lexical.documents import FieldBoosts, LexicalDoc, LexicalFile
from semlens.core.lexical.index import LexicalIndex
from semlens.core.lexical.reading import tantivy_errors

__all__ = ["FieldBoosts", "LexicalDoc", "LexicalFile", "LexicalIndex", "tantivy_errors"]
