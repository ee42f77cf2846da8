"""The change of one agent's file: its new text, its backup, its writing."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semlens.errors import FolderError, UsageError
from semlens.mcp.setup import jsonc, toml
from semlens.mcp.setup.clients import NAME, Client, Command
from semlens.process.spawn import command

BACKUP = ".before-semlens"
"""The ending of the name of a backup."""

SCRIPT = "SEMLENS_SCRIPT"
"""The variable in which the script that the editor puts in the PATH passes its own path."""

MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after. `after` is None for a file that is removed."""

    file: Path
    before: str | None
    after: str | None
    kept: bool = True
    """Whether what was there becomes the backup."""

    @property
    def needed(self) -> bool:
        return self.before != self.after

    def apply(self) -> Path | None:
        """Write the file whole or not at all, and return the backup of what it was, if one was made.

        Raises `FolderError`.
        """
        target = Path(os.path.realpath(self.file))  # a link stays one
        backup = _backup_of(target) if self.kept and self.before is not None else None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if backup is not None:
                shutil.copy2(target, backup)
            if self.after is None:
                target.unlink(missing_ok=True)
            else:
                _replace(target, self.after)
        except OSError as error:
            raise FolderError(f"{self.file} cannot be written: {error.strerror or error}.") from error
        return backup


def server_command(folders: Sequence[str]) -> Command:
    """The command that agents start; isolated, so that nothing in a project's folder is imported.

    An update moves the environment of the editor's extension, and its script in the PATH follows: so where
    that script was called, the agents get it.
    """
    script = os.environ.get(SCRIPT, "")
    if not (os.path.isabs(script) and os.path.isfile(script)):
        return command("semlens", "mcp", *folders)
    shell = ["cmd", "/c"] if os.name == "nt" else []
    return [*shell, script, "mcp", *folders]


def installed(client: Client, server: Command) -> Change:
    """The change that sets `client` up. Raises `FolderError`, and `UsageError` if its file makes no sense."""
    before = _read(client.file())
    with _Explained(client):
        if client.format == "yaml":
            after = _yaml(server)
        elif client.format == "toml":
            after = toml.with_table(before or "", ".".join((*client.section, NAME)), client.entry(server))
        else:
            after = jsonc.with_member(before or "", _path(client, before or ""), client.entry(server))
        return Change(client.file(), before, after, _is_kept(client, before))


def uninstalled(client: Client) -> Change:
    """The change that takes Semlens out of `client`'s file, with what is empty then and was not there before
    Semlens. Raises as `installed`.
    """
    before = _read(client.file())
    if before is None:
        return Change(client.file(), None, None)
    with _Explained(client):
        if not _names_semlens(client, before):
            return Change(client.file(), before, before)
        after = _taken_out(client, before, _earlier(client))
        # Nothing of the user's goes with a file that Semlens made. Continue's may have got more.
        kept = after is not None or client.format == "yaml"
        return Change(client.file(), before, after, kept and _is_kept(client, before))


def is_installed(client: Client) -> bool:
    """Whether the client's file names Semlens; False if it cannot be read."""
    try:
        return uninstalled(client).needed
    except (FolderError, UsageError):
        return False


def printed(server: Command) -> str:
    """An entry as most agents write it, for one that is not known here."""
    entry = {"mcpServers": {NAME: {"command": server[0], "args": list(server[1:])}}}
    return json.dumps(entry, indent=2, ensure_ascii=False)


def _taken_out(client: Client, text: str, earlier: str | None) -> str | None:
    """A file's text without Semlens; None if nothing else is left, and Semlens made the file.

    :param earlier: the text before Semlens, if it is known that there was one
    """
    if client.format == "yaml":
        return None  # the file is Semlens's alone
    if client.format == "toml":
        after = toml.without_table(text, ".".join((*client.section, NAME)))
        return after if earlier is not None or after.strip("\ufeff \t\r\n") else None
    path = _path(client, text)
    after = jsonc.without_member(text, path)
    for length in range(len(path) - 1, 0, -1):
        around = path[:length]
        if not jsonc.is_empty(after, around) or (earlier and jsonc.has_member(earlier, around)):
            return after
        after = jsonc.without_member(after, around)
    return after if earlier is not None or not jsonc.is_empty(after) else None


def _is_kept(client: Client, before: str | None) -> bool:
    """Whether a file's text becomes its backup: none with Semlens takes the place of one without it."""
    return before is None or not _names_semlens(client, before) or _earlier(client) is None


def _earlier(client: Client) -> str | None:
    """The text of the backup, if it is one without Semlens; also one that makes no sense is the user's."""
    try:
        text = _read(_backup_of(Path(os.path.realpath(client.file()))))
        return text if text is not None and not _names_semlens(client, text) else None
    except (FolderError, jsonc.NotJson):
        return ""


def _backup_of(target: Path) -> Path:
    return target.with_name(target.name + BACKUP)


def _names_semlens(client: Client, text: str) -> bool:
    """Whether a client's file has Semlens. Raises `jsonc.NotJson`."""
    if client.format == "yaml":
        return re.search(rf"\bname:[ \t]*[\"']?{NAME}[\"']?[ \t\r]*$", text, re.M) is not None
    if client.format == "toml":
        return toml.without_table(text, ".".join((*client.section, NAME))) != text
    return jsonc.has_member(text, _path(client, text))


class _Explained:
    """Says which file makes no sense."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (jsonc.NotJson, toml.NotToml)):
            client = self._client
            raise UsageError(
                f"{client.file()} is not the {client.format.upper()} that {client.title} needs ({error}): "
                "mend it, or add the server by hand."
            ) from error


def _path(client: Client, text: str) -> tuple[str, ...]:
    """The way to the entry. OpenCode 2 has its servers one level deeper."""
    if client.name == "opencode" and text and jsonc.has_member(text, (*client.section, "servers")):
        return (*client.section, "servers", NAME)
    return (*client.section, NAME)


def _yaml(server: Command) -> str:
    """A block of Continue; JSON's strings are YAML's."""
    lines = [
        "name: Semlens",
        "version: 0.0.1",
        "schema: v1",
        "mcpServers:",
        f"  - name: {NAME}",
        f"    command: {json.dumps(server[0], ensure_ascii=False)}",
        "    args:",
        *(f"      - {json.dumps(argument, ensure_ascii=False)}" for argument in server[1:]),
    ]
    return "\n".join(lines) + "\n"


def _read(file: Path) -> str | None:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise FolderError(f"{file} is too large to be a configuration.")
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FolderError(f"{file} is not UTF-8.") from error
    except OSError as error:
        raise FolderError(f"{file} cannot be read: {error.strerror or error}.") from error


def _replace(target: Path, text: str) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(partial, mode)
        os.replace(partial, target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
