"""What is used of the official SDK: its low-level server, its transports, its types.

`import mcp` loads the SDK's client, an HTTP client and OAuth with it: 12 MB in each process, of which there
is one for each agent (mcp 2.3.0). So the packages around the server's modules are made here, without what
their `__init__` imports.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType

from semlens.errors import EngineError

_SHELLS = ("mcp", "mcp.server")


def _make_shells() -> None:
    """Packages that find their modules, but import none."""
    path = sys.path
    for name in _SHELLS:
        if name in sys.modules:  # a process that imported the SDK itself
            path = list(sys.modules[name].__path__)
            continue
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.submodule_search_locations is None:
            raise EngineError("The package mcp is missing; install Semlens again.")
        shell = ModuleType(name)
        path = shell.__path__ = list(spec.submodule_search_locations)
        shell.__spec__ = spec
        sys.modules[name] = shell


_make_shells()

import mcp_types as types  # noqa: E402
from mcp.server.context import ServerRequestContext  # noqa: E402
from mcp.server.lowlevel.server import Server  # noqa: E402
from mcp.server.stdio import stdio_server  # noqa: E402
from mcp.server.transport_security import TransportSecuritySettings  # noqa: E402
from mcp.shared.message import SessionMessage  # noqa: E402

__all__ = [
    "Server",
    "ServerRequestContext",
    "SessionMessage",
    "TransportSecuritySettings",
    "stdio_server",
    "types",
]
