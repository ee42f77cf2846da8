"""How far pip or uv is, read from what they print."""

from __future__ import annotations

import re

from semlens_installer.report import Reporter

FETCHING, UNPACKING = "Fetching packages", "Unpacking packages"

_UNITS = {"B": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3, "KiB": 1.024e-3, "MiB": 1.048576, "GiB": 1073.741824}
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_FILE = re.compile(r"\s*(Downloading|Using cached) (\S+?)(?: \(([\d.]+) ?([kKMG]?i?B)\))?$")
_THERE = re.compile(r"\s*Downloaded (\S+)$")


class Meter:
    """Turns lines of output into reports of megabytes."""

    def __init__(self, reporter: Reporter, total: float) -> None:
        self.fetched = 0.0
        """Megabytes."""
        self._reporter = reporter
        self._total = total
        self._done = 0.0
        self._current = 0.0
        self._begun: dict[str, float] = {}
        """What is being fetched, and its megabytes: pip has one file at a time, uv several packages."""

    def show(self, last: bool = False) -> None:
        self.fetched = max(self.fetched, self._done + self._current)
        self._reporter.step(FETCHING, self.fetched, max(self._total, self.fetched), last)

    def read(self, line: str) -> None:
        """Take in a line of pip or uv."""
        if progress := _PROGRESS.match(line):
            self._current = int(progress[1]) / 1e6
        elif file := _FILE.match(line):
            megabytes = float(file[3] or 0) * _UNITS.get(file[4] or "B", 0)
            if file[2].endswith((".whl", ".metadata")):
                self._end_files()
            if file[1] == "Using cached":
                self._done += megabytes
            else:
                self._begun[file[2]] = megabytes
        elif there := _THERE.match(line):
            self._done += self._begun.pop(there[1], 0.0)
        elif line.startswith(("Installing collected packages", "Prepared ")):
            self._end_files()
            self.show(last=True)
            self._reporter.step(UNPACKING)
            return
        else:
            return
        self.show()

    def _end_files(self) -> None:
        self._done += sum(self._begun.values())
        self._begun, self._current = {}, 0.0
