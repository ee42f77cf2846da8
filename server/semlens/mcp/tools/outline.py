"""`outline`: the definitions in a file or a folder."""

from __future__ import annotations

from attrs import frozen

from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools import packed
from semlens.mcp.tools.tool import Tool, ToolAnswer
from semlens.protocol.agents import Packing, PackOutline


@frozen
class OutlineArguments:
    path: str = argument("A file or a folder, relative to the project; . is the whole project.")
    max_tokens: int = packed.tokens_argument(2000)
    cursor: str = packed.cursor_argument()


async def outline(agent: Agent, arguments: OutlineArguments) -> ToolAnswer:
    where = await agent.places(arguments.path)
    packing = Packing(arguments.max_tokens, root=packed.shown_root(agent))
    return await packed.next_passages(agent, PackOutline(where, packing), arguments.cursor)


OUTLINE = Tool(
    name="outline",
    title="Outline a file or folder",
    description=(
        "List the definitions of a file with their line numbers, or those of all files in a folder. Use it "
        "before reading a long file, to read only the lines that you need; it costs a fraction of the file."
    ),
    arguments=OutlineArguments,
    output_schema=packed.PASSAGES_SCHEMA,
    answer=outline,
)
