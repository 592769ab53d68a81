"""Recorded posts of real sites with the results that are expected from them; the demo, tests and benchmarks read them."""
