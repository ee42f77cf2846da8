"""Set a checkout up. Uses only the standard library, because nothing is installed yet."""

import os.path
import sys

# What the extension's own set-up does too is its program's, which works without a checkout.
sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "installer"))
