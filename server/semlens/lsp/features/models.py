"""The models that are installed or were used: seen, checked and removed in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.models import EstimateModel, ListModels, RemoveModels, VerifyModel

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

SECONDS = 60.0
"""The most time to read all of a model's files on a slow disk."""

TRIAL_SECONDS = 180.0
"""The most time for a model to load and to read a sample, on a busy machine."""


async def models(ls: Session, params: protocol.ModelsParams) -> protocol.ModelsResult:
    """Every model. Raises `SemlensError`."""
    return await ask_engine(ls.engine, ListModels(), SECONDS)


async def verify(ls: Session, params: protocol.VerifyModelParams) -> protocol.VerifyModelResult:
    """Whether a model's files are what they were. Raises `SemlensError`."""
    return await ask_engine(ls.engine, VerifyModel(params.fingerprint), SECONDS)


async def remove(ls: Session, params: protocol.RemoveModelParams) -> protocol.RemoveModelResult:
    """Delete what was made with a model. Raises `UsageError` if the model is wanted, and `SemlensError`."""
    answer = await ask_engine(ls.engine, RemoveModels([params.fingerprint]), SECONDS)
    return protocol.RemoveModelResult(answer.freed_bytes)


async def estimate(ls: Session, params: protocol.EstimateModelParams) -> protocol.EstimateModelResult:
    """What it would take to use a model in all open folders. Raises `SemlensError`."""
    folders = await ls.attachments.ready(ls.protocol, None)
    parts = [
        await ask_engine(
            ls.engine, EstimateModel(folder.real_path, params.model, params.second), TRIAL_SECONDS
        )
        for folder in folders
    ]
    return protocol.EstimateModelResult(
        texts=sum(one.texts for one in parts),
        unread=sum(one.unread for one in parts),
        seconds=sum(one.seconds for one in parts),
        disk_bytes=sum(one.disk_bytes for one in parts),
    )
