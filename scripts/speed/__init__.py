"""The measurements of `bench_speed.py`, and the machine that they ran on."""
