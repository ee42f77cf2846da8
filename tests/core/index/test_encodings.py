"""Files in other encodings: found and shown as written, and read again when the encoding changes."""

from __future__ import annotations

from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.index.indexer import reconcile
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.settings import Settings
from semlens.types import CancelToken, Hit, Tier
from support.opened_index import opened_index

FAST = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))
SHORT = "int a(void) { return 1; } /* ы */\n"


def test_files_are_found_in_their_own_language_and_shown_as_written(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    texts = {
        "motor.c": ("/* モーターの回転速度を制御する */\nint turn(int rpm) { return rpm; }\n", "shift_jis"),
        "grade.c": ("/* 计算学生的平均成绩 */\nint grade(int n) { return n; }\n", "gbk"),
        "stock.pas": ("{ Складской учёт: остатки товаров }\nprocedure PrintStock; begin end;\n", "cp866"),
        "Login.java": (
            "// 사용자의 비밀번호를 확인한다\nclass Login { boolean ok() { return true; } }\n",
            "euc_kr",
        ),
    }
    for name, (text, codec) in texts.items():
        (root / name).write_bytes(text.encode(codec))
    with opened_index(root, tmp_path / "data") as index:
        for name, (text, _) in texts.items():
            words = text.split("\n")[0].strip("/*{} ")
            first = Searcher(index).search(parse_query(words), FAST)[0]
            assert first.path == name and first.preview in text and words in first.preview


def test_another_encoding_of_the_editor_has_files_read_again(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    (root / "a.c").write_bytes(SHORT.encode("cp866"))
    (root / "b.c").write_text("int b(void) { return 2; }\n")
    with opened_index(root, tmp_path / "data") as index:

        def shown(encoding: str) -> tuple[Hit, int]:
            report = reconcile(index, Membership(root, Settings(files_encoding=encoding)), CancelToken())
            return Searcher(index).search(parse_query("a path:a.c"), FAST)[0], report.changed

        hit, changed = shown("cp866")
        assert hit.preview == SHORT.rstrip() and not hit.stale and changed == 1
        assert shown("")[1] == 0  # a terminal keeps the editor's
        hit, changed = shown("koi8r")
        assert hit.preview == SHORT.encode("cp866").decode("koi8_r").rstrip() and changed == 1
