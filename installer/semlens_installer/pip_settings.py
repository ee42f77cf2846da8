"""Whether this machine's pip is told where packages come from, or how they are reached."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_TELLING = "INDEX_URL EXTRA_INDEX_URL FIND_LINKS NO_INDEX PROXY CERT CLIENT_CERT CONFIG_FILE".split()


def pip_is_configured() -> bool:
    """Whether a variable or a file of settings tells it."""
    return any(os.environ.get(f"PIP_{name}") for name in _TELLING) or any(map(Path.is_file, _files()))


def _files() -> list[Path]:
    """Where pip looks for its settings (https://pip.pypa.io/en/stable/topics/configuration/)."""
    home = Path.home()
    if os.name == "nt":
        roots = [os.environ.get("PROGRAMDATA"), os.environ.get("APPDATA")]
        return [home / "pip" / "pip.ini", *(Path(root, "pip", "pip.ini") for root in roots if root)]
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    shared = filter(None, (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"))
    folders = [user / "pip", home / ".pip", *(Path(folder, "pip") for folder in shared)]
    if sys.platform == "darwin":
        library = Path("Library/Application Support/pip")
        folders += [home / library, "/" / library]
    return [*(folder / "pip.conf" for folder in folders), Path("/etc/pip.conf")]
