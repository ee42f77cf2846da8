"""The faults behind `bench_faults.py`, one file a kind. Each is a function from a `Place` to a `Table`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' engines and clients serve here too
