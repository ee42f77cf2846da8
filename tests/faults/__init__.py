"""The faults of `bench_faults.py`, one file for each kind: a function from an `Experiment` to a `Table`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' engines and clients serve here too
