"""What the environment says of the team, for terminals and for continuous integration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import get_args

from semlens.protocol.team import Access, UseTeam

PREFIX = "SEMLENS_TEAM_"

_FIELDS = {
    "URL": "url",
    "TENANT": "tenant",
    "DATABASE": "database",
    "HEADER": "header",
    "CA": "ca_file",
    "TOKEN": "token",
    "SECRET": "secret",
}
"""The end of a variable's name → the field that it fills."""


def team_of_environment(environment: Mapping[str, str] = os.environ) -> UseTeam | None:
    """What the variables say; None if they say nothing. An access that there is not counts as not said."""
    said = {name: environment.get(PREFIX + end, "").strip() for end, name in _FIELDS.items()}
    access = environment.get(PREFIX + "ACCESS", "")
    if said["ca_file"]:
        said["ca_file"] = os.path.abspath(said["ca_file"])
    known = next((one for one in get_args(Access) if one == access), None)
    return UseTeam(access=known, **said) if known or any(said.values()) else None
