"""Helpers that several stages share: worker processes, names, documents."""
