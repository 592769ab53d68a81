"""The walk in id order: it proves that no row was missed."""
