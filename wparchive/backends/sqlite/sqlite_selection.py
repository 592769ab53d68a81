"""Filters, positions and searches as SQL: conditions over a table's rows, always with parameters.

A filter is a function in a table (`FILTER_CONDITIONS`): it returns the condition that it puts on
rows, or None when the filter does not ask for it. A new filter is a new function there.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    LatestPosition,
    PublishedPosition,
)
from wparchive.backends.questions import (
    COPY_KINDS,
    EVENTS_OF_NAMES,
    DocumentFilter,
    EventFilter,
    Filter,
    Lacked,
    Order,
    PostPosition,
)
from wparchive.backends.sqlite.condition import ALWAYS, Condition, all_of, among, placeholders
from wparchive.backends.sqlite.rows import iso_millis, iso_seconds
from wparchive.backends.sqlite.words_query import MATCHING_SQL, fts_expression
from wparchive.model.documents import term_parts
from wparchive.model.features import CO_AUTHOR_FIELD, CO_AUTHOR_SLUG_FIELD
from wparchive.text.search_query import (
    Choice,
    Clause,
    HasName,
    NameField,
    Part,
    Query,
    split_by_words,
)

BY_IDENTITY = "site, type, id"
_AFTER_ALL_TIMES = "9999-12-31T23:59:60Z"
"""Follows the last time that can be written; times are compared as texts."""


class Stretch(NamedTuple):
    """A part of an ordered list that one statement reads: which rows, and their order."""

    condition: Condition
    order_by: str


def _by_site(filter_: Filter) -> Condition | None:
    return among("posts.site", filter_.sites)


def _by_type(filter_: Filter) -> Condition | None:
    return among("posts.type", filter_.types)


def _by_state(filter_: Filter) -> Condition | None:
    # Nearly all posts are live, so the index by state would only get in the way: `+` keeps SQLite
    # from choosing it.
    column = "posts.state"
    if "live" in filter_.states:
        column = "+posts.state"
    return among(column, filter_.states)


def _by_author(filter_: Filter) -> Condition | None:
    if not filter_.authors:
        return None
    marks = placeholders(filter_.authors)
    names = filter_.authors
    slugs = tuple(_lowered(names))
    others = [_by_feature(CO_AUTHOR_FIELD, names), _by_feature(CO_AUTHOR_SLUG_FIELD, slugs)]
    each = " OR ".join(one.sql for one in others if one)
    parameters = tuple(value for one in others if one for value in one.parameters)
    return Condition(
        f"(author_name IN ({marks}) OR author_slug IN ({marks}) OR {each})",
        (*names, *slugs, *parameters),
    )


def _by_tag(filter_: Filter) -> Condition | None:
    return _by_term("post_tag", *filter_.tags)


def _by_category(filter_: Filter) -> Condition | None:
    return _by_term("category", *filter_.categories)


def _by_term(taxonomy: str, *values: str) -> Condition | None:
    if not values:
        return None
    # Two look-ups, each by its index. One with OR would read the terms of all posts.
    of_taxonomy = "SELECT post FROM post_terms WHERE taxonomy = ?"
    marks = placeholders(values)
    return Condition(
        f"posts.pk IN ({of_taxonomy} AND name IN ({marks})"
        f" UNION ALL {of_taxonomy} AND slug IN ({marks}))",
        (taxonomy, *values, taxonomy, *_lowered(values)),
    )


def _by_custom_term(filter_: Filter) -> Condition | None:
    if not filter_.terms:
        return None
    chosen = [_by_term(*term_parts(label)) for label in filter_.terms]
    parameters = tuple(value for one in chosen if one for value in one.parameters)
    return Condition(f"({' OR '.join(one.sql for one in chosen if one)})", parameters)


def _by_language(filter_: Filter) -> Condition | None:
    if not filter_.languages:
        return None
    each = " OR ".join("language = ? OR language LIKE ?" for _ in filter_.languages)
    # A tag has letters, digits and hyphens: nothing that LIKE would take for a pattern.
    parameters = [value for tag in filter_.languages for value in (tag, f"{tag}-%")]
    return Condition(f"({each})", tuple(parameters))


def _has(filter_: Filter) -> Condition | None:
    return _by_feature("has", filter_.has)


def _embeds(filter_: Filter) -> Condition | None:
    return _by_feature("embed_providers", filter_.embeds)


def _links_to(filter_: Filter) -> Condition | None:
    return _by_feature("link_domains", filter_.links_to)


def _by_feature(field: str, values: tuple[str, ...]) -> Condition | None:
    if not values:
        return None
    posts = f"SELECT post FROM post_features WHERE field = ? AND value IN ({placeholders(values)})"
    return Condition(f"posts.pk IN ({posts})", (field, *values))


_NO_TERM = "NOT EXISTS (SELECT 1 FROM post_terms WHERE post = posts.pk AND taxonomy"
_LACKING: dict[Lacked, str] = {
    "tag": f"{_NO_TERM} = 'post_tag')",
    "category": f"{_NO_TERM} = 'category')",
    "term": f"{_NO_TERM} NOT IN ('post_tag', 'category'))",
    "author": "author_id IS NULL AND author_name IS NULL AND author_slug IS NULL AND NOT EXISTS"
    f" (SELECT 1 FROM post_features WHERE post = posts.pk AND field = '{CO_AUTHOR_FIELD}')",
    "language": "language IS NULL",
}


def _without(filter_: Filter) -> Condition | None:
    if not filter_.without:
        return None
    return Condition(" AND ".join(_LACKING[lacked] for lacked in filter_.without))


def _by_key(filter_: Filter) -> Condition | None:
    if filter_.keys is None:
        return None
    return Condition(f"posts.key IN ({placeholders(filter_.keys)})", filter_.keys)


def _since(filter_: Filter) -> Condition | None:
    if filter_.since is None:
        return None
    return Condition("published_at >= ?", (_next_second(filter_.since),))


def _until(filter_: Filter) -> Condition | None:
    if filter_.until is None:
        return None
    return Condition("published_at < ?", (_next_second(filter_.until),))


def _unique(filter_: Filter) -> Condition | None:
    if not filter_.unique:
        return None
    # Copies are few and have their own index: the rows of the other posts need not be looked at.
    copies = (
        "SELECT pk FROM posts WHERE duplicate_of IS NOT NULL"
        f" AND duplicate_kind IN ({placeholders(COPY_KINDS)})"
    )
    return Condition(f"posts.pk NOT IN ({copies})", COPY_KINDS)


def _matching(filter_: Filter) -> Condition | None:
    if filter_.matching is None:
        return None
    return matching_condition(filter_.matching)


FILTER_CONDITIONS: tuple[Callable[[Filter], Condition | None], ...] = (
    _by_site,
    _by_type,
    _by_state,
    _by_author,
    _by_tag,
    _by_category,
    _by_custom_term,
    _by_language,
    _has,
    _embeds,
    _links_to,
    _without,
    _by_key,
    _since,
    _until,
    _matching,
    _unique,
)
"""What each part of a filter asks of a row of `posts`."""


def post_condition(filter_: Filter) -> Condition:
    """Return the condition that a filter puts on rows of `posts`."""
    return all_of(one(filter_) for one in FILTER_CONDITIONS)


def document_condition(filter_: DocumentFilter) -> Condition:
    """Return the condition that a filter puts on rows of another kind."""
    of_post = None
    if filter_.post is not None:
        of_post = Condition("post = ?", (filter_.post,))
    return all_of(
        [
            among("site", filter_.sites),
            among("type", filter_.types),
            among("state", filter_.states),
            of_post,
        ]
    )


def event_condition(filter_: EventFilter) -> Condition:
    """Return the condition that a filter puts on rows of `events`."""
    kinds = among("kind", filter_.kinds)
    if kinds is None:
        own = among("event", EVENTS_OF_NAMES)
        assert own is not None
        kinds = Condition(f"(kind = 'posts' OR {own.sql})", own.parameters)
    return all_of(
        [
            among("event", filter_.events),
            kinds,
            among("site", filter_.sites),
            *time_conditions("at", filter_),
        ]
    )


def time_conditions(column: str, filter_: EventFilter) -> list[Condition]:
    """Return the conditions that a time lies in that of a filter."""
    found = [Condition(f"{column} >= ?", (iso_millis(filter_.since),))]
    if filter_.until is not None:
        found.append(Condition(f"{column} < ?", (iso_millis(filter_.until),)))
    return found


def _lowered(values: Iterable[str]) -> Iterable[str]:
    return (value.lower() for value in values)


def _next_second(moment: datetime) -> str:
    """Return the first whole second at or after a moment, as the archive writes times of sites."""
    # Times of sites are kept as texts with whole seconds, and are compared as texts.
    if not moment.microsecond:
        return iso_seconds(moment)
    try:
        return iso_seconds(moment.replace(microsecond=0) + timedelta(seconds=1))
    except OverflowError:
        return _AFTER_ALL_TIMES


def post_stretches(order: Order, after: PostPosition | None) -> list[Stretch]:
    """Return the stretches of `posts` that follow a position, to be read one after the other.

    Undated posts come last in both directions. They are a stretch of their own, so that each
    stretch begins at its place in an index instead of passing over all that was read before.
    """
    if order == "key":
        assert after is None or isinstance(after, IdentityPosition)
        return [Stretch(after_identity(after), BY_IDENTITY)]
    assert after is None or isinstance(after, PublishedPosition)
    undated = Condition("published_at IS NULL")
    if after is not None and after.published_at is None:
        return [Stretch(all_of([undated, Condition("posts.key > ?", (after.key,))]), "key")]
    return [_dated(order, after), Stretch(undated, "key")]


def _dated(order: Order, after: PublishedPosition | None) -> Stretch:
    dated = Condition("published_at IS NOT NULL")
    direction = {"newest": "DESC", "oldest": "ASC"}[order]
    order_by = f"published_at {direction}, key {direction}"
    if after is None:
        return Stretch(dated, order_by)
    assert after.published_at is not None
    beyond = {"newest": "<", "oldest": ">"}[order]
    follows = Condition(
        f"(published_at, posts.key) {beyond} (?, ?)", (iso_seconds(after.published_at), after.key)
    )
    return Stretch(all_of([dated, follows]), order_by)


def after_identity(after: IdentityPosition | None) -> Condition:
    """Return the condition that a row comes after a position by site, type and id."""
    if after is None:
        return ALWAYS
    return Condition("(site, type, id) > (?, ?, ?)", tuple(after))


def after_latest(time: str, key: str, after: LatestPosition | None) -> Condition | None:
    """Return the condition that a row comes after a position, the newest being first."""
    if after is None:
        return None
    return Condition(f"({time}, {key}) < (?, ?)", (iso_millis(after.at), after.key))


def after_failure(after: FailurePosition | None) -> Condition | None:
    """Return the condition that a failure comes after a position; those without id are first."""
    if after is None:
        return None
    # A number below every id stands for a missing one, which row values cannot compare.
    none = -(2**63)
    id_ = after.id
    if id_ is None:
        id_ = none
    return Condition(
        f"(site, type, coalesce(id, {none}), key) > (?, ?, ?, ?)",
        (after.site, after.type, id_, after.key),
    )


def matching_condition(query: Query) -> Condition:
    """Return the condition that a search puts on rows of `posts`."""
    words, rest = split_by_words(query)
    conditions: list[Condition | None] = []
    if words is not None:
        conditions.append(Condition(f"posts.pk IN ({MATCHING_SQL})", (fts_expression(words),)))
    if rest is not None:
        conditions += [_part_condition(part) for part in rest.required]
        conditions += [_negated(_part_condition(part)) for part in rest.excluded]
    return all_of(conditions)


def _part_condition(part: Part) -> Condition:
    match part:
        case HasName(field, name):
            return all_of([NAME_CONDITIONS[field](name)])
        case Query():
            return matching_condition(part)
        case Choice():
            each = [_part_condition(one) for one in part.parts]
            parameters = tuple(value for one in each for value in one.parameters)
            return Condition(f"({' OR '.join(f'({one.sql})' for one in each)})", parameters)
        case Clause():
            return matching_condition(Query((part,)))


def _negated(condition: Condition) -> Condition:
    # Not `NOT`: an author that is NULL is not the one who is excluded.
    return Condition(f"({condition.sql}) IS NOT TRUE", condition.parameters)


NAME_CONDITIONS: dict[NameField, Callable[[str], Condition | None]] = {
    "tag": lambda name: _by_term("post_tag", name),
    "category": lambda name: _by_term("category", name),
    "author": lambda name: _by_author(Filter(authors=(name,))),
    "type": lambda name: among("posts.type", (name,)),
}
"""What each name in a search asks of a row of `posts`."""
