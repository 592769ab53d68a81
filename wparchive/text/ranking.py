"""Relevance of posts to a search: BM25 over fields of different weight.

SQLite computes it by itself, with these weights. For a database that cannot, it is computed here
for the few posts that may be among the best.
"""

from collections.abc import Mapping
from typing import Any

from wparchive.text.occurrences import occurrences, occurs
from wparchive.text.search_query import Query, clauses_of
from wparchive.text.search_tokens import searchable, tokens

# A word in the title nearly always says what a post is about. Names of terms are short lists.
TITLE_WEIGHT = 8.0
TEXT_WEIGHT = 1.0
TERMS_WEIGHT = 3.0
FIELD_WEIGHTS = (TITLE_WEIGHT, TEXT_WEIGHT, TERMS_WEIGHT)
"""How much an occurrence counts in each field, in the order of `searchable`."""

_SATURATION = 1.2
"""BM25's k1."""
_LENGTH_SHARE = 0.75
"""BM25's b."""
_USUAL_WORDS = 500
"""The length of an average post."""


def rough_score(query: Query, post: Mapping[str, Any]) -> float:
    """Return a cheap score that needs no text: how many clauses title and names of terms have."""
    title, _, names = searchable({"text": "", **post})
    fields = ((TITLE_WEIGHT, tokens(title)), (TERMS_WEIGHT, tokens(names)))
    return sum(
        weight
        for clause in clauses_of(query)
        for weight, found in fields
        if clause.field != "text" and occurs(clause, found)
    )


def bm25_score(query: Query, post: Mapping[str, Any]) -> float:
    """Return BM25 over the weighted fields.

    Its weight for rare words is left out: a post that matches has most of the words anyway.
    """
    fields = [tokens(part) for part in searchable(post)]
    length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * len(fields[1]) / _USUAL_WORDS
    total = 0.0
    for clause in clauses_of(query):
        often = sum(
            weight * sum(1 for _ in occurrences(clause, found))
            for weight, found in zip(FIELD_WEIGHTS, fields, strict=True)
        )
        total += often * (_SATURATION + 1) / (often + _SATURATION * length)
    return total
