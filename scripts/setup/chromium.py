"""The browser for the screen tests: an installed one, or, under CI, Debian's Chromium from apt."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from setup.steps import SetupError, step

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> Path | None:
    """The path in `SEMLENS_CHROMIUM`, else an installed Chromium or Chrome, else None."""
    chosen = os.environ.get("SEMLENS_CHROMIUM")
    if chosen:
        return Path(chosen)
    for command in _COMMANDS:
        found = shutil.which(command)
        if found:
            return Path(found)
    if sys.platform == "darwin":
        applications = (Path("/Applications", name) for name in _MAC_APPLICATIONS)
        return next((path for path in applications if path.exists()), None)
    return None


def must_run() -> bool:
    """Whether the screen tests must run: CI may not skip them."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def prepare() -> Path | None:
    """The browser; None if there is none and the screen tests may be skipped. Raises SetupError."""
    browser = find()
    if browser is not None or not must_run():
        return browser
    _install()
    browser = find()
    if browser is None:
        raise SetupError("Chromium is installed but not on the PATH: set SEMLENS_CHROMIUM to where it is.")
    return browser


def _install() -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        raise SetupError("The screen tests must run under CI and need Chromium: put it on the PATH.")
    administrator = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("Chromium", network=True) as installing:
        installing.run([*administrator, apt, "update"], environment=environment)
        options = ["install", "--yes", "--no-install-recommends"]
        installing.run(
            [*administrator, apt, *options, "chromium", "fonts-dejavu-core"], environment=environment
        )
