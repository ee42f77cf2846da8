"""What stands in the code word for word comes first: messages, log lines, numbers and rare words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.core.search.ranking.weights import WEIGHTS
from semlens.types import Hit, Tier
from support.opened_index import opened_index

TIERS = frozenset({Tier.LEXICAL, Tier.INSTANT})

FILES = {
    "ledger.py": """
        def begin(path):
            if path.is_dir():
                raise ValueError("cannot open the ledger for writing")

        def sweep(log, dropped, total):
            log.warning("Dropped %d of %s stale sessions", dropped, total)
    """,
    "dial.go": """
        func dial(host string) error {
            return fmt.Errorf("dial %s: no such host", host)
        }

        const checksumSeed = 0xdeadbeef
    """,
    "options.ts": """
        export function option(name: string, known: string[]): never {
            throw new Error(`Unknown option ${name}, expected one of ${known.join()}`);
        }

        export const LOGIN_ATTEMPTS = 86_401;
    """,
    "records.rs": """
        fn fits(size: usize, count: usize) {
            panic!("buffer of {} bytes is too small for {} records", size, count);
        }

        const SALT: u64 = 1_000_003u64;
    """,
    "Orders.cs": """
        class Orders {
            void Ship(int id) { throw new InvalidOperationException($"Order {id} was already shipped"); }
        }
    """,
    "retry.java": """
        class Retry {
            void again(Throwable cause) { log.info("Retrying in {} seconds after \\"{}\\"", delay, cause); }
        }
    """,
    "Waits.java": """
        class Waits {
            static final long TIMEOUT_MS = 30000L;
            static final int MASK = 0b1010_1010;
            // 发送邮件给客户
            void send() { }
        }
    """,
    "Freight.java": """
        class Freight {
            // 计算订单的运费
            int freight(Order order) { return order.weight() * 3; }
        }
    """,
    "limits.c": """
        #define MAX_PENDING 4093
        static const char *tls = "minimum is TLS 1.2.17";
        void zyxwv_probe(void) { frobnicate(); }
    """,
}
"""Each message, number and rare word stands in one place; the other files have their words apart."""

APART = (
    "open a ledger and list its lines: cannot is a word, writing is another, for the value that is open",
    "the sessions that are stale, of all sessions dropped; a warning of each session that was dropped",
    "the host that dials such a host; no host dials the other",
    "an option that is unknown, one of the options expected; a name of an option",
    "records that are small; a buffer of records, its bytes, and the bytes that are too many for it",
    "an order that was shipped; orders already paid; shipping an order",
    "seconds to wait, retrying after a failure; retries in a loop of seconds",
    "a number: 0xdeadbee0, 86401000, 1000, 3, 4094, 12, 17, 1.2, a minimum of TLS",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    root = tmp_path_factory.mktemp("work")
    for name, code in FILES.items():
        (root / name).write_text(code)
    for number, words in enumerate(APART * 3):
        (root / f"notes{number}.py").write_text(
            f'def note_{number}():\n    """{words}"""\n    return {number}\n'
        )
    with opened_index(root, tmp_path_factory.mktemp("data")) as opened:
        yield opened


def search(index: FolderIndex, text: str, literal: bool = True) -> list[Hit]:
    weights = WEIGHTS if literal else replace(WEIGHTS, literal=0)
    return Searcher(index).search(parse_query(text), SearchOptions(10, TIERS, weights=weights))


MESSAGES = {
    "cannot open the ledger for writing": "ledger.py",
    "Dropped %d of %s stale sessions": "ledger.py",
    "no such host": "dial.go",
    "Unknown option ${name}, expected one of": "options.ts",
    "buffer of {} bytes is too small for {} records": "records.rs",
    "was already shipped": "Orders.cs",
    "Retrying in {} seconds after": "retry.java",
}
FILLED_IN = {
    "Dropped 17 of 404 stale sessions": "ledger.py",
    "dial db-01.example.org: no such host": "dial.go",
    "Unknown option --colour, expected one of red,green": "options.ts",
    "buffer of 4096 bytes is too small for 12 records": "records.rs",
    "Order 1877 was already shipped": "Orders.cs",
    'Retrying in 30 seconds after "connection reset"': "retry.java",
}
PREFIXES = ("ValueError: ", "2026-11-03 08:14:55,201 ERROR [main] ", "panic: ", "app.js:12:5 - error: ")


@pytest.mark.parametrize(("text", "path"), MESSAGES.items())
def test_a_message_comes_first_as_it_stands_and_in_quotes(index: FolderIndex, text: str, path: str) -> None:
    assert search(index, text)[0].path == path
    assert search(index, f'"{text}"')[0].path == path


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("text", "path"), {**MESSAGES, **FILLED_IN}.items())
def test_a_log_line_comes_first_whatever_stands_before_it(
    index: FolderIndex, prefix: str, text: str, path: str
) -> None:
    assert search(index, prefix + text)[0].path == path


@pytest.mark.parametrize(("text", "path"), FILLED_IN.items())
def test_a_message_comes_first_with_its_placeholders_filled_in(
    index: FolderIndex, text: str, path: str
) -> None:
    assert search(index, text)[0].path == path


def test_a_traceback_leads_to_its_message(index: FolderIndex) -> None:
    frames = "".join(
        f'  File "/srv/app/part{n}.py", line {n}, in handle\n    return note_{n}()\n' for n in range(20)
    )
    text = f"Traceback (most recent call last):\n{frames}ValueError: cannot open the ledger for writing"
    assert search(index, text)[0].path == "ledger.py"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("0xdeadbeef", "dial.go"),
        ("0xDEADBEEF", "dial.go"),
        ("86401", "options.ts"),
        ("86_401", "options.ts"),
        ("1000003", "records.rs"),
        ("1_000_003u64", "records.rs"),
        ("4093", "limits.c"),
        ("30000", "Waits.java"),
        ("0b10101010", "Waits.java"),
        ("客户", "Waits.java"),
        ("运费", "Freight.java"),
        ("where is 4093 set", "limits.c"),
        ("1.2.17", "limits.c"),
        ("v1.2.17", "limits.c"),
        ("zyxwv_probe", "limits.c"),
        ("frobnicate", "limits.c"),
        ("what calls frobnicate", "limits.c"),
    ],
)
def test_a_number_and_a_rare_word_lead_to_their_line(index: FolderIndex, text: str, path: str) -> None:
    first = search(index, text)[0]
    assert first.path == path


def test_quotes_demand_the_text_that_they_hold(index: FolderIndex) -> None:
    assert {hit.path for hit in search(index, '"no such host"')} == {"dial.go"}
    assert len(search(index, "no such host")) > 1
    assert search(index, '"no such host at all"'), "a text that stands nowhere is still searched for"


def test_without_the_signal_words_that_stand_apart_win_at_times(index: FolderIndex) -> None:
    asked = {**MESSAGES, **FILLED_IN}
    wrong = [text for text, path in asked.items() if search(index, text, literal=False)[0].path != path]
    assert wrong, "otherwise these texts test nothing"


def test_the_hit_says_why_it_is_first(index: FolderIndex) -> None:
    reasons = {reason.name for reason in search(index, "cannot open the ledger for writing")[0].reasons}
    assert "literal" in reasons


def test_a_filter_holds_for_what_stands_there_too(index: FolderIndex) -> None:
    assert all(hit.path != "dial.go" for hit in search(index, "-lang:go no such host"))
    assert all(hit.path != "dial.go" for hit in search(index, '-lang:go "no such host"'))
