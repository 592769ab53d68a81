"""The ranges of scripts without spaces are the letters, marks and digits of these scripts."""

import sys

import regex

from wparchive.text.scripts import SPACELESS

SCRIPTS = ("Han", "Hiragana", "Katakana", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar", "Yi")
LONG_VOWEL_MARK = "\u30fc"  # of two scripts, and so of none by Unicode's property


def test_the_ranges_hold_these_scripts_and_nothing_else() -> None:
    of_scripts = "".join(rf"\p{{{script}}}" for script in SCRIPTS)
    expected = regex.compile(rf"[{of_scripts}{LONG_VOWEL_MARK}]")
    in_ranges = regex.compile(f"[{SPACELESS}]")
    assigned = regex.compile(r"[^\p{Cn}]")
    word_part = regex.compile(r"[\p{L}\p{M}\p{N}]")
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if assigned.match(character):
            wanted = bool(expected.match(character) and word_part.match(character))
            assert bool(in_ranges.match(character)) == wanted, hex(code)
