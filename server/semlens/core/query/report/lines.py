"""Sort the lines of a long text: sentences, code, and what tells nothing about the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum


class LineKind(Enum):
    """What a line of a report is."""

    PROSE = "prose"
    CODE = "code"
    """Code, or what was typed at a prompt."""
    OUTPUT = "output"
    """Traces, logs, tables, results: names and places in it count, its words do not."""
    NOISE = "noise"
    """A template's heading, a version, a rule."""


_LOOKED_AT = 400
"""Characters of a line that say what it is."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_URL = re.compile(r"\b(?:https?|ftp)://[^\s)>\]]+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_PROMPT = re.compile(
    r"\s*(?:>>>|\.\.\.|In ?\[\d+\]:|irb\([^)]*\)[^>]*>|iex\(\d+\)>|julia>|scala>|ghci>|[\w~/.@:-]*\$ )\s?(.*)"
)
_COMMENTED = re.compile(r"\s*(?:#(?!#* [A-Z])|//|/\*|\*(?!\*) |--|;;|%|\"{3}|'{3})")
_WORDS = re.compile(
    r"(?<!\w)(?:[^\W\d_][\w'’-]*,? +){3}[^\W\d_]|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{4}"
)
_CODE = re.compile(
    r"[;{}]\s*$|\w\(|=>|->|[^=!<>]=[^=]|==|&&|\|\|"
    r"|^\s*(?:def|class|func|fn|fun|import|from|return|if|for|raise|throw|let|var|const|using|require|end)\b"
)
_TRACE = _any(
    r"Traceback \(most",
    r"File \"[^\"]+\", line \d",
    r"at [\w$.<>:/\\-]{1,200}.{0,200}[:(](?:line )?\S{0,200}\d\)?$",
    r"goroutine \d+ \[",
    r"thread '[^']*' panicked",
    r"FAILED ",
    r"=+ FAILURES",
    r"diff --git ",
    r"@@ -\d",
)
_OUTPUT = _any(
    r"\d{4}-\d\d-\d\d[T ]\d",
    r"\[?\d\d:\d\d:\d\d",
    r"\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE|FATAL)\b[\]: ]",
    r"Caused by",
    r"Out ?\[\d+\]:",
    r"\|.*\|",
    r"[-+=*_|#~^ ]{3,}$",
    r"(?:index [0-9a-f]{6,}|--- |\+\+\+ )",
)
_NOISE = _any(
    r"#{1,6}\s*(?:describe|description|expected|actual|steps|to reproduce|reproduc|environment|versions?"
    r"|system|additional|context|screenshots?|checklist|what |how |bug report|summary|your |issue|possible"
    r"|output|logs?|code|example|details|operating)[^\n]{0,60}$",
    r"\*\*[^*]{1,60}\*\*:?\s*$",
    r"[-*]?\s*\[[ x]\]\s",
    r"[-*]?\s*(?:\*\*)?(?:os|python|node(?:\.?js)?|npm|version|browser|platform|java|jdk|go|ruby|rustc"
    r"|compiler|distribution|kernel|cpu|arch(?:itecture)?|operating system|package manager)\b[\w\s]{0,20}"
    r"(?:\*\*)?\s*[:=]",
    r"note: ",
    r"(?:hi|hello|hey|thanks|thank you|dear|cheers|regards)\b[^\n]{0,40}$",
    r"(?:python|node|ruby|ipython|julia)\s+v?\d+\.\d[^\n]*$",
    r"type .{1,80}\bfor more information",
    r"(?:signed-off-by|co-authored-by|reviewed-by|reported-by|fixes|closes|refs?|bug|issue|cc)\b\s*:?\s*#?"
    r"[\w<@.:/ -]{0,80}$",
)


_FRAME = re.compile(
    r"\s*(?="
    r"\bTraceback \(most|\bFile \"[^\"]+\", line \d|\bCaused by: |\bgoroutine \d+ \["
    r"|(?<=\s)at (?:[\w$.<>\[\]]+ ){0,4}\(?[^\s()]*[./\\][A-Za-z][^\s()]*:\d+(?::\d+)?\)?(?:\s|$)"
    r"|(?<=\s)at [\w$.<>]+\([\w$.]+:\d+\)"
    r"|(?<=\s)at [\w$.<>]+\([^)]{0,200}\) in \S+:line \d"
    r"|(?<![.\w])[A-Z]\w*(?:Error|Exception): "
    r")"
)
"""Where a line of a stack trace begins."""


def with_frames_apart(line: str) -> str:
    """A stack trace that lost its line ends, as a search box takes them, with these again; else the text."""
    apart = "\n".join(part for part in _FRAME.split(line) if part.strip())
    return apart if any(map(is_trace, apart.split("\n"))) else line


def without_hidden(text: str) -> str:
    """The text without comments, which a template leaves, and with "\\n" between lines."""
    return _COMMENT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def sorted_lines(text: str) -> Iterator[tuple[LineKind, str]]:
    """Each line of a text that is not blank, with its kind: code without its prompt, prose without links."""
    fenced = in_diff = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if not line.strip():
            continue
        head = line[:_LOOKED_AT]
        bare = head.strip()
        prompt = _PROMPT.match(head)
        if prompt:
            yield LineKind.CODE, line[prompt.start(1) :]
        elif is_trace(bare) or _OUTPUT.match(bare):
            in_diff |= bare.startswith(("diff ", "@@"))
            yield LineKind.OUTPUT, line
        elif in_diff and line[0] in "+-":
            yield LineKind.CODE, line[1:]
        elif fenced or line.startswith(("    ", "\t")):
            yield (LineKind.CODE if is_code(line) else LineKind.OUTPUT), line
        elif _NOISE.match(bare):
            yield LineKind.NOISE, line
        else:
            yield LineKind.PROSE, _URL.sub(" ", line).strip()


def is_code(line: str) -> bool:
    """Whether a line looks like code."""
    return _CODE.search(line[:_LOOKED_AT]) is not None


def is_sentence(line: str) -> bool:
    """Whether a line is words of a language rather than code or a comment in it."""
    return _COMMENTED.match(line) is None and _WORDS.search(line[:_LOOKED_AT]) is not None


def is_trace(line: str) -> bool:
    """Whether a line is of a stack trace, a test's failure or a diff: no code has such lines."""
    return _TRACE.match(line[:_LOOKED_AT].strip()) is not None
