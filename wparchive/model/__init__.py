"""Documents of the archive and what becomes of them: pure, shared by every backend."""
