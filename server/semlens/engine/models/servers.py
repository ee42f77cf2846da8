"""The embedding servers that the user has joined, and their tokens, which are kept in memory alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.net.http import LIMITS, Limits
from semlens.core.served.identity import PROBES, identity_of, same_model
from semlens.core.served.model import Place, ServedModel, document_limit, parse_place
from semlens.core.served.prompts import Prompts, known_prompts
from semlens.core.served.server import ModelServer, look_at
from semlens.engine.models.server_records import read_servers, write_servers
from semlens.errors import ModelError, UsageError
from semlens.protocol.served import TOKEN_VARIABLE

DEFAULT_WINDOW = 512
"""Of a model whose server does not tell: hardly an embedding model sees less."""
_SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a user wants a server's model to be used; None and 0 for what is known of it."""

    query_prompt: str | None = None
    document_prompt: str | None = None
    window: int = 0
    token_variable: str = ""


class ModelServers:
    """The servers that the user has joined. Safe for many threads."""

    def __init__(self, data_dir: Path, limits: Limits = LIMITS) -> None:
        self._data_dir = data_dir
        self._limits = limits
        self._guard = threading.Lock()
        self._tokens: dict[str, str] = {}

    def tell(self, tokens: Mapping[str, str]) -> bool:
        """Keep tokens, by the variables of the environment that have them; whether any is new."""
        told = {name: token for name, token in tokens.items() if _is_token_variable(name) and token}
        with self._guard:
            new = any(self._tokens.get(name) != token for name, token in told.items())
            self._tokens.update(told)
        return new

    def joined(self) -> list[ServedModel]:
        """The models to whose servers the user has agreed."""
        return read_servers(self._data_dir)

    def find(self, setting: str) -> ServedModel:
        """The joined model that a setting names. Raises `ModelError`."""
        try:
            place = parse_place(setting)
        except UsageError as error:
            raise ModelError(str(error)) from None
        found = next((one for one in self.joined() if one.place == place), None)
        if found is None:
            raise ModelError(_not_agreed(place))
        return found

    def connect(self, model: ServedModel) -> ModelServer:
        """The server of a model. Raises `ModelError` if it may not be asked, or not without a token."""
        if all(one.place != model.place for one in self.joined()):
            raise ModelError(_not_agreed(model.place))
        return ModelServer(model.place, model.dialect, self._token(model), self._limits)

    def join(self, place: Place, wishes: Wishes) -> ServedModel:
        """Ask a server about its model, and remember it: the user has agreed.

        :raises UsageError: the server has several models, and none was named
        :raises ModelError: it cannot be reached, or cannot embed
        """
        token = self._wanted_token(wishes.token_variable)
        offer = look_at(place, token, self._limits)
        if not place.model:
            place = replace(place, model=_only_model(place, offer.models))
        server = ModelServer(place, offer.dialect, token, self._limits)
        try:
            probes = server.embed(PROBES)
        finally:
            server.close()
        prompts = _prompts(place.model, wishes)
        window = wishes.window or offer.windows.get(place.model, 0) or DEFAULT_WINDOW
        model = ServedModel(
            place=place,
            dialect=offer.dialect,
            dim=probes.shape[1],
            window=window,
            limit=document_limit(window, prompts.document),
            prompts=prompts,
            batch=offer.batch,
            token_variable=wishes.token_variable,
            identity=self._identity(place.model, probes),
            probes=probes.astype(np.float16),
        )
        self._keep(model)
        return model

    def other_model(self, model: ServedModel, probes: NDArray[np.float32]) -> ServedModel:
        """Remember that another model answers in place of `model`. Raises `ModelError` if it was left."""
        if all(one.place != model.place for one in self.joined()):
            raise ModelError(_not_agreed(model.place))
        changed = replace(
            model,
            dim=probes.shape[1],
            identity=self._identity(model.name, probes),
            probes=probes.astype(np.float16),
        )
        self._keep(changed)
        return changed

    def leave(self, place: Place) -> list[ServedModel]:
        """Forget a model, or all of a server's if `place` names none; what was forgotten."""
        with self._guard:
            before = self.joined()
            gone = [
                one for one in before if one.place.url == place.url and place.model in ("", one.place.model)
            ]
            if gone:
                write_servers(self._data_dir, [one for one in before if one not in gone])
            return gone

    def _wanted_token(self, variable: str) -> str:
        if variable and not _is_token_variable(variable):
            raise UsageError(f"The variable of a token must be {TOKEN_VARIABLE}, or begin with it and _.")
        with self._guard:
            token = self._tokens.get(variable, "")
        if variable and not token:
            raise UsageError(f"There is no token in {variable}: set it, or name another variable.")
        return token

    def _token(self, model: ServedModel) -> str:
        if not model.token_variable:
            return ""
        with self._guard:
            token = self._tokens.get(model.token_variable, "")
        if not token:
            raise ModelError(
                f"The token of the model server {model.place.host} is not known: set {model.token_variable}."
            )
        return token

    def _identity(self, name: str, probes: NDArray[np.float32]) -> str:
        """The name by which the model is known already, at whatever server, or a new one."""
        namesakes = [one for one in self.joined() if one.name == name]
        for one in namesakes:
            if same_model(one.probes, probes):
                return one.identity
        return identity_of(probes, taken={one.identity for one in namesakes})

    def _keep(self, model: ServedModel) -> None:
        with self._guard:
            others = [one for one in self.joined() if one.place != model.place]
            write_servers(self._data_dir, [*others, model])


def _not_agreed(place: Place) -> str:
    return (
        f"No code is sent to {place.host}, as you have not agreed to it: semlens models join {place.setting}"
    )


def _is_token_variable(name: str) -> bool:
    return name == TOKEN_VARIABLE or name.startswith(f"{TOKEN_VARIABLE}_")


def _only_model(place: Place, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    shown = [name for name in names if name.isprintable()][:_SHOWN_NAMES]
    has = f" It has {', '.join(shown)}." if shown else ""
    raise UsageError(f"Say which model of {place.host} to use: {place.url}#MODEL.{has}")


def _prompts(model: str, wishes: Wishes) -> Prompts:
    known = known_prompts(model)
    query, document = wishes.query_prompt, wishes.document_prompt
    return Prompts(known.query if query is None else query, known.document if document is None else document)
