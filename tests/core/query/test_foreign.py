"""English questions are never read as another language; words of others have English ones beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semlens.core.query.foreign import translate

OTHER_WORDS = Path(__file__).parents[2] / "quality" / "other_words.json"


@pytest.mark.parametrize(
    "question",
    [
        "error import format client",
        "parameter type coercion and value validation",
        "Uri parsing and construction",
        "global context stack and current context access",
        "combining reducers and validating reducer shape",
        "die on error",
        "in den mode",
        "man page for set",
        "los angeles time zone",
        "le chunk size",
        "naïve Bayes",
        "café menu order",
        "parseDatei",
        "Schlüssel",
        "",
        "x",
        "a red door",
        "mount another fetch app under a sub path",
        "draw border around text in terminal python",
        "limit calls per second in nginx",
        "make part of rich text red",
        "unicode box characters draw tree with arrows in terminal",
        "k-d tree construction by median split python",
        "the text is empty since no such value was supplied",
    ],
)
def test_english_names_and_single_words_are_left_alone(question: str) -> None:
    assert translate(question) is None


def test_no_question_in_other_words_is_taken_for_another_language() -> None:
    questions = [one["question"] for one in json.loads(OTHER_WORDS.read_text(encoding="utf-8"))]
    assert [question for question in questions if translate(question) is not None] == []


@pytest.mark.parametrize(
    ("question", "language", "english"),
    [
        ("Wo wird die Datenbankverbindung geöffnet?", "de", {"database", "connect", "open"}),
        ("Benutzerkonto löschen", "de", {"user", "delete"}),
        ("wie wird eine E-Mail-Adresse geprüft", "de", {"email", "check", "address"}),
        ("wo wird die E-Mail verschickt", "de", {"email", "send"}),
        ("das Fehler-Protokoll der Eingabe-Datei prüfen", "de", {"error", "log", "input", "file", "check"}),
        ("wie wird die Eingabe validiert", "de", {"input", "validate"}),
        ("¿Cómo se ordena la lista?", "es", {"order", "list"}),
        ("où est vérifié le mot de passe", "fr", {"check", "password"}),
        ("onde a senha é verificada", "pt", {"password", "check"}),
        ("dove viene salvato il messaggio", "it", {"save", "message"}),
        ("где проверяется пароль", "ru", {"check", "password"}),
        ("登录时检查密码", "zh", {"login", "check", "password"}),
        ("登入時檢查密碼", "zh", {"login", "check", "password"}),
        ("ログをファイルに書き込む", "ja", {"log", "file", "write"}),
        ("파일을 삭제하는 함수", "ko", {"file", "delete", "function"}),
    ],
)
def test_words_have_english_ones_beside_them(question: str, language: str, english: set[str]) -> None:
    read = translate(question)
    assert read is not None and read.language == language and read.knows_any
    assert english <= set(read.english.split())


def test_names_and_unknown_words_pass_through() -> None:
    read = translate("Wo wird parseConfig von Quarkus aufgerufen?")
    assert read is not None and {"parseConfig", "Quarkus", "call"} <= set(read.english.split())
    read = translate("getUser 在哪里调用")
    assert read is not None and {"getUser", "call"} <= set(read.english.split())


def test_words_that_stand_in_the_code_stay() -> None:
    read = translate("eine Rechnung an den Kunden", lambda word: word == "Rechnung")
    assert read is not None and {"Rechnung", "invoice", "customer"} <= set(read.english.split())


@pytest.mark.parametrize(
    "question",
    [
        "πού ελέγχεται ο κωδικός πρόσβασης",
        "היכן נבדקת הסיסמה",
        "أين يتم التحقق من كلمة المرور",
        "पासवर्ड की जाँच कहाँ होती है",
        "ตรวจสอบรหัสผ่านที่ไหน",
        "სად მოწმდება პაროლი",
    ],
)
def test_a_script_without_a_table_is_told_and_left_as_it_is(question: str) -> None:
    found = translate(question)
    assert found is not None and not found.knows_any and found.english == question


def test_a_letter_of_a_formula_is_none() -> None:
    assert translate("where is Δx divided by the mean μ and σ") is None


def test_a_text_without_a_known_word_is_as_it_was() -> None:
    read = translate("你好吗")
    assert read is not None and not read.knows_any and read.english == "你好吗"
