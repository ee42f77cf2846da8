"""`count_tokens`: what files, folders or a text cost."""

from __future__ import annotations

from attrs import frozen

from semlens.errors import UsageError
from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools.packed import ROOT, below_root, shown_root
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
        return _answer(await agent.ask(CountTokens(text=arguments.text, tokenizer=arguments.tokenizer)))
    paths = [await agent.places(path) for path in arguments.paths]
    return _answer(await agent.ask(CountTokens(paths, tokenizer=arguments.tokenizer)), shown_root(agent))


def _answer(counted: CountedTokens, root: str = "") -> ToolAnswer:
    lines = [f"{one.tokens} {one.path} ({_files(one.files)})" for one in counted.paths]
    lines.append(f"{counted.tokens} tokens in {counted.tokenizer}")
    of_paths = [{"path": one.path, "tokens": one.tokens, "files": one.files} for one in counted.paths]
    structured = {"tokenizer": counted.tokenizer, "tokens": counted.tokens, "paths": of_paths}
    text = "\n".join(lines)
    return below_root(root, text, structured) if root else ToolAnswer(text, structured)


def _files(count: int) -> str:
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
            "root": ROOT,
            "tokenizer": TEXT,
            "tokens": {"description": "Of everything together, each file once.", **NUMBER},
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
