"""Filters and searches as queries of MongoDB's common core, and what the server cannot decide alone, decided here."""

from collections.abc import Mapping
from typing import Any

from wparchive.backends.reader import COPY_KINDS, Filter, Group
from wparchive.text.search_query import Clause, Query, occurs
from wparchive.text.search_tokens import searchable, tokens

Conditions = dict[str, Any]

GROUP_FIELDS: dict[Group, str] = {
    "site": "site",
    "type": "type",
    "state": "state",
    "author": "author.name",
    "language": "language",
}
TERM_FIELDS: dict[Group, str] = {"tag": "tags", "category": "categories"}
PERIODS: dict[Group, str] = {"year": "%Y", "month": "%Y-%m"}
NAMES = {"title": 1, "tags.name": 1, "categories.name": 1, "terms.name": 1, "published_at": 1}
"""Fields that a first, cheap ranking needs."""
SEARCHED = {"title": 1, "text": 1, "tags": 1, "categories": 1, "terms": 1, "published_at": 1}
"""Fields that verifying and ranking a candidate need."""


def conditions(filter_: Filter) -> Conditions:
    """The query that a filter makes on `posts`."""
    parts: list[Conditions] = []
    for field, values in (
        ("site", filter_.sites),
        ("type", filter_.types),
        ("state", filter_.states),
    ):
        if values:
            parts.append({field: values[0] if len(values) == 1 else {"$in": list(values)}})
    for field, values in (
        ("tags", filter_.tags),
        ("categories", filter_.categories),
        ("author", filter_.authors),
    ):
        if values:
            parts.append(
                {
                    "$or": [
                        {f"{field}.name": {"$in": list(values)}},
                        {f"{field}.slug": {"$in": [v.lower() for v in values]}},
                    ]
                }
            )
    limits = {
        operator: moment
        for operator, moment in (("$gte", filter_.since), ("$lt", filter_.until))
        if moment
    }
    if limits:
        parts.append({"published_at": limits})
    if filter_.unique:
        parts.append({"duplicate.kind": {"$nin": list(COPY_KINDS)}})
    return both(*parts)


def both(*parts: Conditions) -> Conditions:
    """Queries that must all hold."""
    chosen = [part for part in parts if part]
    return {} if not chosen else chosen[0] if len(chosen) == 1 else {"$and": chosen}


def candidates(query: Query) -> Conditions:
    """Posts that have every required token and no excluded single one, by the index: a superset of the posts that match."""
    parts: list[Conditions] = []
    whole = list(
        dict.fromkeys(
            token
            for clause in query.required
            for token in (clause.tokens[:-1] if clause.prefix else clause.tokens)
        )
    )
    if whole:
        parts.append({"search": {"$all": whole}})
    parts += [
        {"search": {"$regex": f"^{clause.tokens[-1]}"}}
        for clause in query.required
        if clause.prefix
    ]
    unwanted = [
        clause.tokens[0]
        for clause in query.excluded
        if len(clause.tokens) == 1 and not clause.prefix
    ]
    if unwanted:
        parts.append({"search": {"$nin": unwanted}})
    return both(*parts)


def decided(query: Query) -> bool:
    """Whether `candidates` already means exactly the posts that match: the index knows tokens, but not their order."""
    return all(len(clause.tokens) == 1 for clause in query.required) and not any(
        len(clause.tokens) > 1 or clause.prefix for clause in query.excluded
    )


def matching(query: Query, post: Mapping[str, Any]) -> bool:
    """Whether a candidate matches, by the order of its words; phrases lie within the title, the text or the names of terms."""
    fields = [tokens(part) for part in searchable(post)]

    def found(clause: Clause) -> bool:
        return any(occurs(clause, field) for field in fields)

    return all(found(clause) for clause in query.required) and not any(
        found(clause) for clause in query.excluded
    )
