"""What a user reads of an embedding server: what would be sent, and how it is."""

from __future__ import annotations

from semlens.core.served.model import Place
from semlens.protocol.served import ModelServerInfo


def what_is_sent(place: Place) -> list[str]:
    """What a user agrees to, line by line."""
    if place.is_here:
        return [
            f"Semlens would send your code and questions to the program at {place.host} on this machine,",
            "and cannot see whether that program passes them on.",
        ]
    return [
        f"To {place.host}, and to no other host, Semlens would send:",
        "  - the text of each piece of code in the folders that you index with this model",
        "  - the text of each question that you ask there",
        "  - a few fixed sentences, to notice when another model answers",
        "It sends no paths, and nothing of other folders. Who runs the server can keep what it gets.",
    ]


def server_lines(server: ModelServerInfo) -> list[str]:
    """How a server's model is."""
    prompts = [
        f'"{prompt}" before each {what}'
        for what, prompt in (("question", server.query_prompt), ("piece of code", server.document_prompt))
        if prompt
    ]
    facts = [f"{server.dimension} dimensions", f"window {server.window:,} tokens", *prompts]
    lines = [f"{server.model} at {server.host}: {', '.join(facts)}", f"    {server.setting}"]
    return [*lines, f"    {server.message}"] if server.message else lines
