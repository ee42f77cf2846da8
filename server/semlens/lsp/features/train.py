"""Train a model on a folder of the workspace, and see how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.train import ActOnTraining, GetTraining, StartTraining

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

SECONDS = 90.0
"""The most time for a last step and its checkpoint, when a training is paused."""


async def start(ls: Session, params: protocol.StartTrainingParams) -> protocol.TrainingStatus:
    """Begin to train. Raises `SemlensError`."""
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    request = StartTraining(asked.folder.real_path, params.kind, minutes=params.minutes)
    return await ask_engine(ls.engine, request, SECONDS)


async def training(ls: Session, params: protocol.TrainingParams) -> protocol.TrainingStatus:
    """How the training is. Raises `SemlensError`."""
    return await ask_engine(ls.engine, GetTraining(), SECONDS)


async def act(ls: Session, params: protocol.ActOnTrainingParams) -> protocol.TrainingStatus:
    """Do what the user wants of the training. Raises `SemlensError`."""
    return await ask_engine(ls.engine, ActOnTraining(params.act, params.anyway), SECONDS)
