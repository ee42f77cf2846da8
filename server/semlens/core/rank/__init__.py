"""Order candidates: fuse the tiers, then weigh what is known about code."""

from semlens.core.rank.candidate import Candidate, Ranked
from semlens.core.rank.ranking import rank

__all__ = ["Candidate", "Ranked", "rank"]
