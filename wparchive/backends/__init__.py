"""The databases that keep archives: a Protocol for writing, one for reading, a folder for each."""
