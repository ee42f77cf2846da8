"""An answer says when nothing matches well, and a question in another language is read word by word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.core.search.foreign_question import in_english
from semlens.types import Hit, Tier
from support.foreign_questions import ASKED
from support.opened_index import opened_index

TIERS = frozenset({Tier.LEXICAL, Tier.INSTANT})


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    root = tmp_path_factory.mktemp("work")
    for name, asked in ASKED.items():
        (root / f"{name}.py").write_text(asked.code)
    (root / "comments.py").write_text(
        'def los(x):\n    """Rundet den Betrag kaufmännisch auf Cent."""\n    return x\n'
    )
    (root / "harbour.go").write_text(
        'func moor(b Boat) {\n\tlog.Printf("moored %s at quay %d in %dms", b.Name, b.Quay, b.Took)\n}\n'
    )
    with opened_index(root, tmp_path_factory.mktemp("data")) as opened:
        yield opened


def search(index: FolderIndex, question: str) -> list[Hit]:
    query, _ = in_english(index, parse_query(question))
    return Searcher(index).search(query, SearchOptions(10, TIERS))


def is_weak(index: FolderIndex, question: str) -> bool:
    hits = search(index, question)
    assert hits and len({hit.weak for hit in hits}) == 1
    return hits[0].weak


@pytest.mark.parametrize(
    "question",
    [
        "vycf jyai",
        "txmwznmxzso ldbepg vnyujnqm",
        "tkkvh zfckxugsoih bqgkz ikzucz senjqziol jnsnbnegap",
        "???",
        "@#$ %^& *()",
        "=> ;",
        "。。。",
        "🙂 🙂",
        "how long to boil an egg until it is soft",
        "recipe for banana bread with walnuts",
        "train from Munich to Vienna tomorrow morning",
        "jak obliczyć sumę zamówienia",
        "kullanıcının şifresi nerede doğrulanıyor",
        "hogyan számolja ki a rendelés összegét",
        "כיצד מחושב סכום ההזמנה",
        "أين يتم التحقق من كلمة المرور",
        "ऑर्डर का कुल मूल्य कैसे निकाला जाता है",
    ],
)
def test_a_question_without_an_answer_is_called_weak(index: FolderIndex, question: str) -> None:
    assert is_weak(index, question)


@pytest.mark.parametrize("name", ASKED)
def test_a_question_with_an_answer_is_not(index: FolderIndex, name: str) -> None:
    assert not is_weak(index, ASKED[name].english)
    assert not is_weak(index, ASKED[name].chinese)
    assert not is_weak(index, name)


@pytest.mark.parametrize(
    "question",
    [
        "2024-05-01 12:00:03,123 INFO harbour.quays: moored Aurora at quay 12 in 420ms",
        'level=info ts=17 msg="moored Nereus II at quay 3 in 17ms" host=tern-04.example.org',
        "[tern] moored %s at quay %d in %dms",
    ],
)
def test_a_line_of_a_log_whose_message_stands_there_is_not(index: FolderIndex, question: str) -> None:
    assert search(index, question)[0].path == "harbour.go"
    assert not is_weak(index, question)


@pytest.mark.parametrize(
    "question", ["sorted", "heapq.merge", "mailer.send(customer.email)", "def read_config"]
)
def test_names_and_code_are_not(index: FolderIndex, question: str) -> None:
    assert not is_weak(index, question)


@pytest.mark.parametrize("name", ASKED)
def test_questions_in_german_and_chinese_find_english_code(index: FolderIndex, name: str) -> None:
    for question in (ASKED[name].german, ASKED[name].chinese, ASKED[name].english):
        assert search(index, question)[0].path == f"{name}.py"


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("¿Dónde se valida la dirección de correo?", "validate_email"),
        ("cerrar la conexión con la base de datos", "close_connection"),
        ("supprimer les sessions expirées", "delete_expired"),
        ("envoyer la facture au client", "send_invoice"),
        ("calcolare il prezzo totale del carrello", "basket_total"),
        ("ordenar as entradas por data", "sort_by_date"),
        ("отправить счёт клиенту", "send_invoice"),
        ("найти дубликаты файлов", "find_duplicates"),
        ("設定ファイルを読み込む", "read_config"),
        ("画像のサイズを変更する", "resize_picture"),
        ("비밀번호를 초기화한다", "reset_password"),
        ("購物車的總價怎麼計算", "basket_total"),
    ],
)
def test_and_so_do_questions_in_other_languages(index: FolderIndex, question: str, name: str) -> None:
    assert search(index, question)[0].path == f"{name}.py"


def test_names_pass_through(index: FolderIndex) -> None:
    assert search(index, "Wo wird sort_by_date aufgerufen?")[0].path == "sort_by_date.py"
    assert search(index, "parse_arguments 在哪里")[0].path == "parse_arguments.py"


def test_what_is_written_in_the_language_of_the_code_is_left_alone(index: FolderIndex) -> None:
    query = parse_query("Rundet den Betrag kaufmännisch auf Cent")
    assert in_english(index, query) == (query, None)
    assert search(index, query.text)[0].path == "comments.py"


def test_how_it_was_read_is_told(index: FolderIndex) -> None:
    _, read = in_english(index, parse_query("关闭数据库连接"))
    assert read is not None and read.knows_any and "database" in read.english


def test_other_code_of_a_language_is_not_weak_in_it(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    (root / "a.py").write_text('def run(x):\n    """发货之前检查库存是否足够."""\n    return x > 0\n')
    with opened_index(root, tmp_path / "data") as opened:
        hits = search(opened, "检查库存是否足够")
        assert hits[0].path == "a.py" and not hits[0].weak
