"""Run by the Python that was found: `python -I installer COMMAND …`. Prints one JSON object a line.

This file uses only syntax of Python 3.6, so that an old Python can say that it is too old.
"""

import json
import sys

OLDEST = (3, 10)
NEWEST = (3, 13)


def main():
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        sentence = "Semlens needs Python %d.%d to %d.%d, and %s is %d.%d." % (
            OLDEST + NEWEST + (sys.executable,) + version
        )
        sys.stdout.write(json.dumps({"event": "failed", "code": "python", "message": sentence}) + "\n")
        return 1
    from semlens_installer.program import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
