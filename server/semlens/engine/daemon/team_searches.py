"""The file that says of which folders the questions go to the team's server, and how a repository is told."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from semlens.core.files.git.remote import remote_address
from semlens.core.team.link import Searched
from semlens.errors import FolderError, UsageError
from semlens.private_files import discard, read_small, write_private
from semlens.process.git import Git
from semlens.protocol.json import json_bytes, json_value

SEARCH_CONSENT_VERSION = 1
"""Version of what is sent of such a folder. If more is sent one day, the user is asked again."""

_FILE = "team-search.json"

_UNKNOWN = (
    "{0} has no remote address and no whole history that tell its repository from others: name it, for the "
    "whole team alike, with semlens team search on --repository NAME."
)


@dataclass(frozen=True, slots=True)
class SearchConsent:
    """That the user has agreed to have one folder searched at a server."""

    folder: str
    repository: str
    origin: str
    """The server's scheme, host and port."""
    gives: bool = False
    consent: int = SEARCH_CONSENT_VERSION


def searched_folders(data_dir: Path, origin: str) -> Mapping[Path, Searched]:
    """The folders that the user has agreed to have searched at the server of `origin`, by their root."""
    return {
        Path(one.folder): Searched(one.repository, one.gives)
        for one in _read(data_dir)
        if one.origin == origin and one.consent == SEARCH_CONSENT_VERSION
    }


def has_consent(data_dir: Path, folder: Path) -> bool:
    """Whether the user has agreed to have a folder searched at any server."""
    return any(one.folder == str(folder) for one in _read(data_dir))


def remember_search(data_dir: Path, consent: SearchConsent) -> None:
    """Keep a consent, in place of the folder's other one. Raises `StorageError`."""
    others = [one for one in _read(data_dir) if one.folder != consent.folder]
    _write(data_dir, [*others, consent])


def forget_search(data_dir: Path, folder: Path | None = None) -> None:
    """Forget the consent of one folder, or of all. Raises `StorageError`."""
    if folder is None:
        discard(data_dir / _FILE)
    else:
        _write(data_dir, [one for one in _read(data_dir) if one.folder != str(folder)])


def repository_of(root: Path, name: str = "") -> str:
    """What tells the repository of `root` from others, for everybody: its remote address or first commit.

    :param name: what the team calls it, if the user says so
    :raises UsageError: nothing tells it
    """
    if name:
        return f"name {name}"
    address = remote_address(root)
    if address is not None:
        return f"remote {address}"
    with suppress(FolderError):
        git = Git(root)
        if git.ask("rev-parse", "--is-shallow-repository").strip() == b"false":
            first = min(git.ask("rev-list", "--max-parents=0", "HEAD").split())
            return f"root {first.decode('ascii')}"
    raise UsageError(_UNKNOWN.format(root))


def _read(data_dir: Path) -> list[SearchConsent]:
    """Every consent; none if the file is damaged."""
    known = {one.name for one in fields(SearchConsent)}
    with suppress(OSError, ValueError, TypeError, AttributeError):
        kept = [
            SearchConsent(**{name: value for name, value in one.items() if name in known})
            for one in json_value(read_small(data_dir / _FILE))
        ]
        plain = SearchConsent("", "", "")
        if all(isinstance(getattr(one, name), type(getattr(plain, name))) for one in kept for name in known):
            return kept
    return []


def _write(data_dir: Path, consents: list[SearchConsent]) -> None:
    write_private(data_dir / _FILE, json_bytes([asdict(one) for one in consents]))
