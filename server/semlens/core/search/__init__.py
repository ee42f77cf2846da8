"""From a query to hits: candidates of every tier, ranked, located on disk and without duplicates."""

from semlens.core.search.first_reader import FirstReader
from semlens.core.search.helpers import Helpers
from semlens.core.search.options import SearchOptions
from semlens.core.search.searcher import Searcher

__all__ = ["FirstReader", "Helpers", "SearchOptions", "Searcher"]
