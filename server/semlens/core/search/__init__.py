"""From a question to hits: candidates of every tier, fused and ranked."""

from semlens.core.search.searcher import Place, Search, search, similar

__all__ = ["Place", "Search", "search", "similar"]
