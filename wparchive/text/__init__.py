"""What a text is made of: its normal form, words, search tokens, differences."""
