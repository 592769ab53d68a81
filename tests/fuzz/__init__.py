"""Fuzzing of the whole way: from the bytes of an answer to a stored document and every export."""
