"""Where each agent keeps its servers, and how it writes an entry, as documented in November 2026."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from semlens.errors import UsageError

NAME = "semlens"
"""The name of the server in every file."""

Command = Sequence[str]
"""The program that is the server, and its arguments."""


@dataclass(frozen=True, slots=True)
class Client:
    """An agent."""

    name: str
    title: str
    file: Callable[[], Path]
    """Its file for this user."""
    format: Literal["json", "toml", "yaml"]
    section: tuple[str, ...]
    """The names on the way to its servers."""
    entry: Callable[[Command], dict[str, Any]]
    """The server as it is written there."""
    hint: str = ""
    """What the user has to know besides."""
    in_no_folder: bool = False
    """Whether it works in no folder, so that its entry must name one."""


def client_named(name: str) -> Client:
    """Raises `UsageError` for a name that there is not."""
    for client in CLIENTS:
        if client.name == name:
            return client
    raise UsageError(f"There is no {name!r}; choose one of {', '.join(one.name for one in CLIENTS)}.")


def _plain(command: Command) -> dict[str, Any]:
    return {"command": command[0], "args": list(command[1:])}


def _stdio(command: Command) -> dict[str, Any]:
    return {"type": "stdio", **_plain(command)}


def _zed(command: Command) -> dict[str, Any]:
    return {"source": "custom", **_plain(command), "env": {}}


def _opencode(command: Command) -> dict[str, Any]:
    return {"type": "local", "command": list(command), "enabled": True}


def _copilot(command: Command) -> dict[str, Any]:
    return {"type": "local", **_plain(command), "tools": ["*"]}


def home(*parts: str) -> Callable[[], Path]:
    """A path below the user's home folder."""
    return lambda: Path.home().joinpath(*parts)


def application(*parts: str, linux: tuple[str, ...] = ()) -> Callable[[], Path]:
    """A path below the folder in which applications keep their settings; `linux` if it differs there."""

    def path() -> Path:
        if sys.platform == "win32":
            return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming").joinpath(*parts)
        if sys.platform == "darwin":
            return (Path.home() / "Library" / "Application Support").joinpath(*parts)
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        return base.joinpath(*(linux or parts))

    return path


def _zed_settings() -> Path:
    if sys.platform == "darwin":
        return Path.home() / ".config" / "zed" / "settings.json"
    return application("Zed", "settings.json", linux=("zed", "settings.json"))()


def _opencode_config() -> Path:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "opencode"
    with_comments = folder / "opencode.jsonc"
    return with_comments if with_comments.exists() else folder / "opencode.json"


def _codex_config() -> Path:
    return Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex") / "config.toml"


_RESTART = "Restart it to load the server."
_CLINE = ("saoudrizwan.claude-dev", "settings", "cline_mcp_settings.json")
_ROO = ("rooveterinaryinc.roo-cline", "settings", "mcp_settings.json")
_STORAGE = ("Code", "User", "globalStorage")

CLIENTS: tuple[Client, ...] = (
    Client("claude-code", "Claude Code", home(".claude.json"), "json", ("mcpServers",), _stdio, _RESTART),
    Client(
        "claude-desktop", "Claude Desktop", application("Claude", "claude_desktop_config.json"),
        "json", ("mcpServers",), _plain, _RESTART, in_no_folder=True,
    ),
    Client("cursor", "Cursor", home(".cursor", "mcp.json"), "json", ("mcpServers",), _stdio),
    Client(
        "vscode", "VS Code", application("Code", "User", "mcp.json"), "json", ("servers",), _stdio,
        "With the Semlens extension, VS Code has its tools already: then leave this out.",
    ),
    Client(
        "windsurf", "Windsurf", home(".codeium", "windsurf", "mcp_config.json"), "json", ("mcpServers",),
        _plain, _RESTART,
    ),
    Client("zed", "Zed", _zed_settings, "json", ("context_servers",), _zed),
    Client("codex", "Codex", _codex_config, "toml", ("mcp_servers",), _plain, _RESTART),
    Client("gemini", "Gemini CLI", home(".gemini", "settings.json"), "json", ("mcpServers",), _plain),
    Client("opencode", "OpenCode", _opencode_config, "json", ("mcp",), _opencode, _RESTART),
    Client("continue", "Continue", home(".continue", "mcpServers", "semlens.yaml"), "yaml", (), _plain),
    Client("cline", "Cline in VS Code", application(*_STORAGE, *_CLINE), "json", ("mcpServers",), _plain),
    Client(
        "cline-cli", "Cline CLI", home(".cline", "data", "settings", "cline_mcp_settings.json"), "json",
        ("mcpServers",), _plain,
    ),
    Client("roo", "Roo Code", application(*_STORAGE, *_ROO), "json", ("mcpServers",), _plain),
    Client("copilot", "Copilot CLI", home(".copilot", "mcp-config.json"), "json", ("mcpServers",), _copilot),
    Client("kiro", "Kiro", home(".kiro", "settings", "mcp.json"), "json", ("mcpServers",), _plain),
    Client("qwen", "Qwen Code", home(".qwen", "settings.json"), "json", ("mcpServers",), _plain, _RESTART),
)  # fmt: skip
"""Every agent that can be set up."""
