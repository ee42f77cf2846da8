"""URIs, documents, edits and hits that move: the pure parts, case by case and by property."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from semlens.errors import UsageError
from semlens.lsp.features.edited_hits import Located, carried_line, locate
from semlens.lsp.session import documents
from semlens.lsp.session.documents import Document, offset_of, split_lines
from semlens.lsp.session.folders import Folders, WorkspaceFolder, path_key, path_of, uri_of
from semlens.protocol import editor as protocol
from semlens.protocol.codec import decode, encode
from semlens.protocol.json import json_bytes
from semlens.types import Hit, RelativePath, Span

NAMES = st.text(st.characters(exclude_characters="/\\\0", codec="utf-8"), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@pytest.mark.parametrize(
    ("uri", "path", "windows"),
    [
        ("file:///home/u/a%20b", "/home/u/a b", False),
        ("file:///home/u/100%25%23%3F", "/home/u/100%#?", False),
        ("file://localhost/home", "/home", False),
        ("file:///c%3A/Users/Me", "c:\\Users\\Me", True),
        ("file:///C:/Users/Me", "c:\\Users\\Me", True),
        ("file:///c:", "c:\\", True),
        ("file://server/share/x", "\\\\server\\share\\x", True),
        ("FILE:///tmp", "/tmp", False),
        ("untitled:Untitled-1", None, False),
        ("vscode-vfs://github/a/b", None, False),
        ("file:relative", None, False),
        ("file:///a%00b", None, False),
        ("http://[", None, False),
        ("", None, False),
    ],
)
def test_path_of(uri: str, path: str | None, windows: bool) -> None:
    assert path_of(uri, windows) == path


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("c:\\Users\\Me\\a b.py", "file:///c%3A/Users/Me/a%20b.py"),
        ("C:\\", "file:///c%3A/"),
        ("\\\\server\\share\\x", "file://server/share/x"),
    ],
)
def test_uri_of_a_windows_path(path: str, uri: str) -> None:
    assert uri_of(path, windows=True) == uri
    assert path_key(path_of(uri, windows=True) or "", windows=True) == path_key(path, windows=True)


@given(st.lists(NAMES, min_size=1, max_size=4), st.booleans())
def test_a_path_survives_its_uri(names: list[str], windows: bool) -> None:
    path = "c:\\" + "\\".join(names) if windows else "/" + "/".join(names)
    uri = uri_of(path, windows)
    assert uri.isascii()
    assert path_of(uri, windows) == path


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_a_name_that_is_no_text_survives() -> None:
    path = os.fsdecode(b"/tmp/\xff\xfe.py")
    assert path_of(uri_of(path)) == path


def test_the_innermost_folder_has_the_file_and_neighbours_do_not(tmp_path: Path) -> None:
    for name in ("app", "app/inner", "app2"):
        (tmp_path / name).mkdir()
    folders = Folders()
    for name in ("app", "app/inner"):
        folders.add(WorkspaceFolder.opened((tmp_path / name).as_uri() + "/", name))
    place = folders.resolve((tmp_path / "app" / "inner" / "x.py").as_uri())
    assert place is not None and (place.folder.name, place.path) == ("app/inner", "x.py")
    assert folders.resolve((tmp_path / "app2" / "x.py").as_uri()) is None
    assert folders.resolve((tmp_path / "app").as_uri()) is None
    assert folders.find((tmp_path / "app").as_uri()) is not None


def test_a_link_and_its_target_are_one_folder_of_the_engine(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    link = tmp_path / "link"
    try:
        link.symlink_to(target, target_is_directory=True)
    except OSError:
        pytest.skip("this user may not make links")
    folders = Folders()
    for path in (link, target):
        folders.add(WorkspaceFolder.opened(path.as_uri(), path.name))
    assert [folder.name for folder in folders.local()] == ["link"]
    found = folders.by_real_path(os.path.realpath(target))
    assert found is not None and found.file_uri("a b.py") == (link / "a b.py").as_uri()


TEXTS = st.text(st.sampled_from("ab \n\r\f\u2028é😀"), max_size=40)


@given(TEXTS, st.data())
def test_an_edit_changes_what_the_editor_says(text: str, data: st.DataObject) -> None:
    """The oracle works on the text's UTF-16 code units."""
    lines = split_lines(text)
    row = data.draw(st.integers(0, len(lines) - 1))
    units = [len(line.encode("utf-16-le")) // 2 for line in lines]
    column = data.draw(st.integers(0, units[row] + 3))
    offset = offset_of(text, row, column)
    before = text[:offset]
    assert len(split_lines(before)) - 1 == row or text[offset - 1 : offset + 1] == "\r\n"
    inserted = data.draw(TEXTS)
    position = lsp.Position(row, column)
    change = lsp.TextDocumentContentChangePartial(range=lsp.Range(position, position), text=inserted)
    changed = Document("u", "x", 1, text).changed(2, [change])
    assert changed.text == text[:offset] + inserted + text[offset:]


@given(
    st.lists(st.sampled_from(["a", "é", "\n", "\r\n", "\u2028"]), max_size=80).map("".join),
    st.integers(0, 30),
)
def test_a_line_of_a_long_text_is_found_by_pieces(text: str, row: int) -> None:
    with mock.patch.object(documents, "_PIECE", 16):
        offset = offset_of(text, row, 0)
    starts = [0, *(found.end() for found in re.finditer("\r\n|\n", text))]
    assert offset == (starts[row] if row < len(starts) else len(text))


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "d"]), min_size=1, max_size=12)


@given(LINES, LINES, st.data())
def test_a_hit_is_never_at_a_wrong_line_without_saying_so(
    old: list[str], now: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(1, len(old)))
    span = Span(start, data.draw(st.integers(start, len(old))))
    found = old[span.start - 1 : span.end]
    located = locate(span, found, old, now)
    assert 1 <= located.span.start <= located.span.end <= len(now)
    if not located.stale:
        assert now[located.span.start - 1 : located.span.end] == found


@given(LINES, LINES, st.data())
def test_a_hit_keeps_its_place_among_equal_ones(
    old: list[str], inserted: list[str], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(old) - 1))
    block = ["def f():", "  same"]
    text = [*old, *block, "between", *block]
    span = Span(len(old) + 4, len(old) + 5)
    now = text[:row] + inserted + text[row:]
    shifted = Span(span.start + len(inserted), span.end + len(inserted))
    assert locate(span, block, text, now) == Located(shifted, stale=False)


def test_json_is_camel_case_and_none_is_left_out() -> None:
    status = protocol.StatusResult([], protocol.EngineStatus(1, "v", 2), [])
    assert json.loads(json_bytes(status, encode)) == {
        "folders": [],
        "engine": {"pid": 1, "version": "v", "memoryBytes": 2},
        "models": [],
        "team": [],
    }
    params = decode(protocol.ReindexParams, {"workDoneToken": 5, "folders": None, "extra": 1})
    assert params == protocol.ReindexParams(work_done_token=5)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"textDocument": {}, "range": {}}, "`textDocument.uri` is missing."),
        ({"textDocument": 1}, "`textDocument` must be an object."),
        (
            {"textDocument": {"uri": "u"}, "range": {"start": {"line": 1.5, "character": 0}}},
            "`range.start.line` must be a whole number.",
        ),
        (None, "The parameters must be an object."),
    ],
)
def test_a_wrong_type_is_one_sentence(raw: object, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        decode(protocol.SimilarParams, raw)
    assert str(caught.value) == sentence


OLD = ["def f(x):", "    y = x", "    return y"]


@pytest.mark.parametrize(
    ("now", "start", "stale", "expected"),
    [
        (OLD, 10, False, (11, "y = x")),  # only moved
        (["def f(x, z):", "    check(z)", "    y = x", "    return y"], 4, True, (6, "y = x")),
        (["def f(x):", "    y = 2 * x", "    return y"], 4, True, (5, "y = 2 * x")),  # edited itself
        (["def f(x): pass"], 4, True, (4, "def f(x): pass")),
        ([], 1, True, (1, "y = x")),
    ],
)
def test_the_line_that_a_hit_shows_moves_with_its_code(
    now: list[str], start: int, stale: bool, expected: tuple[int, str]
) -> None:
    hit = Hit(
        RelativePath("a.py"), 4, 6, 1.0, "python", None, "\n".join(OLD), False, (), line=5, summary="y = x"
    )
    span = Span(start, start + max(len(now), 1) - 1)
    shown = carried_line(hit, Located(span, stale), now)
    assert (shown.line, shown.text) == expected


def test_a_line_outside_of_its_hit_moves_with_it() -> None:
    hit = Hit(
        RelativePath("a.py"),
        9,
        11,
        1.0,
        "python",
        None,
        "\n".join(OLD),
        False,
        (),
        line=4,
        summary="def g():",
    )
    shown = carried_line(hit, Located(Span(12, 14), False), OLD)
    assert (shown.line, shown.text) == (7, "def g():")
