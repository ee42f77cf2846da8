"""Order candidates: fuse the tiers, then weigh what is known about code."""

from semlens.core.search.ranking.candidate import Candidates, Ranked
from semlens.core.search.ranking.ranker import begin_ranking, rank

__all__ = ["Candidates", "Ranked", "begin_ranking", "rank"]
