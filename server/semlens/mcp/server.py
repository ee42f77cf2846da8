"""The server: its tools listed and called, over standard input and output."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import semlens
from semlens.core.text.words import without_surrogates
from semlens.core.util.current_folder import current_folder
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import SemlensError, UsageError
from semlens.mcp.agent import Agent, PackedQuestion
from semlens.mcp.arguments import read_arguments, schema_of
from semlens.mcp.conversation import Conversation, Cursors
from semlens.mcp.following import FollowedFolders
from semlens.mcp.malformed import WellFormed
from semlens.mcp.roots import Roots, existing_folders
from semlens.mcp.sdk import Server, ServerRequestContext, stdio_server, types
from semlens.mcp.tools.count_tokens import COUNT_TOKENS
from semlens.mcp.tools.find_definition import FIND_DEFINITION
from semlens.mcp.tools.find_similar_code import FIND_SIMILAR_CODE
from semlens.mcp.tools.index_status import INDEX_STATUS
from semlens.mcp.tools.outline import OUTLINE
from semlens.mcp.tools.read_context import READ_CONTEXT
from semlens.mcp.tools.search_code import SEARCH_CODE
from semlens.mcp.tools.tool import Tool
from semlens.mcp.tools.why_not_indexed import WHY_NOT_INDEXED

log = logging.getLogger(__name__)

TOOLS: tuple[Tool[Any], ...] = (
    SEARCH_CODE,
    FIND_DEFINITION,
    READ_CONTEXT,
    OUTLINE,
    FIND_SIMILAR_CODE,
    COUNT_TOKENS,
    INDEX_STATUS,
    WHY_NOT_INDEXED,
)

INSTRUCTIONS = (
    "Semlens searches the code of this project by meaning, on this machine. Ask search_code before you "
    "read files, list folders or grep; find_definition for a name; read_context to understand how something "
    "works. Answers have numbered lines and fit max_tokens. What was sent before is left out."
)

ROOTS_SECONDS = 5.0
"""How long the client may take to name its folders."""

MAX_CONVERSATIONS = 200


class SemlensServer:
    """Answers all clients of this process."""

    def __init__(self, engine: EngineClient, folders: Sequence[str] = ()) -> None:
        """`folders` are the ones that clients may ask about. Without any, the client names them; if it does
        not, the current folder is meant."""
        self._folders = folders
        self._engine = engine
        self._followed = FollowedFolders(engine)
        self._cursors: Cursors[PackedQuestion] = Cursors()
        self._conversations: dict[str, Conversation] = {}
        self._roots: Roots | None = Roots(folders) if folders else None
        self._tools = {tool.name: tool for tool in TOOLS}

    def protocol(self) -> Server[Any]:
        """The SDK's server with Semlens's tools."""
        server: Server[Any] = Server(
            "semlens",
            title="Semlens",
            version=semlens.__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
        )
        server.middleware.clear()  # telemetry
        server.add_notification_handler(
            "notifications/roots/list_changed", types.NotificationParams, self._roots_changed
        )
        return server

    async def _list_tools(self, context: ServerRequestContext, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_listed(tool) for tool in TOOLS])

    async def _call_tool(
        self, context: ServerRequestContext, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """The answer of a tool, or one sentence that says what went wrong."""
        try:
            text, structured = await self._answer(context, params.name, params.arguments)
        except SemlensError as error:
            return _result(str(error), None)
        except Exception as error:
            log.exception("%s failed", params.name)
            return _result(f"Something unexpected went wrong ({type(error).__name__}): try again.", None)
        return _result(text, structured)

    async def _answer(
        self, context: ServerRequestContext, name: str, raw: Mapping[str, Any] | None
    ) -> tuple[str, Mapping[str, Any]]:
        tool = self._tools.get(name)
        if tool is None:
            raise UsageError(f"There is no such tool. There are: {', '.join(self._tools)}.")
        arguments = read_arguments(tool.arguments, raw)
        agent = Agent(
            self._engine,
            self._followed,
            await self._allowed(context),
            self._conversation(context),
            self._cursors,
        )
        answer = await tool.answer(agent, arguments)
        return answer.text, answer.structured

    async def _allowed(self, context: ServerRequestContext) -> Roots:
        """The folders of the command line, or of the client, or the current one if it names none.

        Raises `FolderError`, also if the client names folders and none exists.
        """
        if self._roots is None:
            named = await _client_roots(context)
            # Another folder than the ones that were named is none that the agent means.
            self._roots = Roots(existing_folders(named) if named else [str(current_folder())])
        return self._roots

    async def _roots_changed(self, context: ServerRequestContext, params: Any) -> None:
        if not self._folders:
            self._roots = None

    def _conversation(self, context: ServerRequestContext) -> Conversation:
        """The conversation of the client: one on standard input and output, one for each session on HTTP."""
        if context.request is None:
            return self._conversations.setdefault("", Conversation())
        session = context.request.headers.get("mcp-session-id")
        if session is None:
            return Conversation()
        while len(self._conversations) >= MAX_CONVERSATIONS and session not in self._conversations:
            del self._conversations[next(iter(self._conversations))]
        return self._conversations.setdefault(session, Conversation())


async def serve_stdio(folders: Sequence[str]) -> None:
    """Serve one client until it closes standard input. Raises `FolderError`."""
    async with EngineClient(default_data_dir(), "agent") as engine:
        # Inside the transport's task group an error would be wrapped, and its sentence lost.
        server = SemlensServer(engine, folders).protocol()
        async with stdio_server() as (read, write):
            options = server.create_initialization_options()
            await server.run(WellFormed(read, write), write, options)


async def _client_roots(context: ServerRequestContext) -> list[str]:
    """The URIs of the folders that the client says it works in; none if it does not tell."""
    capabilities = context.session.client_capabilities
    if capabilities is None or capabilities.roots is None:
        return []
    asked = context.session.send_request(types.ListRootsRequest(), types.ListRootsResult, ROOTS_SECONDS)
    with suppress(Exception):  # whatever the client does wrong, the current folder is left
        answer = await asyncio.wait_for(asked, ROOTS_SECONDS)
        return [str(root.uri) for root in answer.roots]
    return []


def _listed(tool: Tool[Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=schema_of(tool.arguments),
        output_schema=dict(tool.output_schema),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _result(text: str, structured: Mapping[str, Any] | None) -> types.CallToolResult:
    """An answer, or without structured content an error."""
    content = types.TextContent(type="text", text=without_surrogates(text))
    if structured is None:
        return types.CallToolResult(content=[content], is_error=True)
    return types.CallToolResult(content=[content], structured_content=dict(structured))
