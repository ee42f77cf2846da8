"""`find_definition`: where a name is defined."""

from __future__ import annotations

from attrs import frozen

from semlens.errors import UsageError
from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools import packed
from semlens.mcp.tools.tool import Tool, ToolAnswer
from semlens.protocol.agents import PackDefinitions, Packing
from semlens.types import Detail


@frozen
class DefinitionArguments:
    name: str = argument("The name, plain or qualified: total, Cart.total, Cart::total.")
    folder: str = argument("Look only in this folder; empty for the whole project.", "")
    paths: list[str] = argument("Look only in files that match one of these globs.", [])
    languages: list[str] = argument("Look only at these languages, by name or extension.", [])
    limit: int = packed.limit_argument()
    max_tokens: int = packed.tokens_argument(2000)
    detail: Detail = packed.detail_argument()
    cursor: str = packed.cursor_argument()


async def find_definition(agent: Agent, arguments: DefinitionArguments) -> ToolAnswer:
    if not arguments.name.strip():
        raise UsageError("`name` is empty.")
    searched = await packed.searched(agent, arguments.folder, arguments.paths)
    elsewhere = [place.root for place in await agent.folders("") if place.root not in searched.folders]
    packing = Packing(arguments.max_tokens, arguments.detail, root=packed.shown_root(agent))
    request = PackDefinitions(
        searched.folders,
        arguments.name,
        packing,
        packed.limit_within(arguments.limit, arguments.max_tokens),
        searched.globs,
        arguments.languages,
        elsewhere,
        _narrowed_to(arguments),
    )
    return await packed.next_passages(agent, request, arguments.cursor)


def _narrowed_to(arguments: DefinitionArguments) -> str:
    """What the arguments narrow the question to, in words."""
    named = {
        "this folder": arguments.folder,
        "these paths": arguments.paths,
        "these languages": arguments.languages,
    }
    return " and ".join(words for words, given in named.items() if given)


FIND_DEFINITION = Tool(
    name="find_definition",
    title="Find a definition",
    description=(
        "Show where a function, method, class or constant is defined, with its code, given its name. Use it "
        "instead of grepping for `def name` or `class name`. If you do not know the name, use search_code."
    ),
    arguments=DefinitionArguments,
    output_schema=packed.PASSAGES_SCHEMA,
    answer=find_definition,
)
