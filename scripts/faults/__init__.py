"""The faults behind `bench_faults.py`, one file a kind. Each is a function from a `Place` to a `Table`."""

import sys
from pathlib import Path

_TESTS = Path(__file__).parents[2] / "tests"
sys.path[:0] = [
    str(_TESTS / "engine"),
    str(_TESTS / "lsp"),
]  # their engines and clients are these faults' too
