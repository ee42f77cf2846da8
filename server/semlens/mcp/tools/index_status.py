"""`index_status`: how much of the project can be found."""

from __future__ import annotations

import os
from typing import Any

from attrs import frozen

from semlens.core.text.words import without_surrogates
from semlens.errors import UsageError
from semlens.mcp.agent import Agent
from semlens.mcp.arguments import argument
from semlens.mcp.tools.tool import NUMBER, TEXT, Tool, ToolAnswer, object_schema
from semlens.protocol.notifications import FolderStatus

RATIO = {"type": "number"}


@frozen
class StatusArguments:
    folder: str = argument("A folder: the index that it belongs to is meant; empty for all.", "")


async def index_status(agent: Agent, arguments: StatusArguments) -> ToolAnswer:
    places = await agent.folders(arguments.folder)
    for place in places:
        if not os.path.isdir(place.absolute):
            raise UsageError(f"{agent.named(place)} is not a folder.")
    statuses = [await agent.status(place.root) for place in places]
    text = "\n".join(map(_line, statuses))
    return ToolAnswer(text, {"folders": [_fields(status) for status in statuses]})


def _fields(status: FolderStatus) -> dict[str, Any]:
    coverage = status.coverage
    fields = {
        "folder": without_surrogates(status.folder),
        "state": status.state,
        "files": status.files,
        "chunks": status.chunks,
        "skipped": status.skipped,
        "searchable": min(coverage.lexical, coverage.instant),
        "deep": coverage.deep,
    }
    return {**fields, "message": status.message} if status.message else fields


def _line(status: FolderStatus) -> str:
    searchable = min(status.coverage.lexical, status.coverage.instant)
    parts = [
        f"{without_surrogates(status.folder)}: {status.state}",
        f"{status.files} files searchable ({searchable:.0%})",
        f"{status.skipped} left out",
        f"best results for {max(status.coverage.deep, status.coverage.shared):.0%}",
    ]
    return ", ".join(parts) + (f". {status.message}" if status.message else "")


INDEX_STATUS = Tool(
    name="index_status",
    title="Show the state of the index",
    description=(
        "Say how many files of the project can be found, and whether indexing is still going on. Use it if a "
        "search finds less than you expect."
    ),
    arguments=StatusArguments,
    output_schema=object_schema(
        {
            "folders": {
                "type": "array",
                "items": object_schema(
                    {
                        "folder": TEXT,
                        "state": TEXT,
                        "message": TEXT,
                        "files": NUMBER,
                        "chunks": NUMBER,
                        "skipped": NUMBER,
                        "searchable": {"description": "Share of the code, from 0 to 1.", **RATIO},
                        "deep": {"description": "Share that the best model has read.", **RATIO},
                    },
                    ("folder", "state", "files", "chunks", "skipped", "searchable", "deep"),
                ),
            }
        },
        ("folders",),
    ),
    answer=index_status,
)
