"""Which texts of an answer people read in the editor: they are translated, all others stay as they are."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import attrs
from lsprotocol import types as lsp

from semlens.protocol import editor

SHOWN: Final[Mapping[type, tuple[str, ...]]] = {
    editor.Completion: ("detail",),
    editor.Effect: ("text",),
    editor.Explanation: ("summary",),
    editor.FolderStatus: ("message",),
    editor.ForgetResult: ("problems",),
    editor.LeftOutCount: ("reason",),
    editor.LeftOutFile: ("reason",),
    editor.MapResult: ("kind_list",),
    editor.ModelStatus: ("message",),
    editor.NamedTokenizer: ("models",),
    editor.Notice: ("text",),
    editor.StatusResult: ("team",),
    editor.TeamResult: ("consent", "lines", "message"),
    editor.TeamSearchResult: ("consent", "consent_of_giving", "message"),
    editor.Report: ("problems",),
    editor.Shortfall: ("searched", "progress", "advice"),
    editor.TierOpinion: ("text",),
    editor.TokenCount: ("problem",),
    editor.TokenView: ("strategy", "lesson", "problem"),
    editor.TrainingStatus: ("message",),
    editor.VerifyModelResult: ("problem",),
    editor.WhyResult: ("reason", "remedy"),
    lsp.ShowMessageParams: ("message",),
}
"""The fields of each class."""

Say = Callable[[str], str]


def shown(value: Any, say: Say) -> Any:
    """`value` with all texts that people read as `say` says them. What holds none is not looked into."""
    if isinstance(value, list):
        if value and isinstance(value[0], str):
            return [say(item) for item in value]
        return [shown(item, say) for item in value] if value and _fields(_class_of(value[0])) else value
    changed: dict[str, Any] = {}
    own = SHOWN.get(type(value), ())
    for name in _fields(_class_of(value)):
        inner = getattr(value, name)
        changed[name] = _said(inner, say) if name in own else shown(inner, say)
    return attrs.evolve(value, **changed) if changed else value


def _said(value: Any, say: Say) -> Any:
    if isinstance(value, list):
        return [say(text) for text in value]
    return say(value) if isinstance(value, str) else value


def _class_of(value: object) -> object:
    return type(value)


@cache
def _fields(kind: object) -> tuple[str, ...]:
    """The fields of a class with texts that people read, in themselves or below."""
    own = SHOWN.get(kind, ()) if isinstance(kind, type) else ()
    if not isinstance(kind, type) or not attrs.has(kind) or kind.__module__.startswith("lsprotocol"):
        return own
    hints = typing.get_type_hints(kind)
    below = (name for name, hint in hints.items() if any(map(_fields, _classes(hint))))
    return (*own, *below)


def _classes(hint: Any) -> list[object]:
    """The classes of the protocol in a type."""
    inner = [one for argument in typing.get_args(hint) for one in _classes(argument)]
    return [hint, *inner] if attrs.has(hint) else inner
