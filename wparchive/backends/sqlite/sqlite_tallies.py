"""Count the posts that have each value of a field, for `Reader.tally` and its kin."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from wparchive.backends.questions import FEATURE_GROUPS, Group
from wparchive.backends.sqlite.condition import Condition
from wparchive.backends.sqlite.post_facets import (
    COUNTED_AT_ONCE,
    GROUPS_OF_FIELDS,
    TAXONOMIES,
    packed_counts,
)
from wparchive.backends.sqlite.rows import to_json
from wparchive.model.documents import term_label
from wparchive.model.features import CO_AUTHOR_FIELD

Counts = dict[str | None, int]
GROUP_SQL: dict[Group, str] = {
    "site": "posts.site",
    "type": "posts.type",
    "state": "posts.state",
    "year": "substr(published_at, 1, 4)",
    "month": "substr(published_at, 1, 7)",
    "author": "coalesce(author_name, author_slug)",
    "language": "language",
}
_OWN_TAXONOMIES = tuple(TAXONOMIES.values())
_GROUPS_OF_TAXONOMIES = {taxonomy: group for group, taxonomy in TAXONOMIES.items()}
_THESE = "SELECT value FROM json_each(?)"


def count_rows(connection: sqlite3.Connection, table: str, chosen: Condition) -> int:
    """Return how many rows of a table meet a condition."""
    sql = f"SELECT count(*) FROM {table} WHERE {chosen.sql}"
    return int(connection.execute(sql, chosen.parameters).fetchone()[0])


def tally(connection: sqlite3.Connection, chosen: Condition, group: Group) -> Counts:
    """Return how many of the chosen posts have each value of a group; None counts the others."""
    if taxonomy := TAXONOMIES.get(group):
        return _tally_terms(connection, taxonomy, chosen)
    if group in FEATURE_GROUPS:
        return _tally_features(connection, FEATURE_GROUPS[group], chosen)
    if group == "term":
        return _tally_custom_terms(connection, chosen)
    if group == "author":
        return _tally_authors(connection, chosen)
    sql = f"SELECT {GROUP_SQL[group]}, count(*) FROM posts WHERE {chosen.sql} GROUP BY 1"
    return _counted(connection.execute(sql, chosen.parameters))


def _counted(rows: Iterable[tuple[str | None, int]]) -> Counts:
    counts: Counter[str | None] = Counter()
    for name, count in rows:
        counts[name] += count
    return dict(counts)


def _tally_terms(connection: sqlite3.Connection, taxonomy: str, chosen: Condition) -> Counts:
    """Count posts by term: by name, where a term has none by slug; then those without terms."""
    # `+` keeps SQLite from looking up each post's row, or from an index that knows less: the
    # terms are counted in the order of their own index.
    meant = f"+post IN (SELECT pk FROM posts WHERE {chosen.sql})"
    named = (
        "SELECT name, count(*) FROM post_terms"
        f" WHERE taxonomy = ? AND name IS NOT NULL AND {meant} GROUP BY name"
    )
    unnamed = (
        "SELECT slug, count(*) FROM post_terms"
        f" WHERE taxonomy = ? AND name IS NULL AND {meant} GROUP BY +slug"
    )
    without = (
        f"SELECT NULL, count(*) FROM posts WHERE {chosen.sql} AND NOT EXISTS"
        " (SELECT 1 FROM post_terms WHERE post = posts.pk AND taxonomy = ?) HAVING count(*)"
    )
    return _counted(
        [
            *connection.execute(named, (taxonomy, *chosen.parameters)),
            *connection.execute(unnamed, (taxonomy, *chosen.parameters)),
            *connection.execute(without, (*chosen.parameters, taxonomy)),
        ]
    )


def _tally_custom_terms(connection: sqlite3.Connection, chosen: Condition) -> Counts:
    """Count posts by their terms of taxonomies of the site's own."""
    others = "taxonomy NOT IN (?, ?)"
    found = (
        f"SELECT taxonomy, name, slug, count(*) FROM post_terms WHERE {others}"
        f" AND +post IN (SELECT pk FROM posts WHERE {chosen.sql}) GROUP BY 1, 2, 3"
    )
    without = (
        f"SELECT NULL, count(*) FROM posts WHERE {chosen.sql} AND NOT EXISTS"
        f" (SELECT 1 FROM post_terms WHERE post = posts.pk AND {others}) HAVING count(*)"
    )
    rows = connection.execute(found, (*_OWN_TAXONOMIES, *chosen.parameters))
    named = [(term_label(taxonomy, name, slug), count) for taxonomy, name, slug, count in rows]
    return _counted([*named, *connection.execute(without, (*chosen.parameters, *_OWN_TAXONOMIES))])


def _tally_authors(connection: sqlite3.Connection, chosen: Condition) -> Counts:
    """Count posts by first author, then by each other one; then those without authors."""
    first = GROUP_SQL["author"]
    named = Condition(f"{chosen.sql} AND {first} IS NOT NULL", chosen.parameters)
    unnamed = Condition(f"{chosen.sql} AND {first} IS NULL", chosen.parameters)
    sql = f"SELECT {first}, count(*) FROM posts WHERE {named.sql} GROUP BY 1"
    return _counted(
        [
            *connection.execute(sql, named.parameters),
            *_values_of_lists(connection, CO_AUTHOR_FIELD, chosen),
            *_without_values(connection, CO_AUTHOR_FIELD, unnamed),
        ]
    )


def _tally_features(connection: sqlite3.Connection, field: str, chosen: Condition) -> Counts:
    """Count posts by the values of a list; then those whose list is empty."""
    return _counted(
        [
            *_values_of_lists(connection, field, chosen),
            *_without_values(connection, field, chosen),
        ]
    )


def _values_of_lists(
    connection: sqlite3.Connection, field: str, chosen: Condition
) -> sqlite3.Cursor:
    sql = (
        "SELECT value, count(*) FROM post_features WHERE field = ?"
        f" AND +post IN (SELECT pk FROM posts WHERE {chosen.sql}) GROUP BY value"
    )
    return connection.execute(sql, (field, *chosen.parameters))


def _without_values(
    connection: sqlite3.Connection, field: str, chosen: Condition
) -> sqlite3.Cursor:
    sql = (
        f"SELECT NULL, count(*) FROM posts WHERE {chosen.sql} AND NOT EXISTS"
        " (SELECT 1 FROM post_features WHERE post = posts.pk AND field = ?) HAVING count(*)"
    )
    return connection.execute(sql, (*chosen.parameters, field))


def tallies(
    connection: sqlite3.Connection, chosen: Condition, groups: Sequence[Group]
) -> dict[Group, Counts]:
    """Return the tallies of several groups, without the posts that have no value.

    The same as `tallies_slowly`: each post is looked at once, and so is its packed row.
    """
    counts: dict[Group, Counter[str | None]] = {group: Counter() for group in groups}
    columns = [group for group in groups if group in GROUP_SQL]
    wanted = ", ".join(["posts.pk", "facets", *(GROUP_SQL[group] for group in columns)])
    rows = connection.execute(
        f"SELECT {wanted} FROM posts LEFT JOIN post_facets ON post = posts.pk WHERE {chosen.sql}",
        chosen.parameters,
    )
    rows.row_factory = None
    while chunk := rows.fetchmany(COUNTED_AT_ONCE):
        for group, name, count in _values_of_posts(connection, chunk, columns):
            if group in counts and name is not None:
                counts[group][name] += count
    return {group: dict(counted) for group, counted in counts.items()}


def tallies_slowly(
    connection: sqlite3.Connection, chosen: Condition, groups: Sequence[Group]
) -> dict[Group, Counts]:
    """Return what `tallies` returns, by one query for each group."""
    found = {group: tally(connection, chosen, group) for group in groups}
    return {
        group: {name: count for name, count in counts.items() if name is not None}
        for group, counts in found.items()
    }


_Values = list[tuple[Group, str | None, int]]


def _values_of_posts(
    connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]], columns: Sequence[Group]
) -> Iterator[tuple[Group, str | None, int]]:
    """Yield how many of these posts have each value; a row is `pk`, `facets`, the columns."""
    pks, packed, *values = zip(*rows, strict=True)
    # Nearly every post is a group of its own in so many columns: SQLite would sort them in vain.
    for group, column in zip(columns, values, strict=True):
        for value, count in Counter(column).items():
            yield group, value, count
    yield from packed_counts(facets for facets in packed if facets is not None)
    if None in packed:  # an archive of an earlier version
        these = to_json([pk for pk, facets in zip(pks, packed, strict=True) if facets is None])
        yield from _values_of_terms(connection, these)
        yield from _values_of_features(connection, these)


def _values_of_terms(connection: sqlite3.Connection, these: str) -> _Values:
    sql = (
        f"SELECT taxonomy, name, slug, count(*) FROM post_terms WHERE post IN ({_THESE})"
        " GROUP BY 1, 2, 3"
    )
    found: _Values = []
    for taxonomy, name, slug, count in connection.execute(sql, (these,)):
        group = _GROUPS_OF_TAXONOMIES.get(taxonomy)
        if group is None:
            found.append(("term", term_label(taxonomy, name, slug), count))
        elif name is None:
            found.append((group, slug, count))
        else:
            found.append((group, name, count))
    return found


def _values_of_features(connection: sqlite3.Connection, these: str) -> _Values:
    sql = f"SELECT field, value, count(*) FROM post_features WHERE post IN ({_THESE}) GROUP BY 1, 2"
    return [
        (GROUPS_OF_FIELDS[field], value, count)
        for field, value, count in connection.execute(sql, (these,))
        if field in GROUPS_OF_FIELDS
    ]


class _Source(NamedTuple):
    """The place of a group's values: an expression, and the table that is joined for it."""

    value: str
    joined: str = ""
    parameters: tuple[str, ...] = ()
    condition: str = "1"
    """The condition for posts that have their values there."""


def tally_pairs(
    connection: sqlite3.Connection, chosen: Condition, first: Group, second: Group
) -> dict[tuple[str | None, str | None], int]:
    """Return how many of the chosen posts have each pair of values of two groups."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for one, other in product(_sources(first, "one"), _sources(second, "other")):
        sql = (
            f"SELECT {one.value}, {other.value}, count(*) FROM posts {one.joined} {other.joined}"
            f" WHERE {one.condition} AND {other.condition} AND {chosen.sql} GROUP BY 1, 2"
        )
        parameters = (*one.parameters, *other.parameters, *chosen.parameters)
        for row in connection.execute(sql, parameters):
            counts[row[0], row[1]] += row[2]
    return dict(counts)


def _sources(group: Group, name: str) -> list[_Source]:
    if group != "author":
        return [_source(group, name)]
    of_post = f"post_features AS {name} ON {name}.post = posts.pk AND {name}.field = ?"
    first = GROUP_SQL["author"]
    others = f"SELECT 1 FROM post_features WHERE post = posts.pk AND field = '{CO_AUTHOR_FIELD}'"
    return [
        _Source(first, condition=f"({first} IS NOT NULL OR NOT EXISTS ({others}))"),
        _Source(f"{name}.value", f"JOIN {of_post}", (CO_AUTHOR_FIELD,)),
    ]


def _source(group: Group, name: str) -> _Source:
    of_post = f"AS {name} ON {name}.post = posts.pk AND {name}"
    if group in TAXONOMIES:
        return _Source(
            f"coalesce({name}.name, {name}.slug)",
            f"LEFT JOIN post_terms {of_post}.taxonomy = ?",
            (TAXONOMIES[group],),
        )
    if group == "term":
        return _Source(
            f"{name}.taxonomy || '=' || coalesce({name}.name, {name}.slug)",
            f"LEFT JOIN post_terms {of_post}.taxonomy NOT IN (?, ?)",
            _OWN_TAXONOMIES,
        )
    if group in FEATURE_GROUPS:
        return _Source(
            f"{name}.value",
            f"LEFT JOIN post_features {of_post}.field = ?",
            (FEATURE_GROUPS[group],),
        )
    return _Source(GROUP_SQL[group])
