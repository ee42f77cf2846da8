"""Start processes and talk to them over pipes. Runs in every process."""
