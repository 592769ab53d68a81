"""The rules of the cleaner about HTML, WordPress and its plug-ins."""
