"""Ask the peer `semble` through its own API, and score it with our scorer.

It runs in one process of `peer_runner.py`, under an interpreter that has `semble`. It uses our embedding
table unless `SEMBLE_MODEL_NAME` names another, so that only the chunks and the ranking differ.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from quality.scoring import LIMIT, Location
from semlens.core.embed.static_model import SHIPPED

_RUNNER = Path(__file__).with_name("peer_runner.py")
_MODEL = "SEMBLE_MODEL_NAME"


class Peer:
    """A running peer. Call `close` when done."""

    def __init__(self, python: Path) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="peer-")
        environment = {
            **os.environ,
            "SEMBLE_CACHE_LOCATION": self._scratch.name,
            "HF_HUB_OFFLINE": "1",
        }
        ours = Path(self._scratch.name, "model")
        self.model = environment.setdefault(_MODEL, str(ours))
        # Not resolved: a virtual environment's interpreter is a link to one that lacks its packages.
        command = [str(python.absolute()), str(_RUNNER), str(SHIPPED), str(ours)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        if self.model == str(ours):
            self.model = "the instant model of Semlens"
        self.version = str(self._read())

    def ask(self, root: Path, queries: Sequence[str]) -> list[list[Location]]:
        """Index `root` anew, and return the locations of the first `LIMIT` hits of each query.

        Raises RuntimeError if the peer has ended.
        """
        answers = self._ask({"root": str(root), "queries": queries, "limit": LIMIT})
        return [[(str(path), int(start), int(end)) for path, start, end in hits] for hits in answers]

    def snippets(
        self, root: Path, queries: Sequence[str], limit: int, lines: int
    ) -> list[list[dict[str, Any]]]:
        """Index `root` anew, and return the results of each query as the peer's tool for agents writes them.

        Each shows at most `lines` lines. Raises RuntimeError if the peer has ended.
        """
        asked = {"root": str(root), "queries": queries, "limit": limit, "lines": lines}
        answers: list[list[dict[str, Any]]] = self._ask(asked)
        return answers

    def _ask(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(30)
        self._scratch.cleanup()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The peer ended. Its output is above.")
        return json.loads(line)


@contextmanager
def running_peer(python: Path | None) -> Iterator[Peer | None]:
    """The peer under an interpreter that has it, with a line that names it; None without an interpreter."""
    if python is None:
        yield None
        return
    with closing(Peer(python)) as peer:
        print(f"peer: semble {peer.version} with {peer.model}")
        yield peer
