"""The tokens of embedding servers that a client's environment has."""

from __future__ import annotations

import os
from collections.abc import Mapping

from semlens.protocol.served import TOKEN_VARIABLE, TellModelTokens


def tokens_of_environment(environment: Mapping[str, str] = os.environ) -> TellModelTokens | None:
    """What the variables hold; None if there are none."""
    found = {
        name: value.strip()
        for name, value in environment.items()
        if (name == TOKEN_VARIABLE or name.startswith(f"{TOKEN_VARIABLE}_")) and value.strip()
    }
    return TellModelTokens(found) if found else None
