"""Whether a folder is still there, was deleted, or may be on a drive that is not connected."""

from __future__ import annotations

import errno
import os
import stat
from itertools import takewhile
from pathlib import Path

from semlens.protocol.editor import Presence

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
_DRIVES = ("/Volumes", "/media", "/mnt", "/run/media")
"""Below these folders systems mount drives that come and go."""


def presence(folder: Path) -> Presence:
    """How it is with a folder. One that may not be looked at counts as there."""
    try:
        if stat.S_ISDIR(os.stat(folder).st_mode):
            return "there"
    except ValueError:  # no path of this machine
        return "gone"
    except OSError as error:
        if error.errno not in _GONE:
            return "there"
    return "away" if _may_be_unplugged(folder) else "gone"


def _may_be_unplugged(folder: Path) -> bool:
    if not os.path.exists(folder.anchor):  # a drive or a share of Windows
        return True
    drives = next((one for one in map(Path, _DRIVES) if one in folder.parents), None)
    if drives is None:
        return False
    return not any(map(os.path.ismount, takewhile(lambda one: one != drives, folder.parents)))
