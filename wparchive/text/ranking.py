"""Relevance where the database has none: what SQLite's bm25 weighs, computed for the few posts that can be among the best."""

from collections.abc import Mapping
from typing import Any

from wparchive.text.search_query import Query, occurrences
from wparchive.text.search_tokens import searchable, tokens

WEIGHTS = (8.0, 1.0, 3.0)
"""What an occurrence counts in the title, the text and the names of terms: as in SQLite's ranking."""
SATURATION, LENGTH_SHARE, USUAL_WORDS = 1.2, 0.75, 500
"""k1 and b of BM25, and the length of an average post."""


def first_score(query: Query, post: Mapping[str, Any]) -> float:
    """A cheap score that needs no text: how many clauses the title and the names of terms have."""
    title, _, names = searchable({"text": "", **post})
    fields = ((WEIGHTS[0], tokens(title)), (WEIGHTS[2], tokens(names)))
    return sum(
        weight
        for clause in query.required
        for weight, words in fields
        if any(True for _ in occurrences(clause, words))
    )


def score(query: Query, post: Mapping[str, Any]) -> float:
    """BM25 over the weighted fields, without its weight for rare words: every match has all of the words anyway."""
    fields = [tokens(part) for part in searchable(post)]
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * len(fields[1]) / USUAL_WORDS
    total = 0.0
    for clause in query.required:
        often = sum(
            weight * sum(1 for _ in occurrences(clause, words))
            for weight, words in zip(WEIGHTS, fields, strict=True)
        )
        total += often * (SATURATION + 1) / (often + SATURATION * length)
    return total
