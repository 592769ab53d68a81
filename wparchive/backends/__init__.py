"""Where archives are kept: one Protocol for writing, one for reading, and a folder for each database."""
