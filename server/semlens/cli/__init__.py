"""The command line: the same engine and the same index as the editor's, for people and for scripts.

Exit status 0: done. 1: failed, with one line on stderr that says what to do. 2: wrong usage. 130: stopped by
Ctrl+C.
To show or to end what is not there is done, with a sentence; a command that needs it fails.
"""

from __future__ import annotations

import errno
import os
import sys

from semlens.core.text.printable import printable
from semlens.errors import SemlensError, UsageError, shortage_of

FAILED, WRONG_USAGE, STOPPED = 1, 2, 130

_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What a disk says that takes no more."""


def main() -> None:
    """Run the command that the process's arguments name, and exit."""
    if sys.argv[1:] == ["serve"]:
        from semlens.lsp.start import serve

        serve()  # an editor waits for it: the other commands' arguments are not even imported
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a path may hold bytes that are no text
    try:
        _run(sys.argv[1:])
    except UsageError as error:
        _fail(str(error), WRONG_USAGE)
    except SemlensError as error:
        _fail(str(error), STOPPED if _is_of_interrupt(error) else FAILED)
    except KeyboardInterrupt:
        _fail("Stopped.", STOPPED)
    except BrokenPipeError:  # The reader, `head` for one, has enough.
        _write_no_more()
        sys.exit(FAILED)
    except Exception as error:
        if os.environ.get("SEMLENS_TRACEBACK"):
            raise
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            _write_no_more()
            _fail(f"The output cannot be written: {error.strerror}.", FAILED)
        short = shortage_of(error)
        if short is not None:
            _fail(str(short), FAILED)
        _fail(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). "
            "Run it again with SEMLENS_TRACEBACK=1 and report what it prints.",
            FAILED,
        )


def _is_of_interrupt(error: BaseException) -> bool:
    """Whether a command said this because of Ctrl+C."""
    before = error.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or _is_of_interrupt(before))


def _write_no_more() -> None:
    """Python would complain again when it writes the rest of the output at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_argument(text: str) -> str:
    """A question that begins with a filter such as `-lang:python` is no option: a space before it says so."""
    return f" {text}" if text.startswith(("-path:", "-lang:", "-is:")) else text


def _run(arguments: list[str]) -> None:
    """Run a command. Raises `SemlensError`, and SystemExit at the end."""
    if arguments[:1] == ["mcp"]:
        from semlens.cli.commands import mcp_serve

        if not any(one.startswith("-") or one in mcp_serve.COMMANDS for one in arguments):
            mcp_serve.serve(arguments[1:], None)  # each agent has a process of its own: keep it small
            return
    from semlens.cli.app import app

    app([_as_argument(text) for text in arguments], prog_name="semlens")


def _fail(sentence: str, status: int) -> None:
    # A name in the sentence must not steer the terminal.
    sys.stderr.write(f"semlens: {printable(' '.join(sentence.split()))}\n")
    sys.exit(status)
