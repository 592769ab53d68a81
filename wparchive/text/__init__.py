"""Take texts apart: normal form, words, search tokens, differences."""
