"""The embedded archive: one SQLite file, standard library only."""
