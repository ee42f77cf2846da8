"""Run every check that is not a test: formats, lints, types, and whether generated files are up to date.

Usage: python3 scripts/check.py [--fix]
"""

import sys

from setup import python_version

if __name__ == "__main__":
    python_version.require()
    from setup import checks

    sys.exit(checks.main(sys.argv[1:]))
