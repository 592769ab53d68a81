"""Counting words in any script."""

import re

import regex

# Letters and digits with inner apostrophes: don't and l’eau are one word each, well-known two.
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*")
# Scripts written without spaces count by the letter; a letter and its vowel or tone marks are one.
_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々"
_WORD = regex.compile(
    rf"[[{_SPACELESS}]&&[\p{{L}}\p{{N}}]]\p{{M}}*|[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]+(?:['’\u200c\u200d][[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]+)*",
    regex.V1,
)


def count_words(text: str) -> int:
    """Words of a text; for Chinese, Japanese, Thai, Lao, Khmer and Burmese its letters, because they put no spaces between words."""
    return sum(1 for _ in (_ASCII_WORD if text.isascii() else _WORD).finditer(text))
