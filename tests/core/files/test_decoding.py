"""Files in the encodings of the world are read as they were written."""

from __future__ import annotations

import codecs
import struct
from pathlib import Path

import pytest

from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.decoding.names import codecs_named
from semlens.core.files.source import Source, read_source
from semlens.types import RelativePath, Skipped

COMMENTS = {
    "ja": ("在庫の数を数えて、足りない品物を注文する", "カートの合計金額を計算する"),
    "zh": ("计算购物车的总价格", "如果文件不存在则返回错误"),
    "zh-tw": ("計算購物車的總價格", "如果檔案不存在則傳回錯誤"),
    "ko": ("장바구니의 합계 금액을 계산한다", "파일이 없으면 오류를 돌려준다"),
    "ru": ("Считает сумму заказа и скидку", "Если файла нет, возвращает ошибку"),
    "uk": ("Рахує суму замовлення і знижку", "Якщо файлу немає, повертає помилку"),
    "de": ("Prüft, ob die Größe gültig ist", "Gibt den Schlüssel für den Nutzer zurück"),
    "fr": ("Vérifie si la clé a été déjà utilisée", "Où est créé l'élève à ajouter"),
    "it": ("Verifica perché il totale è già più alto", "La città è così"),
    "pl": ("Sprawdza, czy użytkownik może wysłać wiadomość", "Zwraca błąd, jeśli brak pliku źródłowego"),
    "cs": ("Ověří, zda uživatel může poslat zprávu", "Vrátí chybu, když soubor není"),
    "el": ("Υπολογίζει το σύνολο της παραγγελίας", "Επιστρέφει σφάλμα αν λείπει το αρχείο"),
    "th": ("คำนวณราคารวมของตะกร้า", "ถ้าไม่มีไฟล์ให้คืนข้อผิดพลาด"),
}
WRITTEN = [
    *(("ja", codec) for codec in ("shift_jis", "cp932", "euc_jp", "iso2022_jp")),
    *(("zh", codec) for codec in ("gbk", "gb2312", "gb18030")),
    ("zh-tw", "big5"),
    *(("ko", codec) for codec in ("euc_kr", "cp949")),
    *(("ru", codec) for codec in ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    *(("uk", codec) for codec in ("cp1251", "koi8_u")),
    *((language, codec) for language in ("de", "fr", "it") for codec in ("cp1252", "latin_1")),
    *((language, codec) for language in ("pl", "cs") for codec in ("cp1250", "iso8859_2")),
    ("el", "cp1253"),
    ("th", "cp874"),
    *((language, codec) for language in ("ru", "ja", "de") for codec in ("utf_16_le", "utf_16_be", "utf_16")),
]


def code(language: str) -> str:
    first, second = COMMENTS[language]
    return f"#include <stdio.h>\n\n/* {first} */\nint total(int a) {{\n    return a + 1; // {second}\n}}\n"


@pytest.mark.parametrize(("language", "codec"), WRITTEN)
def test_what_is_declared_nowhere_is_told_by_its_text(language: str, codec: str) -> None:
    decoded = decode(code(language).encode(codec))
    assert decoded is not None and decoded.text == code(language)


BOXES = (
    "┌─────┬──────┐\n * │ key │ text │\n * └─────┴──────┘",
    "╔══════╗\n * ║ menu ║\n * ╚══════╝",
    "├── src\n * │   ├── a.c\n * └── docs",
    "────────────────────",
    "══════ Main ══════",
    "▒▒▒▒▒▓▓▓▓▓███ done",
    "═══════╦══════\n *  total ║ price\n * ═══════╩══════",
)


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(
    ("comment", "codec"),
    [
        ("draws it", "cp850"),
        ("Größe für alle", "cp850"),
        ("Sprawdza, czy są błędy", "cp852"),
        ("Считает сумму заказа", "cp866"),
    ],
)
def test_boxes_that_dos_drew_are_told_by_their_lines(box: str, comment: str, codec: str) -> None:
    text = f"/* {box}\n * {comment} */\nint x;\n"
    decoded = decode(text.encode(codec))
    assert decoded is not None and decoded.text == text


@pytest.mark.parametrize(
    "comment", ["at 20 °C ± 0.5", "© 2004 Müller & Söhne", "waits 10 µs × 3", "§ 3 of « it »"]
)
def test_signs_in_code_are_told_too(comment: str) -> None:
    text = f"int wait(void); // {comment}\n"
    decoded = decode(text.encode("latin-1"))
    assert decoded is not None and decoded.text == text


@pytest.mark.parametrize(
    ("comment", "codec"),
    [
        ("Zlicza książki w żółtej księdze gości", "iso8859_2"),
        ("Usuwa ścieżkę, jeśli plik źródłowy jest pusty", "iso8859_2"),
        ("Usuwa stare zamówienia każdego użytkownika", "cp852"),
        ("Kiszámítja a fizetendő összeget a vevőnek, hűtőgép", "cp1250"),
        ("Törli a felhasználó régi üzeneteit a gyűjtőből", "iso8859_2"),
        ("Vrátí nejbližší řádek tabulky", "cp852"),
        ("Berechnet die Größe für jede Straße", "mac_roman"),
        ("Räknar om alla öppna ärenden på nytt", "mac_roman"),
        ("Prüft den Schlüssel für jeden Nutzer", "cp850"),
        ("Calcula el año y la dirección del niño", "cp1252"),
        ("Sletter gamle nøgler, når en bruger lukker sin konto", "cp1252"),
        ("Skilar villu ef skráin er ekki til eða aðgangur er bannaður", "cp1252"),
        ("Verifica se il file è già stato letto più volte", "cp1252"),
        ("Apskaičiuoja visų užsakymų sumą", "cp1257"),
    ],
)
def test_the_letters_of_one_language_tell_the_encoding(comment: str, codec: str) -> None:
    text = f"int total(void); // {comment}\n"
    decoded = decode(text.encode(codec))
    assert decoded is not None and decoded.text == text


@pytest.mark.parametrize("codec", ["utf_16_le", "utf_16_be"])
@pytest.mark.parametrize(
    "comments",
    [
        ("считает деревья в лесу и возвращает их число", "каждое дерево учитывается один раз"),
        ("在庫の数を数えて、足りない品物を注文する", "一つもなければ誤りを返す"),
        ("Υπολογίζει το σύνολο της παραγγελίας", "Επιστρέφει σφάλμα αν λείπει το αρχείο"),
        ("장바구니의 합계 금액을 계산한다", "파일이 없으면 오류를 돌려준다"),
    ],
)
def test_utf_16_without_a_mark_is_read_whatever_its_script(comments: tuple[str, ...], codec: str) -> None:
    text = "".join(f"# {comment}\n" for comment in comments) + "def count(): return 3\n"
    decoded = decode(text.encode(codec))
    assert decoded is not None and decoded.text == text


@pytest.mark.parametrize("language", COMMENTS)
def test_utf_8_stays_utf_8(language: str) -> None:
    for text in (code(language), COMMENTS[language][0][:2]):
        decoded = decode(text.encode())
        assert decoded is not None and (decoded.text, decoded.codec) == (text, "utf-8")


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("# -*- coding: cp866 -*-\n", "cp866"),
        ("#!/usr/bin/env ruby\n# encoding: KOI8-R\n", "koi8_r"),
        ("/* vim: set fileencoding=iso-8859-5 : */\n", "iso8859_5"),
        (";; -*- mode: lisp; coding: windows-1251 -*-\n", "cp1251"),
        ('<?xml version="1.0" encoding="windows-1251"?>\n', "cp1251"),
        ('<html><head><meta charset="koi8-r"></head>\n', "koi8_r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=cp866">\n', "cp866"),
        ('@charset "ISO-8859-5";\n', "iso8859_5"),
        ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=mac-cyrillic\\n"\n', "mac_cyrillic"),
        ("\\documentclass{article}\n\\usepackage[koi8-r]{inputenc}\n", "koi8_r"),
        ('use encoding "cp1251";\n', "cp1251"),
    ],
)
def test_a_declaration_is_believed(head: str, codec: str) -> None:
    text = f"{head}x = 'ы'\n"  # too short to tell anything by
    decoded = decode(text.encode(codec))
    assert decoded is not None and (decoded.text, decoded.codec) == (text, codec)


def test_a_declaration_that_cannot_be_true_is_not_believed() -> None:
    japanese = f"# coding: NAME\n{code('ja')}"
    for name in ("utf-8", "ascii-art", "zlib", "idna", "unicode_escape", "euc-kr"):
        decoded = decode(japanese.replace("NAME", name).encode("shift_jis"))
        assert decoded is not None and decoded.text == japanese.replace("NAME", name), name
    utf8 = f"# coding: cp1251\n{code('ru')}"
    decoded = decode(utf8.encode())
    assert decoded is not None and decoded.text == utf8


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("windows1251", "cp1251"),
        ("Windows-1251", "cp1251"),
        ("iso88595", "iso8859_5"),
        ("shiftjis", "cp932"),
        ("SJIS", "cp932"),
        ("eucjp", "euc_jp"),
        ("gb2312", "gb18030"),
        ("koi8r", "koi8_r"),
        ("macroman", "mac_roman"),
        ("cp866", "cp866"),
        ("latin1", "cp1252"),
        ("big5hkscs", "big5hkscs"),
    ],
)
def test_names_of_encodings_as_editors_and_files_write_them(name: str, codec: str) -> None:
    assert codecs_named(name)[0] == codec
    codecs.lookup(codec)


@pytest.mark.parametrize(
    "name", ["", "zlib", "rot13", "unicode_escape", "punycode", "os", "../x", "x" * 10_000]
)
def test_names_of_no_encoding(name: str) -> None:
    assert codecs_named(name) == ()


def test_the_nearest_editorconfig_says_the_charset(tmp_path: Path) -> None:
    (tmp_path / "old" / "deep").mkdir(parents=True)
    (tmp_path / ".editorconfig").write_text(
        "root = true\n[*.{c,h}]\ncharset = koi8-r\n[*]\nindent_size = 2\n"
    )
    (tmp_path / "old" / ".editorconfig").write_text(
        "[*.c]\nCharset: cp866 ; of the nineties\n[other/**.c]\ncharset=x\n"
    )

    def charset(path: str) -> str:
        return charset_of(tmp_path, RelativePath(path))

    assert charset("a.c") == charset("new/a.h") == "koi8-r" and charset("a.py") == ""
    assert charset("old/deep/a.c") == "cp866" and charset("old/a.h") == "koi8-r"
    (tmp_path / "old" / "deep" / ".editorconfig").write_text("root=true\n")
    assert charset("old/deep/a.c") == ""


def test_the_workspace_names_an_encoding_and_the_text_decides_whether_it_fits(tmp_path: Path) -> None:
    def read(name: str, data: bytes, encoding: str = "") -> str:
        (tmp_path / name).write_bytes(data)
        found = read_source(tmp_path, RelativePath(name), 10_000, encoding)
        assert isinstance(found, Source), found
        return found.text

    short = "x = 'ы'\n"
    assert read("a.py", short.encode("cp866"), "cp866") == short
    assert read("a.py", short.encode("koi8_r"), "koi8r") == short
    (tmp_path / ".editorconfig").write_text("[*.py]\ncharset = iso-8859-5\n")
    assert read("a.py", short.encode("iso8859_5"), "cp866") == short
    assert read("b.py", code("zh").encode(), "shiftjis") == code("zh")


@pytest.mark.parametrize(
    "data",
    [
        b"int a; /* \xff\xfe\xfd\x81 */ int b;\n" * 3,
        b'char *logo = "\x9b\x8f\x8d\x81";\n',
        "# größe\n".encode() + b"x = 1  # gr\xf6\xdfe\n",
        "# 表示する。画面に数を出す\n".encode() + b"broken = '\xe8\xa1'\n",
        b"a = 1\n" * 200 + b"b = '\x00'\n",
    ],
)
def test_code_is_read_whatever_a_comment_holds(data: bytes) -> None:
    decoded = decode(data)
    assert decoded is not None
    ascii_words = [word for word in data.decode("ascii", "replace").split() if word.isalnum()]
    assert all(word in decoded.text for word in ascii_words)


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"\x7fELF\x02\x01\x01" + bytes(200),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\xe8",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00" * 20,
        b"\xff\xfe\x00",
        b"\x00\x01\x02\x03",
        struct.pack("<64H", *range(1_000, 33_000, 500)),
        struct.pack("<64I", *range(33, 97)),
        struct.pack("<32d", *(n / 7 for n in range(32))),
    ],
)
def test_binary_data_is_no_text(data: bytes) -> None:
    assert decode(data) is None


@pytest.mark.parametrize("text", ['["a\x7fa"]', '["\x0ba"\x0c]', "\x1a", 'print("\x07")\n'])
def test_a_few_control_characters_are_text_however_short_it_is(text: str) -> None:
    found = decode(text.encode())
    assert found and found.text == text


def test_another_encoding_makes_another_content(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("x = 'ы'\n".encode("cp866"))
    found = [read_source(tmp_path, RelativePath("a.py"), 10_000, name) for name in ("cp866", "cp1251")]
    assert not any(isinstance(one, Skipped) for one in found)
    assert len({one.content_hash for one in found if isinstance(one, Source)}) == 2
