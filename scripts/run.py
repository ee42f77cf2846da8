"""Set Semlens up in this checkout and open VS Code with it, or answer one query in the terminal.

Usage: python3 scripts/run.py [FOLDER] [--query "where is the retry delay computed"]
"""

import sys

from setup import python_version

if __name__ == "__main__":
    python_version.require()
    from setup import start

    sys.exit(start.main(sys.argv[1:]))
