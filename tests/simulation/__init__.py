"""A simulated WordPress collection, to run walks against."""
