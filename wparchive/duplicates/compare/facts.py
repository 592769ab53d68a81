"""The facts by which two texts of one form differ: numbers, names, what their titles name.

A weather report, an episode of a series or an obituary keeps its sentences from post to post and
changes only its facts; an editor changes words of all sorts.
"""

from collections.abc import Set
from typing import Literal

import regex

from wparchive.text.calendar_words import words_of_no_order
from wparchive.text.normalise import normalise
from wparchive.text.scripts import SPACELESS
from wparchive.text.words import words

# A number; a capitalised word within a sentence; a capitalised word before another one, wherever it
# stands. Scripts without case have their numbers and foreign names.
_NAME_OR_NUMBER = regex.compile(
    r"\p{N}+"
    r"|(?:(?<=[\p{L}\p{N},]\s)|(?<=\p{Lo}))\p{Lu}[\p{Lu}\p{Ll}\p{M}]*"
    r"|(?<![\p{L}\p{M}\p{N}])\p{Lu}[\p{Lu}\p{Ll}\p{M}]*(?=\s\p{Lu})"
)
# A template is one text with other facts. An edit corrects a date or a name, rarely three.
_FEWEST_CHANGED = 3
_SHARE_CHANGED = 0.5
_OUT_OF_PROPORTION = 3.0

_SPACELESS_RUN = regex.compile(f"[{SPACELESS}]{{2,}}")
_SPACELESS_WORD = regex.compile(f"[{SPACELESS}]")
_IDEOGRAPH = regex.compile(r"\p{Han}")
# Inflected names are the same name: Berlin and Berlins, Москва and Москвы.
_SHORTEST_STEM = 4
_STEM_SHARE = 0.7
_FIRST_BEYOND_CYRILLIC = "\u0530"
"""From here on words are shorter: Arabic and Hebrew write no vowels, Korean writes syllables."""

TitleDifference = Literal["none", "numbers", "words"]


def names_and_numbers(text: str) -> frozenset[str]:
    """Return the numbers and names of a text as it was written (case matters), in normal form."""
    return frozenset(words(normalise("\n".join(set(_NAME_OR_NUMBER.findall(text))))))


def are_mostly_facts(facts: Set[str], changed: Set[str], kept: Set[str]) -> bool:
    """Return whether what differs are mostly facts, and most facts differ.

    `changed` are words that only this text has, `kept` words that both have, `facts` the names and
    numbers of this text.
    """
    facts_changed = len(changed & facts)
    facts_kept = len(kept & facts)
    share = facts_changed / max(1, facts_changed + facts_kept)
    if facts_changed < _FEWEST_CHANGED or share < _SHARE_CHANGED:
        return False
    others_changed = len(changed - facts)
    others_kept = len(kept - facts)
    return share >= _OUT_OF_PROPORTION * others_changed / max(1, others_changed + others_kept)


def title_difference(a: str, b: str) -> TitleDifference:
    """Return by what two titles differ.

    `numbers`: each has numbers that the other lacks, and nothing else differs (`Part 5`, `Part 6`).
    Months, weekdays, seasons and ordinals count as numbers (`Meeting in May`, `Meeting in June`).
    """
    words_a = words(normalise(a))
    words_b = words(normalise(b))
    if words_a == words_b:
        return "none"
    rest_a = words_of_no_order(normalise(a))
    rest_b = words_of_no_order(normalise(b))
    if rest_a == rest_b and len(rest_a) < len(words_a) and len(rest_b) < len(words_b):
        return "numbers"
    return "words"


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title that may say what a post is about: all if none is long enough."""
    found = words_and_runs(normalise(title))
    return frozenset(word for word in found if len(word) >= _shortest(word)) or found


def _shortest(word: str) -> int:
    """Return how long a word must be to tell anything: short ones are `the`, `und`, `для`."""
    if word < _FIRST_BEYOND_CYRILLIC:
        return 4
    return 2


def words_and_runs(normalised: str) -> frozenset[str]:
    """Return the words of a text in normal form.

    Of scripts without spaces these are short runs of characters: single ones say too little.
    """
    found = frozenset(words(normalised))
    if normalised.isascii():
        return found
    spaced = {word for word in found if not _SPACELESS_WORD.match(word)}
    return frozenset(spaced) | _character_runs(normalised)


def _character_runs(normalised: str) -> frozenset[str]:
    """Return what stands for words in scripts without spaces.

    These are pairs with an ideograph, and three of the other characters, which say less.
    """
    found: set[str] = set()
    for run in _SPACELESS_RUN.findall(normalised):
        for start in range(len(run) - 1):
            size = 3
            if _IDEOGRAPH.search(run, start, start + 2):
                size = 2
            if start + size <= len(run):
                found.add(run[start : start + size])
    return frozenset(found)


def named(wanted: Set[str], there: Set[str]) -> frozenset[str]:
    """Return those words of a title that are among the words of a text.

    Endings may differ, as they do in most languages: the first part of a long word is enough.
    """
    return frozenset(word for word in wanted if word in there or _has_stem(word, there))


def _has_stem(word: str, there: Set[str]) -> bool:
    if len(word) <= _SHORTEST_STEM:
        return False
    stem = word[: max(_SHORTEST_STEM, round(len(word) * _STEM_SHARE))]
    return any(other.startswith(stem) for other in there)
