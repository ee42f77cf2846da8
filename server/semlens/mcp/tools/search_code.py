"""`search_code`: find code by what it does."""

from __future__ import annotations

from attrs import frozen

from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools import packed
from semlens.mcp.tools.tool import Tool, ToolAnswer
from semlens.protocol.agents import Packing, PackSearch
from semlens.protocol.editor import QueryKind
from semlens.protocol.engine import Search
from semlens.types import Detail


@frozen
class SearchArguments:
    query: str = argument(
        "What the code does, in your own words, or a name, a piece of code, an error message. "
        "Filters may stand in it: path:src -path:vendor lang:python is:test -is:test",
        also="question",
    )
    folder: str = argument("Search only this folder; empty for the whole project.", "")
    paths: list[str] = argument("Search only files that match one of these globs, such as src/**.", [])
    languages: list[str] = argument("Search only these languages, by name or extension.", [])
    kind: QueryKind = argument("How to read the query; auto tells it from the text.", "auto")
    limit: int = packed.limit_argument()
    max_tokens: int = packed.tokens_argument(2000)
    detail: Detail = packed.detail_argument()
    cursor: str = packed.cursor_argument()
    repeat: bool = packed.repeat_argument()


async def search_code(agent: Agent, arguments: SearchArguments) -> ToolAnswer:
    searched = await packed.searched(agent, arguments.folder, arguments.paths)
    question = Search(
        arguments.query,
        arguments.kind,
        folders=searched.folders,
        limit=packed.limit_within(arguments.limit, arguments.max_tokens),
        include_in=searched.globs,
        languages=arguments.languages,
    )
    packing = Packing(arguments.max_tokens, arguments.detail, root=packed.shown_root(agent))
    return await packed.next_passages(
        agent, PackSearch(question, packing), arguments.cursor, arguments.repeat
    )


SEARCH_CODE = Tool(
    name="search_code",
    title="Search code by meaning",
    description=(
        "Find the code of this project that does something, in any words. Use it first, before reading "
        "files, listing folders or grepping, whenever you do not know where something is. It returns the "
        "best places with numbered lines that you can cite and edit without reading the file again. Do not "
        "use it to list every occurrence of an exact text (use grep), nor for a name that you know (use "
        "find_definition)."
    ),
    arguments=SearchArguments,
    output_schema=packed.PASSAGES_SCHEMA,
    answer=search_code,
)
