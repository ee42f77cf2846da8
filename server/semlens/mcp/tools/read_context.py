"""`read_context`: the code to read for a question, packed into a budget."""

from __future__ import annotations

from attrs import frozen

from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools import packed
from semlens.mcp.tools.tool import Tool, ToolAnswer
from semlens.protocol.agents import Packing, PackSearch
from semlens.protocol.engine import Search


@frozen
class ContextArguments:
    query: str = argument("What you need to understand, in your own words.", also="question")
    max_tokens: int = packed.tokens_argument(4000)
    folder: str = argument("Read only this folder; empty for the whole project.", "")
    paths: list[str] = argument("Read only files that match one of these globs.", [])
    languages: list[str] = argument("Read only these languages, by name or extension.", [])
    cursor: str = packed.cursor_argument()
    repeat: bool = packed.repeat_argument()


async def read_context(agent: Agent, arguments: ContextArguments) -> ToolAnswer:
    searched = await packed.searched(agent, arguments.folder, arguments.paths)
    question = Search(
        arguments.query,
        folders=searched.folders,
        limit=packed.MAX_LIMIT,
        include_in=searched.globs,
        languages=arguments.languages,
    )
    packing = Packing(arguments.max_tokens, "code", root=packed.shown_root(agent), definitions=True)
    return await packed.next_passages(
        agent, PackSearch(question, packing), arguments.cursor, arguments.repeat
    )


READ_CONTEXT = Tool(
    name="read_context",
    title="Read the code for a question",
    description=(
        "Read the code that a question is about, whole pieces from all over the project, in one call and "
        "within your budget. Use it instead of opening several files to understand how something works. "
        "Use search_code if you only need to know where something is."
    ),
    arguments=ContextArguments,
    output_schema=packed.PASSAGES_SCHEMA,
    answer=read_context,
)
