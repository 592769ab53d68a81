"""Walks over one collection, one class a file."""
