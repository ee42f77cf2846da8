"""Every custom request of the language server, and what it sends by itself."""

from __future__ import annotations

from semlens.protocol.editor.bench import BenchParams, BenchResult
from semlens.protocol.editor.compare import CompareParams, CompareResult
from semlens.protocol.editor.context import ContextParams, ContextResult, PackParams, PackResult
from semlens.protocol.editor.duplicates import DuplicatesParams, DuplicatesResult
from semlens.protocol.editor.excerpts import ExcerptsParams, ExcerptsResult
from semlens.protocol.editor.forgetting import (
    ForgetParams,
    ForgetResult,
    KeptFoldersParams,
    KeptFoldersResult,
)
from semlens.protocol.editor.indexing import (
    FolderStatus,
    LeftOutParams,
    LeftOutResult,
    PauseParams,
    PauseResult,
    ReindexParams,
    Report,
    SplitCodeParams,
    SplitCodeResult,
    StatusParams,
    StatusResult,
    WhyParams,
    WhyResult,
)
from semlens.protocol.editor.learn import (
    NetworksParams,
    NetworksResult,
    SpeedParams,
    SpeedResult,
    WordInContextParams,
    WordInContextResult,
)
from semlens.protocol.editor.map import MapParams, MapResult, NearParams, NearResult
from semlens.protocol.editor.models import (
    EstimateModelParams,
    EstimateModelResult,
    ModelsParams,
    ModelsResult,
    RemoveModelParams,
    RemoveModelResult,
    VerifyModelParams,
    VerifyModelResult,
)
from semlens.protocol.editor.search import (
    CompleteParams,
    CompleteResult,
    SearchParams,
    SearchResult,
    SimilarParams,
)
from semlens.protocol.editor.team import TeamParams, TeamResult, TeamSearchParams, TeamSearchResult
from semlens.protocol.editor.tokens import (
    CostParams,
    CostResult,
    CountParams,
    CountResult,
    DefinitionsParams,
    DefinitionsResult,
    HoverParams,
    HoverResult,
    ShowTokensParams,
    ShowTokensResult,
    TokenizersParams,
    TokenizersResult,
    TokensParams,
    TokensResult,
)
from semlens.protocol.editor.train import (
    ActOnTrainingParams,
    StartTrainingParams,
    TrainingParams,
    TrainingStatus,
)

REQUESTS: dict[str, tuple[type, type]] = {
    "semlens/search": (SearchParams, SearchResult),
    "semlens/similar": (SimilarParams, SearchResult),
    "semlens/compare": (CompareParams, CompareResult),
    "semlens/complete": (CompleteParams, CompleteResult),
    "semlens/duplicates": (DuplicatesParams, DuplicatesResult),
    "semlens/excerpts": (ExcerptsParams, ExcerptsResult),
    "semlens/pack": (PackParams, PackResult),
    "semlens/context": (ContextParams, ContextResult),
    "semlens/reindex": (ReindexParams, Report),
    "semlens/keptFolders": (KeptFoldersParams, KeptFoldersResult),
    "semlens/forget": (ForgetParams, ForgetResult),
    "semlens/status": (StatusParams, StatusResult),
    "semlens/tokens": (TokensParams, TokensResult),
    "semlens/showTokens": (ShowTokensParams, ShowTokensResult),
    "semlens/cost": (CostParams, CostResult),
    "semlens/map": (MapParams, MapResult),
    "semlens/mapNear": (NearParams, NearResult),
    "semlens/count": (CountParams, CountResult),
    "semlens/definitions": (DefinitionsParams, DefinitionsResult),
    "semlens/hover": (HoverParams, HoverResult),
    "semlens/tokenizers": (TokenizersParams, TokenizersResult),
    "semlens/why": (WhyParams, WhyResult),
    "semlens/leftOut": (LeftOutParams, LeftOutResult),
    "semlens/splitCode": (SplitCodeParams, SplitCodeResult),
    "semlens/team": (TeamParams, TeamResult),
    "semlens/teamSearch": (TeamSearchParams, TeamSearchResult),
    "semlens/pause": (PauseParams, PauseResult),
    "semlens/models": (ModelsParams, ModelsResult),
    "semlens/estimateModel": (EstimateModelParams, EstimateModelResult),
    "semlens/verifyModel": (VerifyModelParams, VerifyModelResult),
    "semlens/removeModel": (RemoveModelParams, RemoveModelResult),
    "semlens/bench": (BenchParams, BenchResult),
    "semlens/startTraining": (StartTrainingParams, TrainingStatus),
    "semlens/training": (TrainingParams, TrainingStatus),
    "semlens/actOnTraining": (ActOnTrainingParams, TrainingStatus),
    "semlens/networks": (NetworksParams, NetworksResult),
    "semlens/speed": (SpeedParams, SpeedResult),
    "semlens/wordInContext": (WordInContextParams, WordInContextResult),
}
"""Method → (params, result)."""

NOTIFICATIONS: dict[str, type] = {"semlens/statusChanged": FolderStatus}
"""Method → params, server to client."""
