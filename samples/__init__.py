"""Recorded posts of real sites with expected results, read by the demo, tests and benchmarks."""
