"""The measurements behind `bench_speed.py`, one file a kind."""
