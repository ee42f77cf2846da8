"""The tools whose files say by what they were made, and never that nobody should edit them.

`generators.txt` lists them, a pattern in each line. What a tool writes once, for people to go on with, is not
listed: migrations, resolvers, projects and settings.
"""

from __future__ import annotations

import re
from importlib.resources import files

_TOOLS = "|".join(
    line.replace(" ", r"\s+")
    for line in (files("semlens.core.files") / "generators.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
_BY_TOOL = re.compile(
    rf".{{0,120}}?\b(?:by|with|via|using)\b:?\s+(?:the\s+|Google(?:'s)?\s+)?(?:{_TOOLS})"
    r"(?=\s*(?:\Z|[,;:(<\[.!/@]|v?\d|on\b|at\b|from\b|for\b|version|compiler|generator|plugin|emitter)|\s[-–—])",
    re.IGNORECASE,
)
"""What follows a claim: by which of the tools. A tool whose name goes on, or that a verb follows, is none."""
_FORM = re.compile(
    r"A\s+(?:Bison\s+parser,\s+made\s+(?:by\s+GNU\s+Bison|from)|lexical\s+scanner\s+generated\s+by\s+flex)\b"
    r"|(?:(?:ANSI|KR|K&R)-)?C(?:\+\+)?\s+code\s+produced\s+by\s+gperf\s+version\b"
    r"|parser\s+produced\s+by\s+Happy\s+Version\s+\d|parser\s+generated\s+by\s+jison\s+\d"
    r"|\$ANTLR\s+\d|The\s+following\s+code\s+was\s+generated\s+by\s+(?:JFlex|CUP)\b"
    r"|\S+\s+--\s+translated\s+by\s+f2c\s+\(version\b"
    r"|(?:Makefile\.in\s+)?generated\s+(?:automatically\s+)?by\s+(?:GNU\s+Autoconf|automake|aclocal)\s+\d"
    r"|\S+\.\s+Generated\s+(?:automatically\s+)?from\s+\S+\s+by\s+(?:configure|autoheader|config\.status)\b"
    r"|Generated\s+By:\s*(?:JJTree&?|&?JavaCC)"
    r"|Generated\s+by:\s+https?://(?:openapi-generator\.tech|github\.com/(?:swagger-api|OpenAPITools)/)"
    r"|DO\s+NOT\s+EDIT\s+THIS\s+FILE\s+-\s+IT\s+WAS\s+CREATED\s+BY\s+DOCTRINE\b"
    r"|Generated\s+data\s+\(by\s+glib-mkenums\)"
    r"|(?:C\+\+|Python|PHP|Lua)\s+code\s+generated\s+with\s+wxFormBuilder\b"
    r"|This\s+generated\s+code\s+requires\s+the\s+following\s+version\s+of\s+MenhirLib\b"
    r"|(?:header|parser|client|server)[\w\s]{0,20}\sauto-generated\s+by\s+pidl\b"
    r"|Automatically\s+generated\s+nanopb\s+(?:header|constant\s+definitions)\b"
    r"|Form\s+implementation\s+generated\s+from\s+reading\s+ui\s+file\b",
    re.IGNORECASE,
)
"""How files of some tools begin a line, in sentences of their own."""
_YOURS = re.compile(
    r"\bskeleton\b|\bstubs?\b|\bscaffold|\bboilerplate\b|\bstarting\s+point\b|\bfeel\s+free\b|\bsafe\s+to\s+(?:edit|modify|change)\b"
    r"|\byou\s+(?:should|can|may|might|could|are\s+free\s+to)\s+(?:\w+\s+){0,2}?(?:add|edit|modify|change|customi[sz]e|extend|delete)\b"
    r"|\bedit\s+(?:this|it|with\s+care|to\b|as\b)|\b(?:only|just)\s+(?:be\s+)?generated\s+(?:once|as\s+long|if)\b|\bcopied\s+through\b"
    r"|\b(?:modified|edited|changed|adapted|derived|ported|converted|tweaked|fixed|cleaned)\s+(?:\w+\s+)?(?:by|from|for|to|up)\b"
    r"|\bhand[\s-]?(?:edited|written|tuned|modified|optimi[sz]ed)\b|\b(?:by\s+hand|manually)\b|\buser\s+code\b|\bTODO\b",
    re.IGNORECASE,
)
"""Says that people have worked on the file, or are meant to."""


def names_tool(text: str, claim_end: int) -> bool:
    """Whether a claim goes on with one of the tools that made the file."""
    return bool(_BY_TOOL.match(text, claim_end))


def is_known_form(line: str) -> bool:
    """Whether a line of a comment is the first sentence of a tool's file."""
    return bool(_FORM.match(line))


def is_yours(comment: str) -> bool:
    """Whether the first comment of a file says that people work on it."""
    return bool(_YOURS.search(comment))
