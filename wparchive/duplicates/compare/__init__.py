"""How alike two texts are: sketches, shingles, alignment."""
