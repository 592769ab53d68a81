"""The scripts that are written without spaces between words, for everything that cuts text up.

To add a script, add its letters, marks and digits here. Then raise `SKETCH_VERSION`, and
`ANALYSER_VERSION` of the search tokens: the same text gives other words and other tokens.
"""

SPACELESS_RANGES = (
    (0x0E01, 0x0E3A),  # Thai
    (0x0E40, 0x0E4E),
    (0x0E50, 0x0E59),
    (0x0E81, 0x0EDF),  # Lao
    (0x1000, 0x1049),  # Myanmar
    (0x1050, 0x109D),
    (0x1780, 0x17D3),  # Khmer
    (0x17D7, 0x17D7),
    (0x17DC, 0x17F9),
    (0x3005, 0x3005),  # Han: the iteration mark and numerals
    (0x3007, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303B),
    (0x3041, 0x3096),  # Hiragana
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),  # Katakana
    (0x30FC, 0x312F),  # the long vowel mark of both, more Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA48C),  # Han, Yi
    (0xA9E0, 0xA9FE),  # Myanmar
    (0xAA60, 0xAA76),
    (0xAA7A, 0xAA7F),
    (0xF900, 0xFAD9),  # Han
    (0xFF66, 0xFF6F),  # Katakana of half width
    (0xFF71, 0xFF9D),
    (0x116D0, 0x116E3),  # Myanmar
    (0x16FE3, 0x16FE3),  # Han
    (0x16FF0, 0x16FF6),
    (0x1AFF0, 0x1B168),  # Katakana and Hiragana
    (0x20000, 0x33FFF),  # Han: rare ideographs, and room for more of them
)
"""First and last code point of each range: letters, marks and digits, without punctuation."""

SPACELESS = "".join(f"{chr(first)}-{chr(last)}" for first, last in SPACELESS_RANGES)
"""The same, to stand in a character class of `re` or `regex`."""

FIRST_SPACELESS = chr(SPACELESS_RANGES[0][0])
"""A word that sorts before this character is not of these scripts."""
