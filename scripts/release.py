"""Make what a release consists of, in `dist/release`: wheels, sdist, extension, licences and checksums.

Usage: python3 scripts/release.py [--once] [--version X.Y.Z]

Everything is made twice, and must be the same to the last byte; `--once` leaves that out. What is inside is
compared with a list of what may be there.
"""

import sys

from setup import python_version

if __name__ == "__main__":
    python_version.require()
    from setup import release

    sys.exit(release.main(sys.argv[1:]))
