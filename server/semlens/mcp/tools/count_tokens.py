"""`count_tokens`: what files, folders or a text cost."""

from __future__ import annotations

from attrs import frozen

from semlens.errors import UsageError
from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools.tool import NUMBER, TEXT, Tool, ToolAnswer, object_schema
from semlens.protocol.agents import CountedTokens, CountTokens

MAX_PATHS = 200


@frozen
class CountArguments:
    paths: list[str] = argument("Files and folders to count, relative to the project.", [])
    text: str = argument("A text to count, instead of paths.", "")
    tokenizer: str = argument("The tokenizer; empty for o200k_base.", "")


async def count_tokens(agent: Agent, arguments: CountArguments) -> ToolAnswer:
    if bool(arguments.paths) == bool(arguments.text):
        raise UsageError("Give either `paths` or `text`.")
    if len(arguments.paths) > MAX_PATHS:
        raise UsageError(f"Give {MAX_PATHS} paths at most.")
    if arguments.text:
        counted = await agent.ask(CountTokens(text=arguments.text, tokenizer=arguments.tokenizer))
        return _answer(counted, [])
    places = [await agent.file(path) for path in arguments.paths]
    answers = [
        await agent.ask(CountTokens(place.root, [place.path], tokenizer=arguments.tokenizer))
        for place in places
    ]
    whole = CountedTokens(
        answers[0].tokenizer,
        sum(answer.tokens for answer in answers),
        [counted for answer in answers for counted in answer.paths],
    )
    return _answer(whole, [place.path or "." for place in places])


def _answer(counted: CountedTokens, names: list[str]) -> ToolAnswer:
    of_paths = [
        {"path": name, "tokens": one.tokens, "files": one.files}
        for name, one in zip(names, counted.paths, strict=True)
    ]
    lines = [f"{one['tokens']} {one['path']} ({_files(one['files'])})" for one in of_paths]
    lines.append(f"{counted.tokens} tokens in {counted.tokenizer}")
    structured = {"tokenizer": counted.tokenizer, "tokens": counted.tokens, "paths": of_paths}
    return ToolAnswer("\n".join(lines), structured)


def _files(count: object) -> str:
    return "1 file" if count == 1 else f"{count} files"


COUNT_TOKENS = Tool(
    name="count_tokens",
    title="Count tokens",
    description=(
        "Count the tokens of files, folders or a text. Use it before reading something that may be large. "
        "Files that are not in the index are not counted."
    ),
    arguments=CountArguments,
    output_schema=object_schema(
        {
            "tokenizer": TEXT,
            "tokens": {"description": "Of everything together.", **NUMBER},
            "paths": {
                "type": "array",
                "items": object_schema(
                    {"path": TEXT, "tokens": NUMBER, "files": NUMBER}, ("path", "tokens", "files")
                ),
            },
        },
        ("tokenizer", "tokens", "paths"),
    ),
    answer=count_tokens,
)
