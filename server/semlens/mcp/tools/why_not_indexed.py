"""`why_not_indexed`: why a file is in the index, or is not."""

from __future__ import annotations

from attrs import frozen

from semlens.core.text.words import without_surrogates
from semlens.mcp.agent import Agent, sentence
from semlens.mcp.arguments import argument
from semlens.mcp.tools.packed import ROOT, below_root, shown_root
from semlens.mcp.tools.tool import FLAG, TEXT, Tool, ToolAnswer, object_schema


@frozen
class WhyArguments:
    path: str = argument("A file, relative to the project.")


async def why_not_indexed(agent: Agent, arguments: WhyArguments) -> ToolAnswer:
    place = await agent.file(arguments.path)
    answer = await agent.why(place)
    refusal = answer.refusal
    rule = without_surrogates(refusal.rule if refusal and refusal.rule else "")
    where = without_surrogates(f"{refusal.file}:{refusal.line}" if refusal and refusal.file else "")
    reason = without_surrogates(answer.reason)
    path = agent.named(place)
    text = f"{path} is indexed." if answer.indexed else f"{path}: {sentence(reason)}"
    if rule:
        text += f" The rule is {rule}" + (f" at {where}." if where else ".")
    structured: dict[str, object] = {"path": path, "indexed": answer.indexed, "reason": reason}
    if rule:
        structured["rule"] = rule
    if where:
        structured["rule_at"] = where
    return below_root(shown_root(agent), text, structured)


WHY_NOT_INDEXED = Tool(
    name="why_not_indexed",
    title="Say why a file is not found",
    description="Say whether a file is in the index, and which rule keeps it out if it is not.",
    arguments=WhyArguments,
    output_schema=object_schema(
        {"root": ROOT, "path": TEXT, "indexed": FLAG, "reason": TEXT, "rule": TEXT, "rule_at": TEXT},
        ("path", "indexed", "reason"),
    ),
    answer=why_not_indexed,
)
