"""Tells settings with secrets from templates, translations and schemas that have the same names.

For files with a name such as `secrets.yaml` or `auth.json`: a text of which not every value is understood
counts as one with secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from semlens.core.files.not_source import extension_of
from semlens.core.files.secrets import ordinary_pattern

_LARGEST: Final = 256 * 1024
"""Characters. A longer file is not read for its values."""
_MOST_VALUES: Final = 20_000
_LONGEST_VALUE: Final = 500
"""Characters of a value that are looked at."""

_TRANSLATIONS = re.compile(
    r"(?:^|/)(?:locales?|i18n|l10n|langs?|languages?|translations?|messages|strings|intl|nls)/", re.I
)
_WORKFLOWS = re.compile(r"(?:^|/)\.(?:github|gitea|forgejo)/(?:workflows|actions)/")
_KIND = re.compile(r"^kind:\s*[\"']?(\w+)", re.MULTILINE)
_INTERFACE = re.compile(r"\s*(?:(?:#[^\n]*|---)\n\s*)*\{?\s*\"?(?:openapi|swagger|asyncapi)\"?\s*:")
_SETTINGS: Final = frozenset(
    "json jsonc json5 yaml yml toml ini xml properties props conf cfg cnf config env plist php txt csv tsv "
    "dat enc vault asc bak old orig save backup prod production staging stage local dev development uat ci "
    "test".split()
)
"""Extensions of settings and lists. In other files, a line that is not understood is a program's."""
_COMMENT = re.compile(r"\s*(?:#|//|;|/?\*|<!--|---|\.\.\.)")
_TEMPLATE_LINE = re.compile(r"\s*(?:\{\{.*\}\}|\{%.*%\}|<%.*%>)\s*\Z")
_PAIR = re.compile(r"""\s*(?:-\s+)?(?:export\s+)?["']?([\w.$@/ -]{1,200}?)["']?\s*(?::\s|:\Z|=>?)\s*(.*)""")
_ITEM = re.compile(r"\s*-\s+(.*)")
_SECTION = re.compile(r"\s*(?:\[[^\]]*\]|[{}\[\](),]*)\s*\Z")
_ELEMENT = re.compile(r"<(\w[\w.:-]*)((?:\s[^<>]*)?)>([^<>]*)")
_ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*=\s*["']([^"']*)["']""")
_PHP_CALL = re.compile(r"""\s*define\(\s*['"](\w+)['"]\s*,\s*(.*?)\s*\)\s*;""")

_SECRET_KEY = re.compile(
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|api_?-?key|private|access_?-?key|auth_?-?key|"
    r"salt|dsn|connection|bearer|(?:^|[._-])(?:key|auth|pin)\Z",
    re.I,
)
_STRUCTURE = re.compile(
    r"(?:api_?version|kind|type|name|namespace|labels?|annotations?|description|title|version|\$?schema|\$ref|"
    r"format|comment|note|author|url|host|port|region|enabled|required|default|env|environment|engine|backend|"
    r"db_(?:host|name|charset|collate)|table_prefix|wp_\w+|path|file|store|provider|app(?:\.kubernetes\.io.*)?|chart|release|heritage|component)\Z",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"""(?ix) \s*(?:
      | null | none | nil | true | false | yes | no | ~ | \[\] | \{\} | [|>][+-]?      # nothing, or a block
      | -?\d{1,5}(?:\.\d+){0,3} [smhd]?                                                # a small number
      | .*(?:\{\{ .*? \}\} | \$\{ | \$\( | <% | \{% | %\( | \#\{ ).*                   # a template
      | < [^<>]* > | \$\w+ | %\w+% | @\w+@ | __\w+__ | \[[\w ]+\]                      # a gap to fill
      | .*\b(?:change|replace|fill|insert|enter)[ _-]?(?:me|this|it|in|here|your)\b.*
      | (?:your|my|some|the|an?|example|sample|dummy|fake|test|placeholder)[ _-].* | example | placeholder
      | (?:x{3,} | \*{3,} | \.{3,} | todo | tbd | redacted | hidden | secret | password | string | text)
      | ENC\[.* | (?:op|vault|ssm|arn|kms|gcp-?sm|awssm|secretref)[:+].* | !\w+ .* | process\.env\..*
      | (?:env|getenv|lookup|file)\(.*
      ) \s*\Z"""
)
_NAME_OF_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z")
_SENTENCE = re.compile(r"\S+(?: \S+)+\Z")
_RANDOM = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+/=.-]{16,}\Z")


def holds_secrets(path: str, text: str) -> str | None:
    """The pattern of names that `path` has, if its name and its content say that it holds secrets."""
    pattern = ordinary_pattern(path)
    if pattern is None or not text.strip():
        return None
    if _only_refers(path, text):
        return None
    if len(text) > _LARGEST:
        return pattern
    translated = bool(_TRANSLATIONS.search(path))
    # In a file that is called after secrets each value is one, elsewhere the key must say so.
    suspect = not path.lower().endswith("auth.json")
    name = path.rpartition("/")[2]
    strict = name.startswith(".") or "." not in name or extension_of(name) in _SETTINGS
    for count, found in enumerate(_values(text)):
        if count > _MOST_VALUES or (found is None and strict):
            return pattern
        if found and not _is_harmless(*found, translated, suspect and strict):
            return pattern
    return None


def _only_refers(path: str, text: str) -> bool:
    """Whether a text names secrets that others keep: a workflow, an interface, a manifest of references."""
    if _WORKFLOWS.search(path) or _INTERFACE.match(text):
        return True
    kinds = _KIND.findall(text)
    return bool(kinds) and "apiVersion:" in text and not {"Secret", "List", "ConfigMap"} & set(kinds)


def _is_harmless(key: str, value: str, translated: bool, suspect: bool) -> bool:
    value = value.strip()[:_LONGEST_VALUE]
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'`":
        value = value[1:-1]
    if _PLACEHOLDER.match(value) or _NAME_OF_VARIABLE.match(value):
        return True
    if _RANDOM.match(value):
        return False
    if translated:
        return True
    if _SECRET_KEY.search(key):
        return False
    return not suspect or bool(_STRUCTURE.match(key.rpartition(".")[2])) or bool(_SENTENCE.match(value))


def _values(text: str) -> Iterator[tuple[str, str] | None]:
    """Each (key, value) of a text; None for what is not understood."""
    if text.lstrip().startswith(("{", "[")):
        try:
            yield from _json_values(json.loads(text))
            return
        except (ValueError, RecursionError):
            pass
    for line in text.split("\n"):
        yield from _line_values(line)


def _json_values(document: object) -> Iterator[tuple[str, str]]:
    pending: list[tuple[str, object]] = [("", document)]
    while pending:
        key, value = pending.pop()
        if isinstance(value, dict):
            pending += [(f"{key}.{name}" if key else str(name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            pending += [(key, inner) for inner in value]
        elif isinstance(value, str):
            yield key, value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield key, str(value)


def _line_values(line: str) -> Iterator[tuple[str, str] | None]:
    if _COMMENT.match(line) or _TEMPLATE_LINE.match(line) or _SECTION.match(line):
        return
    line = line[:2_000]
    found = _PHP_CALL.match(line) or _PAIR.match(line)
    if found:
        yield found[1], re.sub(r"\s+#.*\Z", "", found[2]).rstrip(",; ")
        return
    item = _ITEM.match(line)
    if item:
        yield "", item[1]
    elif "<" in line:
        yield from _markup_values(line)
    elif not line.lstrip().startswith(("?>", "require", "if (", "if(", "}", "$")):
        yield None


def _markup_values(line: str) -> Iterator[tuple[str, str]]:
    """The values of a line of XML: the texts of elements, and attributes named `value`."""
    for tag, attributes, text in _ELEMENT.findall(line):
        named = dict(_ATTRIBUTE.findall(attributes))
        key = named.get("name") or named.get("key") or tag
        yield from ((key, value) for value in (text.strip(), named.get("value")) if value)
