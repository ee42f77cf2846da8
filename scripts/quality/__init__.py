"""The measurements behind `bench_quality.py`, one file a kind."""
