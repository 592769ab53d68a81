"""The proved walk: slices in id order that overlap by one row."""
