"""Numbers and names of a text: what tells two filled-in copies of one template from two versions of one article.

A weather report, a share price or a draw of numbers keeps its sentences from day to day and changes only its facts; an editor changes
words of all sorts. So where the places that differ are mostly facts, and most facts differ, it is another article.
"""

from collections.abc import Set

import regex

from wparchive.text.normalise import normalise
from wparchive.text.words import words

# A number, or a capitalised word within a sentence; scripts without case have their numbers and foreign names.
_FACT = regex.compile(r"\p{N}+|(?:(?<=[\p{L}\p{N},]\s)|(?<=\p{Lo}))\p{Lu}[\p{Lu}\p{Ll}\p{M}]*")

_FEWEST_CHANGED = 3
_SHARE_CHANGED = 0.5
_OUT_OF_PROPORTION = 3.0


def facts(text: str) -> frozenset[str]:
    """Numbers and names of a text as it was written (case matters), in normal form."""
    return frozenset(words(normalise("\n".join(set(_FACT.findall(text))))))


def states_other_facts(of_text: frozenset[str], kept: Set[str], changed: Set[str]) -> bool:
    """Whether a text differs from another mainly in its facts, given the words it shares with the other and those put in their places."""
    facts_changed, others_changed = changed & of_text, changed - of_text
    facts_kept, others_kept = kept & of_text, kept - of_text
    share = len(facts_changed) / max(1, len(facts_changed) + len(facts_kept))
    if len(facts_changed) < _FEWEST_CHANGED or share < _SHARE_CHANGED:
        return False
    return share >= _OUT_OF_PROPORTION * len(others_changed) / max(
        1, len(others_changed) + len(others_kept)
    )
