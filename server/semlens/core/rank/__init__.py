"""Order candidates: fuse the tiers, then weigh what is known about code."""

from semlens.core.rank.candidate import Candidates, Ranked
from semlens.core.rank.ranking import begin_ranking, rank

__all__ = ["Candidates", "Ranked", "begin_ranking", "rank"]
