"""The engine's requests about embedding servers: models that another program runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import field, frozen

from semlens.protocol.request import Request, Requests

TOKEN_VARIABLE = "SEMLENS_MODEL_TOKEN"
"""The environment variable of a server's token; others begin with this and an underscore."""

ServerDialect = Literal["openai", "tei"]


@frozen
class ModelServerInfo:
    """A model at a server to which the user has agreed to send code."""

    setting: str
    """What the setting `semlens.model` calls it."""
    host: str
    model: str
    dialect: ServerDialect
    dimension: int
    window: int
    """The most tokens that it sees."""
    limit: int
    """The most tokens of a document that are sent."""
    query_prompt: str
    document_prompt: str
    token_variable: str
    """The environment variable with its token; empty for none."""
    message: str | None = None
    """A sentence that says why it cannot be used."""


@frozen
class JoinModelServer(Request[ModelServerInfo]):
    """Remember a server's model, and that the user has agreed to what is sent to its host. Asks it."""

    method: ClassVar[str] = "join_model_server"
    place: str
    """`URL#MODEL`, or the URL of a server that has one model."""
    query_prompt: str | None = None
    """What stands before a question; None for what the model is known to want."""
    document_prompt: str | None = None
    window: int = 0
    """The most tokens that the model sees; 0 for what the server says."""
    token_variable: str = ""


@frozen
class LeaveModelServerAnswer:
    left: list[ModelServerInfo]


@frozen
class LeaveModelServer(Request[LeaveModelServerAnswer]):
    """Forget a server's model, or all of a server's, and that the user has agreed. Its vectors stay."""

    method: ClassVar[str] = "leave_model_server"
    place: str


@frozen
class ModelServersAnswer:
    servers: list[ModelServerInfo]


@frozen
class ListModelServers(Request[ModelServersAnswer]):
    """The servers that the user has joined."""

    method: ClassVar[str] = "list_model_servers"
    probe: bool = False
    """Ask each now, whether it has the same model."""


@frozen
class TellModelTokens(Request[None]):
    """The tokens of a client's environment, which are kept in memory alone."""

    method: ClassVar[str] = "tell_model_tokens"
    tokens: Mapping[str, str] = field(factory=dict, repr=False)
    """Variable → token."""


@frozen
class UseModelAnswer:
    message: str | None


@frozen
class UseModel(Request[UseModelAnswer]):
    """Change the model of a folder, or its second model; its other settings stay."""

    method: ClassVar[str] = "use_model"
    folder: str
    model: str
    """Empty for no second model."""
    second: bool = False


SERVED_REQUESTS: Requests = {
    kind.method: kind
    for kind in (JoinModelServer, LeaveModelServer, ListModelServers, TellModelTokens, UseModel)
}
"""Method → request."""
