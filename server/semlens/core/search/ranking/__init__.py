"""Order candidates: fuse the tiers, then add what is known of names, files and folders."""

from semlens.core.search.ranking.inputs import Candidates, RankingContext
from semlens.core.search.ranking.pictures import with_pictures
from semlens.core.search.ranking.ranker import prepare_ranking, rank, saturated
from semlens.core.search.ranking.score_table import Ranked

__all__ = [
    "Candidates",
    "Ranked",
    "RankingContext",
    "prepare_ranking",
    "rank",
    "saturated",
    "with_pictures",
]
