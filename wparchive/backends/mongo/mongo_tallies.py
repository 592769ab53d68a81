"""Count the posts that have each value of a field, for `Reader.tally` and its kin.

The server counts, where it computes what that needs; else the posts are read and counted here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from wparchive.backends.mongo.mongo_collections import QUESTION_MS, MongoCollections, Record
from wparchive.backends.mongo.mongo_groups import (
    AUTHOR_NAMES,
    FIELDS_OF_GROUPS,
    GROUP_FIELDS,
    PERIODS,
    SINGLE_GROUPS,
    TERM_FIELDS,
    group_key,
    group_name,
    group_values,
    values_counted,
)
from wparchive.backends.mongo.mongo_selection import MongoQuery
from wparchive.backends.questions import FEATURE_GROUPS, Group

FEW_POSTS = 5_000
"""So many posts are counted here, all groups in one pass; of more the server counts each group."""


def _without_none(counts: dict[str | None, int]) -> dict[str | None, int]:
    return {name: count for name, count in counts.items() if name is not None}


class MongoTallies:
    """The counts over the posts of a database."""

    def __init__(self, collections: MongoCollections) -> None:
        self._collections = collections

    def of_group(self, query: MongoQuery, group: Group) -> dict[str | None, int]:
        """Return how many posts have each value of a group; None counts the others."""
        if group == "term":
            return dict(self._collections.tally_custom_terms(query))
        if group in PERIODS:
            return dict(self._collections.tally_months(query, PERIODS[group]))
        if group in TERM_FIELDS:
            return dict(self._collections.tally_terms(query, TERM_FIELDS[group]))
        if group == "author":
            return dict(self._collections.tally_authors(query))
        if group in FEATURE_GROUPS:
            return dict(self._collections.tally_lists(query, FEATURE_GROUPS[group]))
        return dict(self._collections.tally(query, f"${GROUP_FIELDS[group]}"))

    def of_each(
        self, query: MongoQuery, groups: Sequence[Group]
    ) -> dict[Group, dict[str | None, int]]:
        """Return the counts of several groups, as `Reader.tallies` does."""
        if not self._collections.has_expressions():
            # Each single tally would read the same posts.
            return values_counted(self._facets(query, groups, None), groups)
        found = list(self._facets(query, groups, FEW_POSTS + 1))
        if len(found) <= FEW_POSTS:
            return values_counted(found, groups)
        counts = {group: self.of_group(query, group) for group in groups}
        return {group: _without_none(counted) for group, counted in counts.items()}

    def _facets(
        self, query: MongoQuery, groups: Sequence[Group], limit: int | None
    ) -> Iterator[Record]:
        """Yield the fields of posts that groups are about."""
        fields = dict.fromkeys(("author", *(FIELDS_OF_GROUPS[group] for group in groups)), 1)
        return self._collections.find("posts", query, fields, limit=limit, most_ms=QUESTION_MS)

    def of_pairs(
        self, query: MongoQuery, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        """Return how many posts have each pair of values of two groups."""
        if self._collections.has_expressions():
            return self._computed_pairs(query, first, second)
        fields = dict.fromkeys((FIELDS_OF_GROUPS[first], FIELDS_OF_GROUPS[second], "author"), 1)
        found = self._collections.find("posts", query, fields, most_ms=QUESTION_MS)
        return Counter(
            pair
            for post in found
            for pair in product(group_values(post, first), group_values(post, second))
        )

    def _computed_pairs(
        self, query: MongoQuery, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        stages: list[Record] = [{"$match": query}]
        for group in (first, second):
            if group not in SINGLE_GROUPS:
                path = f"${FIELDS_OF_GROUPS[group]}"
                if group == "author":
                    stages.append({"$addFields": {"authors": AUTHOR_NAMES}})
                stages.append({"$unwind": {"path": path, "preserveNullAndEmptyArrays": True}})
        keys = {"first": group_key(first), "second": group_key(second)}
        stages.append({"$group": {"_id": keys, "count": {"$sum": 1}}})
        counts: Counter[tuple[str | None, str | None]] = Counter()
        for found in self._collections.groups("posts", stages):
            key = found["_id"]
            pair = group_name(key.get("first"), first), group_name(key.get("second"), second)
            counts[pair] += int(found["count"])
        return counts
