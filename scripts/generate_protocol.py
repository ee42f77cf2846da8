"""Write extension/src/protocol.ts from the modules of server/semlens/protocol/editor.

It parses the Python files instead of importing it, so that it needs no packages. With `--check` it only fails
if protocol.ts is out of date.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "server" / "semlens" / "protocol" / "editor"
TARGET = ROOT / "extension" / "src" / "protocol.ts"

HEADER = """\
/**
 * Every custom message of the language server.
 *
 * Generated from server/semlens/protocol/editor by scripts/generate_protocol.py: do not edit.
 */

import { notification, request } from './server/message';
"""

_PLAIN = {
    "str": "string",
    "Fingerprint": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "None": "null",
}


@dataclass(frozen=True)
class Member:
    """One field of a message."""

    name: str
    annotation: ast.expr
    default: ast.expr | None
    docstring: str | None


@dataclass(frozen=True)
class Message:
    """One class of the protocol."""

    name: str
    members: list[Member]
    sent: bool
    """Whether the client sends the message: it may leave out the fields with a default."""


def source() -> str:
    """The text of all modules of protocol/editor, that of the requests last."""
    modules = sorted(SOURCES.glob("*.py"), key=lambda path: (path.stem == "requests", path.stem))
    return "\n".join(path.read_text(encoding="utf-8") for path in modules if path.stem != "__init__")


def generate(source: str) -> str:
    """The text of protocol.ts for that of the modules of protocol/editor."""
    module = ast.parse(source)
    requests = _table(module, "REQUESTS")
    notifications = _table(module, "NOTIFICATIONS")
    sent = {_names(value)[0] for value in requests.values()}
    parts = [HEADER]
    for statement in module.body:
        if isinstance(statement, ast.Assign) and _is_literal(statement.value):
            parts.append(f"export type {_target(statement)} = {_type(statement.value)};\n")
        elif isinstance(statement, ast.ClassDef):
            message = Message(statement.name, list(_members(statement)), statement.name in sent)
            parts.append(_interface(message))
    parts += [_request(method, *_names(value)) for method, value in requests.items()]
    parts += [_notification(method, *_names(value)) for method, value in notifications.items()]
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    wanted = generate(source())
    if "--check" not in arguments:
        TARGET.write_text(wanted, encoding="utf-8", newline="\n")
        return 0
    if TARGET.read_text(encoding="utf-8") == wanted:
        return 0
    print("extension/src/protocol.ts is out of date: run scripts/generate_protocol.py.", file=sys.stderr)
    return 1


def _interface(message: Message) -> str:
    if not message.members:
        return f"export type {message.name} = Record<string, never>;\n"
    lines = [f"export interface {message.name} {{"]
    for member in message.members:
        if member.docstring:
            lines.append(f"  /** {' '.join(member.docstring.split())} */")
        lines.append(f"  {_member(member, message.sent)}")
    return "\n".join([*lines, "}"]) + "\n"


def _member(member: Member, sent: bool) -> str:
    nullable = isinstance(member.default, ast.Constant) and member.default.value is None
    optional = "?" if nullable or (sent and member.default is not None) else ""
    return f"{_camel(member.name)}{optional}: {_type(member.annotation)};"


def _members(statement: ast.ClassDef) -> Iterator[Member]:
    for node, following in zip(statement.body, [*statement.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield Member(node.target.id, node.annotation, node.value, _docstring(following))


def _docstring(node: ast.stmt | None) -> str | None:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return node.value.value
    return None


def _type(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Name):
        return _PLAIN.get(annotation.id, annotation.id)
    if isinstance(annotation, ast.Constant):
        return "null" if annotation.value is None else f"'{annotation.value!s}'"
    if isinstance(annotation, ast.BinOp):
        return f"{_type(annotation.left)} | {_type(annotation.right)}"
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        if _is_literal(annotation):
            return " | ".join(
                _type(choice) for choice in (inner.elts if isinstance(inner, ast.Tuple) else [inner])
            )
        element = _type(inner)
        return f"({element})[]" if " " in element else f"{element}[]"
    raise SystemExit(
        f"protocol/editor has a type that cannot be written in TypeScript: {ast.unparse(annotation)}"
    )


def _request(method: str, params: str, result: str) -> str:
    return f"export const {_constant(method)} = request<{params}, {result}>('{method}');\n"


def _notification(method: str, params: str) -> str:
    return f"export const {_constant(method)} = notification<{params}>('{method}');\n"


def _constant(method: str) -> str:
    """`semlens/statusChanged` → `statusChangedMessage`."""
    return f"{method.split('/')[1]}Message"


def _table(module: ast.Module, name: str) -> dict[str, ast.expr]:
    for statement in module.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.target.id == name
            and isinstance(statement.value, ast.Dict)
        ):
            pairs = zip(statement.value.keys, statement.value.values, strict=True)
            return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
    raise SystemExit(f"protocol/editor has no {name}.")


def _names(value: ast.expr) -> list[str]:
    nodes = value.elts if isinstance(value, ast.Tuple) else [value]
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _is_literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Subscript) and ast.unparse(value.value) == "Literal"


def _target(statement: ast.Assign) -> str:
    target = statement.targets[0]
    assert isinstance(target, ast.Name)
    return target.id


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
