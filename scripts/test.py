"""Sets Semlens up in this checkout with what its tests need, and runs them.

Usage: python3 scripts/test.py [--fast] [PYTEST ARGUMENTS]
"""

import sys

from setup import python_version

if __name__ == "__main__":
    python_version.require()
    from setup import suite

    sys.exit(suite.main(sys.argv[1:]))
