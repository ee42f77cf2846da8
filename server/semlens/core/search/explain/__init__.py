"""Say in sentences why a hit is where it is, and why nothing matches. Pure but for `facts_of`."""

from semlens.core.search.explain.hit import explained, tier_opinions
from semlens.core.search.explain.shortfall import FolderFacts, facts_of, shortfall
from semlens.core.search.explain.words import word_places

__all__ = ["FolderFacts", "explained", "facts_of", "shortfall", "tier_opinions", "word_places"]
