"""JSON with comments is edited as text: what a parser makes of it changes where it should alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens.mcp.setup.jsonc import NotJson, has_member, with_member, without_member

PATH = ("servers", "semlens")
ENTRY = {"command": "/a b/python", "args": ["-m", "semlens"]}

names = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)

SETTINGS = """// My settings
{
    "theme": "dark", // the best one
    /* servers of mine */
    "servers": {
        "other": {"url": "http://a//b"}, // stays
    },
    "last": [1, 2, /* three */ 3,],
}
"""


def parsed(text: str) -> Any:
    """What a parser of JSON with comments makes of it."""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.S)
    return json.loads(re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda found: found[1] or "", bare))


@given(objects, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_a_member_is_put_in_and_taken_out_again(before: dict[str, Any], indent: Any, crlf: bool) -> None:
    if not isinstance(before.get("servers", {}), dict):
        del before["servers"]
    text = json.dumps(before, indent=indent, ensure_ascii=False)
    text = text.replace("\n", "\r\n") if crlf else text
    added = with_member(text, PATH, ENTRY)
    expected = {**before, "servers": {**before.get("servers", {}), "semlens": ENTRY}}
    assert parsed(added) == expected
    assert has_member(added, PATH)
    assert with_member(added, PATH, ENTRY) == added
    without = {**expected, "servers": {k: v for k, v in expected["servers"].items() if k != "semlens"}}
    assert parsed(without_member(added, PATH)) == without


def test_comments_and_layout_stay() -> None:
    added = with_member(SETTINGS, PATH, ENTRY)
    for kept in ("// My settings", '"theme": "dark", // the best one', "/* servers of mine */", "// stays"):
        assert kept in added
    assert parsed(added)["servers"] == {"other": {"url": "http://a//b"}, "semlens": ENTRY}
    assert parsed(without_member(added, PATH)) == parsed(SETTINGS)
    assert "// stays" in without_member(added, PATH)


@pytest.mark.parametrize("empty", ["", "\n", "\ufeff", "{}", "{\n}\n", "{ // nothing yet\n}"])
def test_an_empty_file_gets_its_first_entry(empty: str) -> None:
    assert parsed(with_member(empty, PATH, ENTRY).lstrip("\ufeff")) == {"servers": {"semlens": ENTRY}}


def test_an_older_entry_is_replaced() -> None:
    old = '{"servers": {"semlens": {"command": "old", "args": ["}"]}, "z": 1}}'
    assert parsed(with_member(old, PATH, ENTRY)) == {"servers": {"semlens": ENTRY, "z": 1}}


@pytest.mark.parametrize(
    "text",
    ["[]", "nonsense", '{"a": 1', '{"a" 1}', '{"a": }', '{"servers": 3}', "{'a': 1}", '{"a": "b}', "{,}"],
)
def test_what_is_no_such_object_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        with_member(text, PATH, ENTRY)


def test_deep_nesting_is_refused_and_no_crash() -> None:
    with pytest.raises(NotJson):
        with_member('{"a": ' + "[" * 5000, PATH, ENTRY)
