"""Measure how alike two texts are: sketches, shingles, alignment."""
