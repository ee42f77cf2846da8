"""`find_similar_code`: find code like some lines of a file."""

from __future__ import annotations

from attrs import frozen

from semlens.errors import UsageError
from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools import packed
from semlens.mcp.tools.tool import Tool, ToolAnswer
from semlens.protocol.agents import Packing, PackSimilar
from semlens.protocol.engine import Similar
from semlens.types import Detail

LAST_LINE = 10_000_000


@frozen
class SimilarArguments:
    path: str = argument("The file with the code to compare, relative to the project.")
    start_line: int = argument("The first line of the code.", low=1, high=LAST_LINE)
    end_line: int = argument("The last line of the code.", low=1, high=LAST_LINE)
    paths: list[str] = argument("Search only files that match one of these globs.", [])
    languages: list[str] = argument("Search only these languages, by name or extension.", [])
    limit: int = packed.limit_argument()
    max_tokens: int = packed.tokens_argument(2000)
    detail: Detail = packed.detail_argument()
    cursor: str = packed.cursor_argument()
    repeat: bool = packed.repeat_argument()


async def find_similar_code(agent: Agent, arguments: SimilarArguments) -> ToolAnswer:
    if arguments.end_line < arguments.start_line:
        raise UsageError("`end_line` must not be less than `start_line`.")
    place = await agent.indexed_file(arguments.path)
    searched = await packed.searched(agent, "", arguments.paths)
    question = Similar(
        place.root,
        place.path,
        arguments.start_line,
        arguments.end_line,
        folders=searched.folders,
        limit=packed.limit_within(arguments.limit, arguments.max_tokens),
        include_in=searched.globs,
        languages=arguments.languages,
    )
    packing = Packing(arguments.max_tokens, arguments.detail, root=packed.shown_root(agent))
    return await packed.next_passages(
        agent, PackSimilar(question, packing), arguments.cursor, arguments.repeat
    )


FIND_SIMILAR_CODE = Tool(
    name="find_similar_code",
    title="Find similar code",
    description=(
        "Find code that is like some lines of a file: duplicates, other implementations of the same idea, "
        "places that need the same change. Use it before you write a helper that may exist already, and "
        "after you mended a fault that may exist elsewhere. Near copies come last. Do not use it to find "
        "callers."
    ),
    arguments=SimilarArguments,
    output_schema=packed.PASSAGES_SCHEMA,
    answer=find_similar_code,
)
