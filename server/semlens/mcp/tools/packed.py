"""What the tools have in common whose answers are passages of code within a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attrs import evolve

from semlens.core.text.words import without_surrogates
from semlens.mcp.agent import Agent, PackedQuestion
from semlens.mcp.arguments import argument
from semlens.mcp.conversation import Continuation, Conversation
from semlens.mcp.globs import globs_of_folders
from semlens.mcp.tools.tool import FLAG, NUMBER, TEXT, TEXTS, ToolAnswer, object_schema
from semlens.protocol.agents import PackDefinitions, PackedAnswer, PackSearch, PackSimilar
from semlens.types import Detail

MIN_TOKENS, MAX_TOKENS = 100, 20_000
"""As in `core.pack`, which this process does not import."""

MAX_LIMIT = 50

LEAST_LIMIT, PASSAGE_TOKENS = 10, 200
"""Without a limit there are 10 results, or one for so many tokens of the budget."""

ROOT = {"description": "The folder that paths are relative to.", **TEXT}

PASSAGES_SCHEMA = object_schema(
    {
        "root": ROOT,
        "results": {
            "description": "The best first.",
            "type": "array",
            "items": object_schema(
                {
                    "place": {"description": "path:first line-last line", **TEXT},
                    "symbol": {"description": "Kind and name of the definition.", **TEXT},
                    "why": {"description": "Why it is a hit.", **TEXT},
                    "stale": {"description": "Changed since it was indexed.", **FLAG},
                    "lines": {
                        "description": "Lines with their numbers; missing numbers are lines left out.",
                        **TEXTS,
                    },
                },
                ("place", "lines"),
            ),
        },
        "shown": NUMBER,
        "found": NUMBER,
        "cursor": {"description": "Give it as `cursor` to get the rest.", **TEXT},
        "notes": TEXTS,
    },
    ("results", "shown", "found"),
)


def tokens_argument(default: int) -> int:
    """The argument `max_tokens`."""
    described = (
        f"The most tokens of the answer, {MIN_TOKENS} or more, counted in o200k_base. It is shortened to fit."
    )
    value: int = argument(described, default, MIN_TOKENS, MAX_TOKENS)
    return value


def limit_argument() -> int:
    """The argument `limit`; 0 if it is left out."""
    value: int = argument("The most results; left out, 10 and more above 2,000 tokens.", 0, 1, MAX_LIMIT)
    return value


def limit_within(limit: int, max_tokens: int) -> int:
    """The most results: as many as were asked for, or as a budget has room for."""
    return limit or min(MAX_LIMIT, max(LEAST_LIMIT, max_tokens // PASSAGE_TOKENS))


def detail_argument() -> Detail:
    """The argument `detail`."""
    described = (
        "How much of each result: auto (more of the best ones), place (one line), brief (signature and "
        "telling lines) or code (all lines)."
    )
    value: Detail = argument(described, "auto")
    return value


def cursor_argument() -> str:
    """The argument `cursor`."""
    value: str = argument(
        "From an earlier answer: gives the rest of it; other arguments may stay the same.", ""
    )
    return value


def repeat_argument() -> bool:
    """The argument `repeat`."""
    value: bool = argument("Send again what this conversation was sent before.", False)
    return value


async def next_passages(
    agent: Agent, question: PackedQuestion, cursor: str, repeat: bool = True
) -> ToolAnswer:
    """The next passages for a question, or for the one that a cursor goes on with.

    A search leaves out what was sent before, unless asked to `repeat` it; of what was sent in part alone,
    only who asks for whole definitions gets the rest. Raises `SemlensError`.
    """
    conversation, cursors = agent.conversation, agent.cursors
    async with conversation.turn:
        rest = cursors.find(cursor) if cursor else Continuation(question, ())
        following = cursors.new()
        packing = evolve(
            question.packing,
            sent=[] if repeat else _sent(conversation, rest.question),
            delivered=list(rest.delivered),
            cursor=following,
        )
        asked: Any = evolve(_limited(rest.question, question), packing=packing)
        answer: PackedAnswer = await agent.ask(asked)
        if isinstance(rest.question, PackSearch | PackSimilar):
            conversation.note_sent(answer.shown, answer.whole)
        if answer.rest:
            cursors.keep(following, Continuation(rest.question, (*rest.delivered, *answer.shown)))
    return ToolAnswer(answer.text, answer.structured)


def _sent(conversation: Conversation, asked: PackedQuestion) -> list[str]:
    return conversation.sent_whole if asked.packing.definitions else conversation.sent


def _limited(asked: PackedQuestion, question: PackedQuestion) -> PackedQuestion:
    """A question with the limit of a later one; another kind of question says nothing of it."""
    if isinstance(asked, PackDefinitions) and isinstance(question, PackDefinitions):
        return evolve(asked, limit=question.limit)
    if isinstance(asked, PackSearch | PackSimilar) and isinstance(question, PackSearch | PackSimilar):
        about: Any = evolve(asked.question, limit=question.question.limit)
        return evolve(asked, question=about)
    return asked


@dataclass(frozen=True, slots=True)
class Searched:
    """Where to search."""

    folders: list[str]
    globs: dict[str, list[str]]
    """Folder → globs of the files to search there; a folder without any is searched as a whole."""


async def searched(agent: Agent, folder: str, paths: list[str]) -> Searched:
    """Where a client's `folder` and `paths` say that it searches. Raises `SemlensError`."""
    globs = globs_of_folders(agent.roots, await agent.folders(folder), paths)
    return Searched([*globs], {root: its for root, its in globs.items() if its})


def shown_root(agent: Agent) -> str:
    """The folder that an answer names paths relative to: the same for all answers of a server."""
    return agent.roots.shown or agent.roots.folders[0]


def below_root(root: str, text: str, structured: Mapping[str, Any]) -> ToolAnswer:
    """An answer that names paths relative to a folder, and says to which."""
    root = without_surrogates(root)
    return ToolAnswer(f"root {root}\n\n{text}", {"root": root, **structured})
