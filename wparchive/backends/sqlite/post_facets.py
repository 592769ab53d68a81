"""The terms and features of each post, packed in one small row to be counted.

Rows of `post_terms` and `post_features` are found by their values. To count what some thousand
posts have, twenty rows of each would have to be read: here it is one.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import cast

import msgspec

from wparchive.backends.questions import FEATURE_GROUPS, Group
from wparchive.backends.sqlite.rows import to_json
from wparchive.model.features import CO_AUTHOR_FIELD

FACETS_SQL = """
CREATE TABLE IF NOT EXISTS post_facets (
    post INTEGER PRIMARY KEY REFERENCES posts(pk) ON DELETE CASCADE,
    facets TEXT NOT NULL
);
"""
"""`facets` is a JSON list of `group=value`. A post that lacks its row is counted without it."""
TAXONOMIES: dict[Group, str] = {"tag": "post_tag", "category": "category"}
GROUPS_OF_FIELDS: dict[str, Group] = {
    **{field: group for group, field in FEATURE_GROUPS.items()},
    CO_AUTHOR_FIELD: "author",
}
COUNTED_AT_ONCE = 5_000
"""Posts whose values are in memory at one time."""


def _cases(column: str, values: Iterable[tuple[str, Group]], then: str) -> str:
    """Return the branches of a CASE: for each value of a column, its group before an expression."""
    return " ".join(f"WHEN '{value}' THEN '{group}=' || {then}" for value, group in values)


_OF_TERMS = _cases("taxonomy", [(t, g) for g, t in TAXONOMIES.items()], "coalesce(name, slug)")
_OF_FEATURES = _cases("field", GROUPS_OF_FIELDS.items(), "value")
_COUNTED_FIELDS = ", ".join(f"'{field}'" for field in GROUPS_OF_FIELDS)
_PACKED_SQL = (
    "(SELECT json_group_array(label) FROM ("
    f" SELECT CASE taxonomy {_OF_TERMS} ELSE 'term=' || taxonomy || '='"
    " || coalesce(nullif(name, ''), slug, '') END AS label FROM post_terms WHERE post = posts.pk"
    f" UNION ALL SELECT CASE field {_OF_FEATURES} END AS label"
    f" FROM post_features WHERE post = posts.pk AND field IN ({_COUNTED_FIELDS})))"
)
_PACK_SQL = f"INSERT OR REPLACE INTO post_facets SELECT pk, {_PACKED_SQL} FROM posts"
_DECODER = msgspec.json.Decoder(list[list[str | None]])


def pack_facets(connection: sqlite3.Connection, posts: Iterable[int]) -> None:
    """Pack the rows of some posts again; `pk` names them."""
    these = "pk IN (SELECT value FROM json_each(?))"
    connection.execute(f"{_PACK_SQL} WHERE {these}", (to_json(sorted(posts)),))


def pack_all_facets(connection: sqlite3.Connection) -> None:
    """Pack the rows of all posts: what an archive of an earlier version lacks."""
    connection.execute(_PACK_SQL)


def packed_counts(packed: Iterable[str]) -> Iterator[tuple[Group, str, int]]:
    """Yield how many posts have each value of each group, from their packed rows."""
    counts: Counter[str | None] = Counter()
    remaining = iter(packed)
    while chunk := list(islice(remaining, COUNTED_AT_ONCE)):
        # One list is decoded in half of the time that as many small ones take.
        counts.update(chain.from_iterable(_DECODER.decode(f"[{','.join(chunk)}]")))
    for label, count in counts.items():
        if label is not None:
            group, _, value = label.partition("=")
            yield cast(Group, group), value, count
