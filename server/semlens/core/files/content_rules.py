"""Rules that read the text of a file: what keeps it out of the index although its name does not."""

from __future__ import annotations

from semlens.core.files.data_files import data_format
from semlens.core.files.generated import generated_banner
from semlens.core.files.long_lines import is_minified
from semlens.core.files.permission import Permission
from semlens.core.files.private_keys import holds_private_key
from semlens.core.files.secret_values import holds_secrets
from semlens.types import RelativePath, Skipped

PRIVATE_KEY = "holds a private key"

REFUSALS_VERSION = 6
"""Raise it when `content_refusal` changes: every index then reads its refused files again."""


def content_refusal(
    path: RelativePath, text: str, permission: Permission = Permission.NONE
) -> Skipped | None:
    """Why a file with this text does not belong to the index, or None. Nothing lets in a private key."""
    if holds_private_key(path, text):
        return Skipped(path, PRIVATE_KEY)
    pattern = holds_secrets(path, text) if permission < Permission.NAME else None
    if pattern:
        return Skipped(path, "has a name under which secrets are kept, and values that may be some", pattern)
    if permission:
        return None
    kind = data_format(path, text)
    if kind:
        return Skipped(path, f"is data, not source: a {kind}")
    if is_minified(path, text):
        return Skipped(path, "is minified: it holds nothing but very long lines")
    banner = generated_banner(path, text)
    if banner:
        return Skipped(path, "says in its first comment that it is generated", banner.text, path, banner.line)
    return None
