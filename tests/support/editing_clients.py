"""Several who work on one folder at once: editors, each with a language server, and a command line.

Every text that they write holds a name that no other one has. So it is known at the end which names
must be found, in which file and on which lines, and which must not be found any more.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.wire_client import WireClient

SHARED_FILES = 40
"""Files that every side writes to; each also has as many of its own."""

CLI_EVERY = 100
"""Changes after which the command line is run."""


@dataclass
class Names:
    """Gives out names, and remembers them all."""

    given: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new(self, side: str) -> str:
        with self._lock:
            self.given.append(f"mark_{side}_{len(self.given):05}")
            return self.given[-1]


def text_with(name: str, lines: int) -> str:
    body = "".join(f"    step_{line} = value + {line}\n" for line in range(lines))
    return f"import os\n\n\ndef {name}(value):\n{body}    return value\n\n\nLIMIT = {lines}\n"


class Side:
    """One that changes files. `slowness` is the longest pause between two changes, in seconds."""

    def __init__(self, name: str, root: Path, names: Names, seed: int, slowness: float) -> None:
        self.name = name
        self.root = root
        self.names = names
        self.chance = random.Random(seed)
        self.slowness = slowness
        self.files = [*(f"shared/file_{number:02}.py" for number in range(SHARED_FILES))]
        self.files += [f"{name}/file_{number:02}.py" for number in range(SHARED_FILES)]
        self.failure: BaseException | None = None

    def work(self, changes: int) -> None:
        try:
            for number in range(changes):
                self.change(number)
                time.sleep(self.chance.uniform(0, self.slowness))
            self.finish()
        except BaseException as error:
            self.failure = error

    def change(self, number: int) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Leave nothing open."""

    def text(self) -> str:
        return text_with(self.names.new(self.name), self.chance.randrange(1, 30))

    def some_file(self) -> Path:
        file = self.root / self.chance.choice(self.files)
        file.parent.mkdir(parents=True, exist_ok=True)
        return file


class EditorSide(Side):
    """Types into a buffer, saves it as editors do, and tells its language server of both."""

    def __init__(
        self, name: str, root: Path, names: Names, seed: int, slowness: float, data_dir: Path
    ) -> None:
        super().__init__(name, root, names, seed, slowness)
        self.client = WireClient(data_dir)
        self.client.initialize(root)
        self._open: dict[Path, int] = {}

    def change(self, number: int) -> None:
        file, text = self.some_file(), self.text()
        uri = file.as_uri()
        version = self._open[file] = self._open.get(file, 0) + 1
        if version == 1:
            document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            self.client.notify("textDocument/didOpen", {"textDocument": document})
        else:
            identifier = {"uri": uri, "version": version}
            self.client.notify(
                "textDocument/didChange", {"textDocument": identifier, "contentChanges": [{"text": text}]}
            )
        if self.chance.random() < 0.5:
            file.write_text(text)
        else:
            partial = file.with_name(f".{file.name}.{self.name}")
            partial.write_text(text)
            os.replace(partial, file)
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        if self.chance.random() < 0.3 or "shared" in file.parts:
            self._close(file)

    def finish(self) -> None:
        for file in list(self._open):
            self._close(file)

    def _close(self, file: Path) -> None:
        """What others do to a file after that, no buffer hides."""
        del self._open[file]
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})

    def hits(self, query: str) -> list[dict[str, Any]]:
        answer = self.client.request("semlens/search", {"query": query, "limit": 10}, timeout=60)
        found: list[dict[str, Any]] = answer["result"]["hits"]
        return [
            {
                "path": hit["uri"],
                "lines": (hit["range"]["start"]["line"] + 1, hit["range"]["end"]["line"] + 1),
                **hit,
            }
            for hit in found
        ]


class CommandLineSide(Side):
    """Changes, renames and removes files as scripts do, and runs `semlens index` now and then."""

    def __init__(
        self, name: str, root: Path, names: Names, seed: int, slowness: float, data_dir: Path
    ) -> None:
        super().__init__(name, root, names, seed, slowness)
        self.data_dir = data_dir
        self.runs = 0

    def change(self, number: int) -> None:
        file = self.some_file()
        kind = self.chance.choices(["write", "rename", "remove", "folder"], [6, 2, 2, 0.1])[0]
        if kind == "write" or not file.exists():
            file.write_text(self.text())
        elif kind == "rename":
            file.replace(self.some_file())
        elif kind == "remove":
            file.unlink()
        else:
            folder = self.root / self.name
            folder.rename(self.root / "moved")
            (self.root / "moved").rename(folder)
        if number % CLI_EVERY == CLI_EVERY - 1:
            self.run("index", str(self.root), "--tier", "instant")

    def run(self, *arguments: str) -> str:
        self.runs += 1
        done = subprocess.run(
            [sys.executable, "-I", "-m", "semlens", *arguments],
            env={**os.environ, "SEMLENS_DATA_DIR": str(self.data_dir)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class Wrong:
    """What is not as the files are."""

    asked: int = 0
    missing: list[str] = field(default_factory=list)
    """Names that stand in a file and are not found there, on their lines."""
    stale: list[str] = field(default_factory=list)
    """Names that stand in no file and are found, or hits that are marked as stale though nothing is open."""

    def __str__(self) -> str:
        return f"of {self.asked} asked: missing {self.missing[:9]}, stale {self.stale[:9]}"


def names_on_disk(root: Path, names: Iterable[str]) -> dict[str, Path]:
    """Where each name stands that stands anywhere."""
    texts = {path: path.read_text() for path in sorted(root.rglob("*.py"))}
    known = set(names)
    return {
        name: path
        for path, text in texts.items()
        for line in text.splitlines()
        if line.startswith("def ") and (name := line[4:].split("(")[0]) in known
    }


def look_for(
    names: Iterable[str], there: dict[str, Path], hits: Callable[[str], list[dict[str, Any]]]
) -> Wrong:
    """Ask for each name by `hits`, whose places are compared with the files."""
    wrong = Wrong()
    for name in names:
        wrong.asked += 1
        found = [hit for hit in hits(name) if name in hit["preview"]]
        if any(hit["stale"] for hit in found) or (found and name not in there):
            wrong.stale.append(name)
        elif name in there and not _is_right(found, there[name]):
            wrong.missing.append(name)
    return wrong


def _is_right(found: list[dict[str, Any]], file: Path) -> bool:
    """Whether one hit was found, in this file, where its text stands."""
    if [hit["path"] for hit in found] != [file.as_uri()]:
        return False
    first, last = found[0]["lines"]
    lines = "\n".join(file.read_text().split("\n")[first - 1 : last])
    return lines.startswith(found[0]["preview"].rstrip())


def work_at_once(sides: Iterable[Side], changes: int) -> None:
    """Let every side make its changes, side by side, and raise what stopped one of them."""
    all_sides = list(sides)
    threads = [threading.Thread(target=side.work, args=(changes,)) for side in all_sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for side in all_sides:
        if side.failure is not None:
            raise side.failure


def sample(names: list[str], there: dict[str, Path], gone: int, chance: random.Random) -> list[str]:
    """Every name that is there, and `gone` of the others."""
    absent = [name for name in names if name not in there]
    return list(itertools.chain(there, chance.sample(absent, min(gone, len(absent)))))
