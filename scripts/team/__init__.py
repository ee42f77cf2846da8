"""The parts of `scripts/bench_team.py`."""
