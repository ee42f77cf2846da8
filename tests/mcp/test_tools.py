"""Each tool as the SDK's own client sees it: schemas, answers in two forms, a sentence for a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp.client.client import Client

from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.mcp import following
from support.live import write
from tests.mcp.conftest import CART, Connect, Indexed

COUNT = BytePairTokenizer("o200k_base").count
"""Held together with tiktoken by `tests/core/text/test_tokens.py`."""

TOOLS = {
    "search_code",
    "find_similar_code",
    "read_context",
    "find_definition",
    "outline",
    "count_tokens",
    "index_status",
    "why_not_indexed",
}
PASSAGES = ("search_code", "find_similar_code", "read_context", "find_definition", "outline")


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """A tool's structured content; the text says the same."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert len(result.content) == 1
    for place in result.structured_content.get("results", ()):
        assert place["place"] in result.content[0].text
        assert all(line in result.content[0].text for line in place["lines"])
    return result.structured_content


async def settled(client: Client) -> None:
    """Wait until every folder is read, however slow the machine is."""
    while not all(one["searchable"] == 1 for one in (await call(client, "index_status"))["folders"]):
        pass


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    """The one sentence or two that a tool refuses to answer with."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    text = str(result.content[0].text)
    assert text.endswith((".", "?"))
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def places(answer: Any) -> list[str]:
    return [result["place"] for result in answer["results"]]


def words_of(schema: Any) -> set[str]:
    """Every keyword of a schema, at any depth."""
    if isinstance(schema, dict):
        return set(schema).union(*map(words_of, schema.values()))
    return set().union(*map(words_of, schema)) if isinstance(schema, list) else set()


async def test_schemas_are_such_as_every_model_takes(connect: Connect) -> None:
    async with connect() as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
            assert words_of(schema).isdisjoint({"anyOf", "oneOf", "allOf", "$ref", "nullable", "null"})
            assert '"null"' not in json.dumps(schema)
        assert all(one["description"] for one in tool.input_schema["properties"].values())
        assert "Use it" in tool.description or tool.name == "why_not_indexed" or "use " in tool.description


async def test_search_names_places_with_numbered_lines(connect: Connect, indexed: Indexed) -> None:
    async with connect() as client:
        answer = await call(client, "search_code", query="sum the prices of all items less the discount")
    assert answer["root"] == str(indexed.folder)
    first = answer["results"][0]
    assert first["place"].startswith("shop/cart.py:")
    assert first["symbol"].startswith(("method Cart", "class Cart"))
    assert "words" in first["why"]
    assert any(line.startswith("6     def total_price(") for line in first["lines"])
    assert answer["found"] >= answer["shown"] == len(answer["results"])


async def test_nothing_is_sent_twice_in_a_conversation_unless_asked(connect: Connect) -> None:
    async with connect() as client:
        first = await call(client, "search_code", query="the price of a part", limit=4)
        second = await call(client, "search_code", query="a part and its price", limit=4)
        third = await call(client, "search_code", query="the price of a part", limit=4)
        again = await call(client, "search_code", query="the price of a part", limit=4, repeat=True)
    sent = [*places(first), *places(second), *places(third)]
    assert len(sent) == len(set(sent))
    assert places(again) == places(first)
    assert third["notes"][0] == "4 more were sent before (repeat=true sends again)."


async def test_another_client_gets_what_this_one_was_sent(connect: Connect) -> None:
    async with connect() as one, connect() as other:
        first = await call(one, "search_code", query="the price of a part", limit=4)
        assert places(await call(other, "search_code", query="the price of a part", limit=4)) == places(first)


async def test_a_cursor_leads_through_the_rest_to_its_end(connect: Connect) -> None:
    async with connect() as client:
        answer = await call(client, "search_code", query="the price of a part", limit=7, repeat=True)
        found, seen = answer["found"], places(answer)
        while "cursor" in answer:
            arguments = {"query": "the price of a part", "limit": 7, "cursor": answer["cursor"]}
            answer = await call(client, "search_code", **arguments)
            assert answer["results"]
            seen += places(answer)
        assert len(seen) == len(set(seen)) == found
        assert "cursor" in await refusal(client, "search_code", query="x", cursor="nowhere")


@pytest.mark.parametrize("budget", [100, 300, 1000])
@pytest.mark.parametrize("detail", ["auto", "place", "brief", "code"])
async def test_an_answer_keeps_to_its_budget(connect: Connect, budget: int, detail: str) -> None:
    async with connect() as client:
        result = await client.call_tool(
            "search_code",
            {"query": "the price of a part", "limit": 50, "max_tokens": budget, "detail": detail},
        )
    compact = json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))
    assert COUNT(result.content[0].text) <= budget
    assert COUNT(compact) <= budget
    if detail in {"auto", "code"} and budget > 100:
        assert max(COUNT(result.content[0].text), COUNT(compact)) >= 0.85 * budget


async def test_search_keeps_to_folders_globs_and_languages(connect: Connect) -> None:
    async with connect() as client:
        ask: dict[str, Any] = {"query": "wait before trying again", "repeat": True}
        go = await call(client, "search_code", languages=["go"], **ask)
        assert [place.split(":")[0] for place in places(go)] == ["shop/retry.go"]
        docs = await call(client, "search_code", folder="docs", **ask)
        assert {place.split(":")[0] for place in places(docs)} <= {"docs/parking.md"}
        parts = await call(client, "search_code", folder="parts", paths=["part_1*.py"], **ask)
        assert parts["results"]
        assert all(place.startswith("parts/part_1") for place in places(parts))
        none = await call(client, "search_code", paths=["no/such/**"], **ask)
        assert none["results"] == []
        assert "paths" in none["notes"][0]


async def test_definitions_are_found_by_plain_and_qualified_names(connect: Connect) -> None:
    async with connect() as client:
        plain = await call(client, "find_definition", name="total_price")
        assert places(plain) == ["shop/cart.py:6-10"]
        assert plain["results"][0]["symbol"] == "method Cart.total_price"
        assert places(await call(client, "find_definition", name="Cart.total_price")) == places(plain)
        assert places(await call(client, "find_definition", name="Cart::total_price()")) == places(plain)
        assert places(await call(client, "find_definition", name="TOTAL_PRICE")) == places(plain)
        assert places(await call(client, "find_definition", name="Retry"))[0].startswith("shop/retry.go:")
        missing = await call(client, "find_definition", name="total_prize")
        assert missing["results"] == []
        assert "total_price" in missing["notes"][0]
        assert "name" in await refusal(client, "find_definition", name="  ")


async def test_an_outline_is_the_lines_that_name_definitions(connect: Connect) -> None:
    async with connect() as client:
        file = await call(client, "outline", path="shop/cart.py")
        assert file["results"][0]["lines"] == [
            "3 class Cart:",
            "6     def total_price(self, discount):",
            "12     def add(self, item):",
        ]
        folder = await call(client, "outline", path="shop")
        assert [place.split(":")[0] for place in places(folder)] == [
            "shop/cart.py", "shop/mail.py", "shop/retry.go",
        ]  # fmt: skip
        assert any("Retry" in line for line in folder["results"][2]["lines"])
        whole = await call(client, "outline", path=".", max_tokens=300)
        assert whole["found"] > whole["shown"] > 0
        assert "indexed" in await refusal(client, "outline", path="build/out.py")


async def test_similar_code_is_found_for_indexed_files_alone(connect: Connect) -> None:
    async with connect() as client:
        answer = await call(
            client, "find_similar_code", path="parts/part_3.py", start_line=1, end_line=15, limit=3
        )
        assert all(place.startswith("parts/part_") for place in places(answer))
        assert not any(place.startswith("parts/part_3.py") for place in places(answer))
        for path in (".env", "build/out.py", "shop", "nowhere.py"):
            said = await refusal(client, "find_similar_code", path=path, start_line=1, end_line=1)
            assert "hunter2" not in said
        wrong = await refusal(client, "find_similar_code", path="shop/cart.py", start_line=9, end_line=2)
        assert "end_line" in wrong


async def test_context_is_whole_code(connect: Connect) -> None:
    async with connect() as client:
        answer = await call(client, "read_context", question="how is the total price of a cart worked out")
    lines = [line for result in answer["results"] for line in result["lines"]]
    assert "10         return sum(item.price for item in self.items) * (1 - discount)" in lines


async def test_tokens_are_counted_for_files_folders_and_texts(connect: Connect, indexed: Indexed) -> None:
    async with connect() as client:
        answer = await call(client, "count_tokens", paths=["shop/cart.py", "shop"])
        exact = COUNT((indexed.folder / "shop/cart.py").read_text())
        assert answer["paths"][0] == {"path": "shop/cart.py", "tokens": exact, "files": 1}
        assert answer["paths"][1]["files"] == 3
        assert answer["tokens"] == answer["paths"][1]["tokens"]  # each file once
        twice = await call(client, "count_tokens", paths=[".", "docs/parking.md", "docs/parking.md", "docs"])
        assert twice["tokens"] == twice["paths"][0]["tokens"] > twice["paths"][1]["tokens"] > 0
        apart = await call(client, "count_tokens", paths=["shop", "docs"])
        assert apart["tokens"] == sum(path["tokens"] for path in apart["paths"])
        assert (await call(client, "count_tokens", text="hello world"))["tokens"] == COUNT("hello world")
        other = await call(client, "count_tokens", text="hello", tokenizer="cl100k_base")
        assert other["tokenizer"] == "cl100k_base"
        assert "cl100k_base" in await refusal(client, "count_tokens", text="x", tokenizer="wrong")
        assert "either" in await refusal(client, "count_tokens")
        assert "indexed" in await refusal(client, "count_tokens", paths=[".env"])


async def test_the_index_tells_how_it_is_and_why_a_file_is_not_in_it(
    connect: Connect, indexed: Indexed
) -> None:
    async with connect() as client:
        (status,) = (await call(client, "index_status"))["folders"]
        assert status["folder"] == str(indexed.folder)
        assert status["searchable"] == 1
        assert (await call(client, "why_not_indexed", path="shop/cart.py"))["indexed"] is True
        ignored = await call(client, "why_not_indexed", path="build/out.py")
        assert ignored["indexed"] is False
        assert ignored["rule"] == "build/"
        assert ".gitignore:1" in ignored["rule_at"]


async def test_changed_code_is_read_again_from_the_disk(connect: Connect, indexed: Indexed) -> None:
    file = indexed.folder / "shop/mail.py"
    before = file.read_text()
    try:
        async with connect() as client:
            file.write_text("# a line above\n" + before.replace("Mail the bill", "Post the bill"))
            answer = await call(client, "find_definition", name="send_receipt")
    finally:
        file.write_text(before)
    assert places(answer) == ["shop/mail.py:2-4"]
    assert any("Post the bill" in line for line in answer["results"][0]["lines"])


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search_code", {"query": "x", "budget": 5}, "There is no argument `budget`"),
        ("search_code", {"query": "x", "maxTokens": 5}, "Did you mean `max_tokens`?"),
        ("search_code", {}, "`query` is missing"),
        ("search_code", {"query": 7}, "`query` must be a text"),
        ("search_code", {"query": "x", "limit": "10"}, "`limit` must be a whole number"),
        ("search_code", {"query": "x", "paths": "src"}, "`paths` must be a list"),
        ("search_code", {"query": "x", "kind": "regex"}, "`kind` must be one of auto"),
        ("search_code", {"query": "x", "max_tokens": 0}, "`max_tokens` must be 100 at least"),
        ("search_code", {"query": "x", "limit": -3}, "`limit` must be 1 at least"),
        ("search_code", {"query": "   "}, "Type what the code does"),
        ("outline", {"path": "../.."}, "is outside of"),
        ("outline", {"path": "/etc/passwd"}, "is outside of"),
        ("outline", {"path": "outside/secret.py"}, "is outside of"),
        ("outline", {"path": "shop/\0cart.py"}, "NUL"),
        ("search_code", {"query": "x", "folder": "/"}, "is outside of"),
        ("no_such_tool", {}, "There is no such tool"),
    ],
)
async def test_a_mistake_is_one_sentence_to_act_on(
    connect: Connect, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with connect() as client:
        assert said in await refusal(client, tool, **arguments)


@pytest.mark.parametrize(("detail", "max_tokens"), [("place", 500), ("auto", 100), ("brief", 200)])
async def test_what_a_search_showed_a_part_of_is_read_in_whole_after_it(
    connect: Connect, detail: str, max_tokens: int
) -> None:
    question = "retry with a longer delay each time"
    async with connect() as client:
        searched = await call(
            client, "search_code", query=question, detail=detail, max_tokens=max_tokens, limit=3
        )
        read = await call(client, "read_context", question=question, max_tokens=1000)
        again = await call(client, "read_context", question=question, max_tokens=1000)
    (place, *_) = places(searched)
    assert place.startswith("shop/retry.go")
    assert places(read)[0].startswith("shop/retry.go") and len(read["results"][0]["lines"]) > 5
    assert not any(one.startswith("shop/retry.go") for one in places(again))


async def test_a_filter_that_leaves_nothing_is_named(connect: Connect) -> None:
    async with connect() as client:
        for question in ("path:nowhere price", "lang:cobol price", "kind:image price"):
            answer = await call(client, "search_code", query=question, repeat=True)
            assert any(question.split()[0] in note or "image" in note for note in answer["notes"])
        german = await call(client, "search_code", query="wo wird die Rechnung gespeichert", repeat=True)
        assert any("English" in note for note in german["notes"])


async def test_an_answer_says_if_there_may_be_more_than_it_looked_for(
    indexed: Indexed, tmp_path: Path
) -> None:
    many = {f"part_{n}.py": f"def price_{n}(item):\n    return item.price * {n}\n" for n in range(70)}
    async with indexed.client(write(tmp_path / "much", many)) as client:
        await settled(client)
        result = await client.call_tool("search_code", {"query": "the price of an item", "max_tokens": 500})
        assert "of 50 or more shown" in result.content[0].text
        few = await client.call_tool("search_code", {"query": "price", "paths": ["part_7.py"]})
        assert "1 of 1 shown" in few.content[0].text


@pytest.mark.parametrize("tool", ["search_code", "read_context"])
async def test_a_question_is_taken_by_either_name(connect: Connect, tool: str) -> None:
    about = "sum the prices of all items"
    async with connect() as client:
        found = places(await call(client, tool, query=about, repeat=True))
        assert found and found == places(await call(client, tool, question=about, repeat=True))
        both = await refusal(client, tool, query=about, question=about)
        assert both.startswith("There is no argument `question`.")
        assert "`query` is missing" in await refusal(client, tool)
        listed = {one.name: one.input_schema for one in (await client.list_tools()).tools}
    assert listed[tool]["required"] == ["query"] and "question" not in listed[tool]["properties"]


async def test_the_least_budget_is_said_where_it_is_described(connect: Connect) -> None:
    async with connect() as client:
        for tool in (await client.list_tools()).tools:
            budget = tool.input_schema["properties"].get("max_tokens")
            if budget is not None:
                assert f"{budget['minimum']} or more" in budget["description"]
                assert "never refused" not in budget["description"]


async def test_null_stands_for_an_argument_that_is_left_out(connect: Connect) -> None:
    async with connect() as client:
        assert (await call(client, "search_code", query="price", folder=None, limit=None))["results"]


async def test_several_folders_are_one_project(connect: Connect, indexed: Indexed) -> None:
    async with connect(indexed.folder / "shop", indexed.folder / "docs") as client:
        answer = await call(client, "search_code", query="where visitors leave their cars")
        assert answer["root"] == str(indexed.folder)
        assert {place.split("/")[0] for place in places(answer)} == {"docs", "shop"}
        assert (await call(client, "outline", path="shop/cart.py"))["results"]
        assert (await call(client, "outline", path="cart.py"))["results"]
        assert "outside" in await refusal(client, "outline", path=str(indexed.folder / "parts"))


async def test_an_outline_tells_of_the_files_that_it_leaves_out(indexed: Indexed, tmp_path: Path) -> None:
    flat = write(tmp_path / "flat", {f"one_{n}.py": f"def one_{n}(): ...\n" for n in range(230)})
    async with indexed.client(write(flat, {"few/a.py": "def a(): ...\n", "few/b.py": "b = 1\n"})) as client:
        await settled(client)
        whole = await call(client, "outline", path=".", max_tokens=20_000)
        assert (whole["shown"], whole["found"]) == (200, 232)
        rest = await call(client, "outline", path=".", max_tokens=20_000, cursor=whole["cursor"])
        assert (rest["shown"], rest["found"], rest.get("cursor")) == (32, 32, None)
        assert len({*places(whole), *places(rest)}) == 232
        assert (await call(client, "outline", path=".", max_tokens=200))["found"] == 232
        few = await call(client, "outline", path="few")
        assert (few["shown"], few["found"], few.get("notes")) == (2, 2, None)
        assert (await call(client, "outline", path="one_7.py"))["found"] == 1


async def test_what_is_not_read_yet_is_not_called_absent(
    indexed: Indexed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = indexed.live.data_dir / "reading-waits"
    folder = write(tmp_path / "late", {"a.py": "def a(): ...\n", "b/c.py": "def c(): ...\n"})
    yet = "is indexed yet: ask again in a moment."
    async with indexed.client(folder) as client:
        waiting.touch()
        try:
            monkeypatch.setattr(following, "FIRST_SECONDS", 0.1)
            for path in (".", "a.py", "b"):
                assert f"Nothing at {path} {yet}" == await refusal(client, "outline", path=path)
                assert f"Nothing at {path} {yet}" == await refusal(client, "count_tokens", paths=[path])
            defined = await call(client, "find_definition", name="a")
            assert any("0% of the code" in note for note in defined["notes"])
        finally:
            waiting.unlink()
        monkeypatch.undo()
        await settled(client)
        assert (await call(client, "outline", path="."))["found"] == 2
        assert "notes" not in await call(client, "find_definition", name="a")


MANY = "".join(f"class Part{n}:\n    def price_{n}(self):\n        return {n}\n\n" for n in range(60))


@pytest.mark.parametrize("path", ["long.py", ".", "more", "more/none.txt"])
@pytest.mark.parametrize("max_tokens", [100, 300, 2000])
async def test_a_cursor_leads_through_an_outline_to_its_end(
    indexed: Indexed, tmp_path: Path, path: str, max_tokens: int
) -> None:
    long = "".join(f'def part_{n}():\n    """{"Long words. " * 40}"""\n\n' for n in range(30))
    files = {"long.py": MANY, "more/a.py": long, "more/b.py": "def b(): ...\n", "more/none.txt": "x\n"}
    async with indexed.client(write(tmp_path / "outlined", files)) as client:
        await settled(client)
        asked = {"path": path, "max_tokens": max_tokens}
        answers = [await call(client, "outline", **asked)]
        while "cursor" in answers[-1]:
            answers.append(await call(client, "outline", **asked, cursor=answers[-1]["cursor"]))
        lines = [
            (one["place"].split(":")[0], line)
            for answer in answers
            for one in answer["results"]
            for line in one["lines"]
        ]
        assert len(lines) == len(set(lines))
        if path == "long.py":
            assert len(lines) == 120
        whole = await call(client, "outline", path=path, max_tokens=20_000)
        every = {line for one in whole["results"] for line in one["lines"]}
        fits = {line for line in every if len(line) < 2 * max_tokens}
        assert fits <= {line for _, line in lines} <= every


async def test_a_cursor_leads_through_definitions_to_their_end(indexed: Indexed, tmp_path: Path) -> None:
    folder = write(tmp_path / "several", {f"part_{n}.py": "def redeem():\n    return 1\n" for n in range(14)})
    async with indexed.client(folder) as client:
        answer = await call(client, "find_definition", name="redeem", limit=5)
        seen = places(answer)
        while "cursor" in answer:
            ask = {"name": "redeem", "limit": 5, "cursor": answer["cursor"]}
            answer = await call(client, "find_definition", **ask)
            seen += places(answer)
        assert sorted(seen) == sorted(f"part_{n}.py:1-2" for n in range(14))


@pytest.mark.parametrize("name", ["Wanted.redeem", "wanted::redeem", "part_129.redeem"])
async def test_of_a_name_that_many_files_define_the_asked_one_is_found(
    indexed: Indexed, tmp_path: Path, name: str
) -> None:
    files = {
        f"part_{n}.py": f"class Part{n}:\n    def redeem(self):\n        return {n}\n" for n in range(130)
    }
    files["zoo.py"] = "class Wanted:\n    def redeem(self):\n        return 'wanted'\n"
    async with indexed.client(write(tmp_path / "crowd", files)) as client:
        found = await call(client, "find_definition", name=name)
        last = "part_129.py" if name.startswith("part") else "zoo.py"
        assert places(found)[0] == f"{last}:2-3"
        assert "31 more files" in found["notes"][0]
        few = await call(client, "find_definition", name=name, paths=["*9.py"])
        assert (few["found"], few.get("notes")) == (13, None)


async def test_a_folder_within_another_has_each_place_once(indexed: Indexed, tmp_path: Path) -> None:
    folder = write(tmp_path / "around", {"inner/cart.py": CART, "inner/.gitignore": "", "mail.py": "x = 1\n"})
    for roots in ((folder, folder / "inner"), (folder / "inner", folder)):
        async with indexed.client(*roots) as client:
            for tool, asked in (
                ("search_code", {"query": "sum the prices of all items", "repeat": True}),
                ("read_context", {"question": "sum the prices of all items", "repeat": True}),
                ("find_definition", {"name": "total_price"}),
                ("outline", {"path": "."}),
            ):
                found = places(await call(client, tool, **asked))
                assert len(found) == len(set(found)), tool
            counted = await call(client, "count_tokens", paths=[".", "inner"])
            assert counted["tokens"] == counted["paths"][0]["tokens"]


async def test_definitions_beyond_the_limit_are_counted(indexed: Indexed, tmp_path: Path) -> None:
    folder = write(tmp_path / "many", {f"part_{n}.py": "def redeem():\n    return 1\n" for n in range(14)})
    async with indexed.client(folder) as client:
        few = await call(client, "find_definition", name="redeem", limit=3)
        assert (few["shown"], few["found"]) == (3, 14)
        assert (await call(client, "find_definition", name="redeem"))["found"] == 14


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("def a():\n    return 1\n", 2),
        ("def a():\n    return 1", 2),
        ("def a():\n    return 1\n\n", 3),
        ("def a():\r\n    return 1\r\n", 2),
        ("def a(): ...", 1),
    ],
)
async def test_a_file_has_as_many_lines_as_an_editor_numbers(
    indexed: Indexed, tmp_path: Path, text: str, last: int
) -> None:
    folder = tmp_path / "lines"
    folder.mkdir()
    (folder / "a.py").write_bytes(text.encode())
    async with indexed.client(folder) as client:
        assert places(await call(client, "outline", path="a.py")) == [f"a.py:1-{last}"]


async def test_a_short_file_has_the_same_lines_in_every_answer(connect: Connect) -> None:
    async with connect() as client:
        place = ["docs/parking.md:1-3"]
        assert places(await call(client, "outline", path="docs/parking.md")) == place
        assert places(await call(client, "outline", path="docs")) == place
        assert places(await call(client, "search_code", query="visitors", folder="docs")) == place
        ask = {"question": "visitors", "folder": "docs", "repeat": True}
        assert places(await call(client, "read_context", **ask)) == place


@pytest.mark.parametrize("text", ["", "\n"])
async def test_a_file_that_was_emptied_is_outlined(indexed: Indexed, tmp_path: Path, text: str) -> None:
    folder = write(tmp_path / "emptied", {"a.py": "def a(): ...\n"})
    async with indexed.client(folder) as client:
        await settled(client)
        (folder / "a.py").write_text(text)
        result = await client.call_tool("outline", {"path": "a.py"})
        assert not result.is_error or "indexed" in result.content[0].text
        (folder / "a.py").unlink()
        result = await client.call_tool("outline", {"path": "a.py"})
        assert not result.is_error or "indexed" in result.content[0].text


async def test_several_folders_have_one_name_for_each_file(connect: Connect, indexed: Indexed) -> None:
    async with connect(indexed.folder / "shop", indexed.folder / "docs") as client:
        counted = await call(client, "count_tokens", paths=["shop", "docs", "cart.py", "shop/cart.py"])
        names = [path["path"] for path in counted["paths"]]
        assert names == ["shop", "docs", "shop/cart.py", "shop/cart.py"]
        assert [path["files"] for path in counted["paths"]] == [3, 1, 1, 1]
        assert counted["root"] == str(indexed.folder)
        for name in names:  # it can be used again
            assert (await call(client, "count_tokens", paths=[name]))["paths"][0]["path"] == name
            assert (await call(client, "outline", path=name))["results"]
        why = await call(client, "why_not_indexed", path="cart.py")
        assert (why["path"], why["root"]) == ("shop/cart.py", str(indexed.folder))
        for tool, argument in (("outline", "path"), ("count_tokens", "paths")):
            path = "docs/nowhere.md"
            said = await refusal(client, tool, **{argument: path if argument == "path" else [path]})
            assert "Nothing at docs/nowhere.md is indexed" in said
        said = await refusal(client, "find_similar_code", path="nowhere.md", start_line=1, end_line=1)
        assert "shop/nowhere.md" in said


async def test_the_whole_project_is_all_folders(connect: Connect, indexed: Indexed) -> None:
    async with connect(indexed.folder / "shop", indexed.folder / "docs") as client:
        files = ["docs/parking.md", "shop/cart.py", "shop/mail.py", "shop/retry.go"]
        for whole in (".", str(indexed.folder)):
            outlined = places(await call(client, "outline", path=whole))
            assert sorted(place.split(":")[0] for place in outlined) == files
            counted = await call(client, "count_tokens", paths=[whole, "shop"])
            assert [path["files"] for path in counted["paths"]] == [4, 3]
            assert counted["paths"][0]["path"] == "."
            assert counted["tokens"] == counted["paths"][0]["tokens"]
            found = await call(client, "search_code", query="cars", folder=whole, repeat=True)
            assert any(place.startswith("docs/") for place in places(found))


async def test_globs_from_an_answer_find_its_files(connect: Connect, indexed: Indexed) -> None:
    ask: dict[str, Any] = {"question": "the total price of a cart", "repeat": True}
    async with connect(indexed.folder / "shop", indexed.folder / "docs") as client:
        for glob in ("shop/**", "shop/cart.py", "cart.py", str(indexed.folder / "shop" / "*.py")):
            answer = await call(client, "read_context", paths=[glob], **ask)
            assert any(place.startswith("shop/cart.py:") for place in places(answer)), glob
            assert all(place.startswith("shop/") for place in places(answer))
        docs = await call(client, "search_code", query="cart", paths=["docs/**"], repeat=True)
        assert all(place.startswith("docs/") for place in places(docs))
        defined = await call(client, "find_definition", name="Cart", paths=["shop/*.py"])
        assert places(defined)[0].startswith("shop/cart.py:")
        like = {"path": "shop/cart.py", "start_line": 6, "end_line": 10, "repeat": True}
        similar = await call(client, "find_similar_code", paths=["docs/**"], **like)
        assert all(place.startswith("docs/") for place in places(similar))
        none = await call(client, "search_code", query="cart", paths=["docs/nowhere/**"], repeat=True)
        assert "in these paths" in none["notes"][0]
    async with connect() as client:
        answer = await call(client, "read_context", paths=[str(indexed.folder / "shop" / "**")], **ask)
        assert any(place.startswith("shop/cart.py:") for place in places(answer))


async def test_a_definition_outside_of_what_was_asked_is_named(connect: Connect, indexed: Indexed) -> None:
    async with connect() as client:
        narrowed: list[tuple[dict[str, Any], str]] = [
            ({"folder": "docs"}, "this folder"),
            ({"paths": ["docs/**"]}, "these paths"),
            ({"languages": ["go"]}, "these languages"),
            ({"folder": "shop", "languages": ["go"]}, "this folder and these languages"),
        ]
        for arguments, words in narrowed:
            answer = await call(client, "find_definition", name="total_price", **arguments)
            assert (answer["results"], answer["found"]) == ([], 0)
            assert answer["notes"] == [f"total_price is defined in shop/cart.py:6, outside of {words}."]
        missing = await call(client, "find_definition", name="total_prize", folder="docs")
        assert missing["notes"][0].startswith("No definition of total_prize. Defined are: ")
    async with connect(indexed.folder / "shop", indexed.folder / "docs") as client:
        for arguments in ({"folder": "docs"}, {"paths": ["docs/**"]}):
            answer = await call(client, "find_definition", name="Cart.total_price", **arguments)
            assert answer["notes"][0].startswith("Cart.total_price is defined in shop/cart.py:6, outside of ")


async def test_many_definitions_outside_are_counted(indexed: Indexed, tmp_path: Path) -> None:
    files = {f"part_{n}.py": "def redeem():\n    return 1\n" for n in range(9)}
    async with indexed.client(write(tmp_path / "outside", {**files, "few/a.py": "a = 1\n"})) as client:
        answer = await call(client, "find_definition", name="redeem", folder="few")
        assert answer["notes"][0].endswith("part_4.py:1 and 4 more places, outside of this folder.")


async def test_the_name_itself_is_not_among_the_names_like_it(indexed: Indexed, tmp_path: Path) -> None:
    folder = write(tmp_path / "renamed", {"a.py": "def redeem():\n    return 1\n"})
    async with indexed.client(folder) as client:
        await call(client, "find_definition", name="redeem")
        (folder / "a.py").write_text("def other():\n    return 1\n")
        notes = (await call(client, "find_definition", name="redeem"))["notes"]
        assert notes == ["No definition of redeem. Try search_code."]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search_code", {"query": "x", "folder": "nowhere"}, "There is no folder nowhere."),
        ("search_code", {"query": "x", "folder": "shop/nowhere"}, "There is no folder shop/nowhere."),
        ("read_context", {"question": "x", "folder": "nowhere"}, "There is no folder nowhere."),
        ("find_definition", {"name": "x", "folder": "nowhere"}, "There is no folder nowhere."),
        ("index_status", {"folder": "nowhere"}, "There is no folder nowhere."),
        ("index_status", {"folder": "docs/parking.md"}, "docs/parking.md is not a folder."),
        ("why_not_indexed", {"path": "."}, ". is a folder: name a file in it."),
        ("why_not_indexed", {"path": "shop"}, "shop is a folder: name a file in it."),
        (
            "find_similar_code",
            {"path": "shop", "start_line": 1, "end_line": 1},
            "shop is a folder: name a file in it.",
        ),
        (
            "find_similar_code",
            {"path": "nowhere.py", "start_line": 1, "end_line": 1},
            "nowhere.py is not in the index, so it is not read: There is no such file.",
        ),
    ],
)
async def test_what_is_not_there_is_said(
    connect: Connect, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with connect() as client:
        assert await refusal(client, tool, **arguments) == said


async def test_why_tells_a_file_that_never_was_from_a_rule(connect: Connect) -> None:
    async with connect() as client:
        for path in ("nowhere", "shop/nowhere.py"):
            result = await client.call_tool("why_not_indexed", {"path": path})
            assert result.content[0].text.endswith(f"\n\n{path}: There is no such file.")
            assert result.structured_content["reason"] == "There is no such file."
        folder = await call(client, "why_not_indexed", path="build")
        assert (folder["indexed"], folder["rule"], folder["rule_at"]) == (False, "build/", ".gitignore:1")


async def test_a_folder_that_is_there_is_answered_for(connect: Connect, indexed: Indexed) -> None:
    async with connect() as client:
        (status,) = (await call(client, "index_status", folder="shop"))["folders"]
        assert status["folder"] == str(indexed.folder)
        narrow = await call(client, "search_code", query="cars", folder="docs/parking.md", repeat=True)
        assert places(narrow) == ["docs/parking.md:1-3"]
