"""Find a Python that Semlens runs on, or say in one sentence that there is none.

This file, `scripts/run.py`, `test.py`, `check.py` and the package's `__init__.py` use only syntax of Python
3.6, so that an old Python can print the sentence. Everything else is imported after `require`.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
NEWEST = (3, 13)


def require():
    """Return if this Python fits. Else run the same command with one that does, or exit with a sentence."""
    if fits(sys.version_info[:2]):
        return
    other = find()
    if other is None:
        sys.exit(sentence(sys.version_info[:2]))
    sys.exit(subprocess.call([other, *sys.argv]))


def fits(version):
    return OLDEST <= tuple(version) <= NEWEST


def find():
    """The path of the newest Python on this machine that fits, or None."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        for command in ([shutil.which(name)], [shutil.which("py"), "-3.%d" % minor]):
            path = command[0] and _path_of(command)
            if path:
                return path
    return None


def sentence(version):
    """The sentence for a user who only has a Python of `version`."""
    return (
        "Semlens needs Python %d.%d to %d.%d, and this is %d.%d: install one of those from "
        "https://www.python.org/downloads/ or with your system's package manager, "
        "then run the same command again." % (OLDEST + NEWEST + tuple(version))
    )


def _path_of(command):
    # A name on the PATH can be a version manager's shim of a Python that is not installed.
    code = "import sys; print(sys.executable if %r <= sys.version_info[:2] <= %r else '')" % (OLDEST, NEWEST)
    try:
        with open(os.devnull, "w") as null:
            output = subprocess.check_output([*command, "-I", "-c", code], stderr=null)
    except (OSError, subprocess.CalledProcessError):
        return None
    return output.decode("utf-8", "replace").strip() or None
