"""Asks the user's `git` about a work tree, so that nothing of the tree is run and nothing is fetched.

Only plumbing that reads objects is asked: no hook, filter, pager, signature or external diff is ever started.
A partial clone would fetch what it lacks; its protocols are forbidden, and the object counts as missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from semlens.errors import FolderError
from semlens.process.spawn import environment

SECONDS = 60.0
"""The most that one question may take."""

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "diff.external=",
    "log.showSignature=false",
    "protocol.allow=never",
)
_VARIABLES = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Git:
    """The git repository around a folder."""

    def __init__(self, root: Path) -> None:
        """:raises FolderError: there is no git, or `root` is in no repository that git reads"""
        self._root = root
        self._environment = {**environment(), **_VARIABLES}
        found = shutil.which("git", path=self._environment.get("PATH", os.defpath))
        if found is None or not os.path.isabs(found):
            raise FolderError("There is no git on this machine: install it to ask from the history.")
        self._program = Path(found)
        if self._program.is_relative_to(root):
            raise FolderError(f"The git in {root} is not run: install git elsewhere.")
        self.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def ask(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a command of git prints. Raises `FolderError` if it fails or takes too long."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = [str(self._program), "--no-pager", "--literal-pathspecs", *settings]
        try:
            done = subprocess.run(
                [*command, "-C", str(self._root), *arguments],
                input=stdin,
                capture_output=True,
                env=self._environment,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FolderError(f"git cannot be asked about {self._root}: {error}.") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[0].removeprefix("fatal: ") if said else "it has no commit"
            raise FolderError(f"git knows no history of {self._root}: {reason}.")
        return done.stdout
