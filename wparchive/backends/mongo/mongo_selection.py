"""Filters, positions and searches as queries of MongoDB's common core.

A filter is a function in a table (`FILTER_QUERIES`): it returns the query that it makes, or None
when the filter does not ask for it. What the server cannot decide alone is decided here
(`matching`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeGuard, get_args

from wparchive.backends.mongo.mongo_groups import TERM_FIELDS
from wparchive.backends.questions import (
    COPY_KINDS,
    EVENTS_OF_NAMES,
    DocumentFilter,
    EventFilter,
    Filter,
    Lacked,
)
from wparchive.model.documents import State, term_parts
from wparchive.text.occurrences import occurs
from wparchive.text.search_query import (
    Choice,
    Clause,
    HasName,
    NameField,
    Part,
    Query,
    TextField,
)
from wparchive.text.search_tokens import searchable, tokens

MongoQuery = dict[str, Any]
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""The first moment that there is. It stands for the date of an undated post."""
DATED: MongoQuery = {"published_at": {"$gte": LONG_AGO}}
"""What posts with a date have: one stretch of an index, unlike `$ne`."""

NAME_FIELDS = {"title": 1, "tags.name": 1, "categories.name": 1, "terms.name": 1, "published_at": 1}
"""Fields that the first, cheap ranking needs."""
SEARCHED_FIELDS = dict.fromkeys(
    ("title", "text", "tags", "categories", "terms", "author", "authors", "type", "published_at"),
    1,
)
"""Fields that verifying and ranking a candidate need."""


def all_queries(*parts: MongoQuery | None) -> MongoQuery:
    """Return the query that all of these hold; None and {} ask for nothing."""
    chosen = [part for part in parts if part]
    if not chosen:
        return {}
    if len(chosen) == 1:
        return chosen[0]
    return {"$and": chosen}


def one_of(field: str, values: Sequence[object]) -> MongoQuery | None:
    """Return the query that a field has one of the values; None when there are no values."""
    if not values:
        return None
    if len(values) == 1:
        return {field: values[0]}
    return {field: {"$in": list(values)}}


def _site(filter_: Filter) -> MongoQuery | None:
    return one_of("site", filter_.sites)


def _type(filter_: Filter) -> MongoQuery | None:
    return one_of("type", filter_.types)


def _state(filter_: Filter) -> MongoQuery | None:
    # Any state is asked for by naming all of them: the indexes begin with the state.
    return one_of("state", filter_.states or get_args(State))


def _tags(filter_: Filter) -> MongoQuery | None:
    return _named("tags", filter_.tags)


def _categories(filter_: Filter) -> MongoQuery | None:
    return _named("categories", filter_.categories)


def _terms(filter_: Filter) -> MongoQuery | None:
    if not filter_.terms:
        return None
    parts = [term_parts(label) for label in filter_.terms]
    return all_queries(
        {"terms.taxonomy": {"$in": [taxonomy for taxonomy, _ in parts]}},
        _named("terms", tuple(name for _, name in parts)),
    )


def exact_terms(filter_: Filter) -> MongoQuery:
    """Return the query of the posts that have one of the terms, both taxonomy and name.

    Not every server has `$elemMatch`: without it, posts are looked at with `has_a_term`.
    """
    each: list[MongoQuery] = []
    for taxonomy, name in map(term_parts, filter_.terms):
        each += [
            {"terms": {"$elemMatch": {"taxonomy": taxonomy, "name": name}}},
            {"terms": {"$elemMatch": {"taxonomy": taxonomy, "slug": name.lower()}}},
        ]
    return {"$or": each}


def has_a_term(filter_: Filter, post: Mapping[str, Any]) -> bool:
    """Tell whether a post has one of the terms that a filter asks for."""
    parts = [term_parts(label) for label in filter_.terms]
    return any(
        ref["taxonomy"] == taxonomy and (ref["name"] == name or ref["slug"] == name.lower())
        for ref in post["terms"]
        for taxonomy, name in parts
    )


def _author(filter_: Filter) -> MongoQuery | None:
    return _by_any_author(filter_.authors)


def _by_any_author(values: tuple[str, ...]) -> MongoQuery | None:
    """Return the query that the author, or one of several, has one of the names or slugs."""
    first = _named("author", values)
    others = _named("authors", values)
    if first is None or others is None:
        return None
    return {"$or": [*first["$or"], *others["$or"]]}


def _named(field: str, values: tuple[str, ...]) -> MongoQuery | None:
    """Return the query that a reference has one of the names, or one of the slugs in any case."""
    if not values:
        return None
    slugs = [value.lower() for value in values]
    return {"$or": [{f"{field}.name": {"$in": list(values)}}, {f"{field}.slug": {"$in": slugs}}]}


def _language(filter_: Filter) -> MongoQuery | None:
    if not filter_.languages:
        return None
    # The tags that begin so, as a range: it needs no pattern, and an index serves it.
    each: list[MongoQuery] = []
    for tag in filter_.languages:
        # The full stop is the character after the hyphen.
        each += [{"language": tag}, {"language": {"$gte": f"{tag}-", "$lt": f"{tag}."}}]
    return {"$or": each}


def _has(filter_: Filter) -> MongoQuery | None:
    return one_of("has", filter_.has)


def _embeds(filter_: Filter) -> MongoQuery | None:
    return one_of("embed_providers", filter_.embeds)


def _links_to(filter_: Filter) -> MongoQuery | None:
    return one_of("link_domains", filter_.links_to)


_LACKING: dict[Lacked, MongoQuery] = {
    # Of a list, whether it has a first element: not every server knows `$size`.
    "tag": {"tags.0": {"$exists": False}},
    "category": {"categories.0": {"$exists": False}},
    "term": {"terms.0": {"$exists": False}},
    "author": {"author": None, "authors.0": {"$exists": False}},
    "language": {"language": None},
}


def _without(filter_: Filter) -> MongoQuery | None:
    return all_queries(*(_LACKING[lacked] for lacked in filter_.without))


def _keys(filter_: Filter) -> MongoQuery | None:
    if filter_.keys is None:
        return None
    return {"_id": {"$in": list(filter_.keys)}}


def _since(filter_: Filter) -> MongoQuery | None:
    if filter_.since is None:
        return None
    return {"published_at": {"$gte": filter_.since}}


def _until(filter_: Filter) -> MongoQuery | None:
    if filter_.until is None:
        return None
    return {"published_at": {"$lt": filter_.until}}


def _unique(filter_: Filter) -> MongoQuery | None:
    if not filter_.unique:
        return None
    return {"duplicate.kind": {"$nin": list(COPY_KINDS)}}


FILTER_QUERIES: tuple[Callable[[Filter], MongoQuery | None], ...] = (
    _site,
    _type,
    _state,
    _tags,
    _categories,
    _terms,
    _author,
    _language,
    _has,
    _embeds,
    _links_to,
    _without,
    _keys,
    _since,
    _until,
    _unique,
)
"""What each part of a filter asks of a document of `posts`."""


def post_query(filter_: Filter) -> MongoQuery:
    """Return the query that a filter makes on `posts`."""
    return all_queries(*(one(filter_) for one in FILTER_QUERIES))


def document_query(filter_: DocumentFilter) -> MongoQuery:
    """Return the query that a filter makes on the collection of another kind."""
    of_post = None
    if filter_.post is not None:
        of_post = {"post": filter_.post}
    return all_queries(
        one_of("site", filter_.sites),
        one_of("type", filter_.types),
        one_of("state", filter_.states),
        of_post,
    )


def event_query(filter_: EventFilter) -> MongoQuery:
    """Return the query that a filter makes on `events`."""
    kinds = one_of("kind", filter_.kinds)
    if kinds is None:
        kinds = {"$or": [{"kind": "posts"}, {"event": {"$in": list(EVENTS_OF_NAMES)}}]}
    return all_queries(
        one_of("event", filter_.events),
        kinds,
        one_of("site", filter_.sites),
        {"at": time_range(filter_)},
    )


def time_range(filter_: EventFilter) -> MongoQuery:
    """Return the query that a time lies in that of a filter."""
    found: MongoQuery = {"$gte": filter_.since}
    if filter_.until is not None:
        found["$lt"] = filter_.until
    return found


def candidates(query: Query) -> MongoQuery:
    """Return the query of the posts that may match, by the index: a superset of those that do.

    They have every required token and name, and nothing excluded that the index can decide.
    """
    clauses = [part for part in query.required if isinstance(part, Clause)]
    parts: list[MongoQuery] = []
    if whole := list(dict.fromkeys(_whole_tokens(clauses))):
        parts.append({"search": {"$all": whole}})
    # A prefix anchored at the start of a token can use the index.
    parts += [
        {"search": {"$regex": f"^{clause.tokens[-1]}"}} for clause in clauses if clause.prefix
    ]
    parts += [_candidates_of(part) for part in query.required if not isinstance(part, Clause)]
    # A phrase or a word of one field cannot be excluded by tokens: the post is checked later.
    unwanted = [part.tokens[0] for part in query.excluded if _is_one_token(part)]
    if unwanted:
        parts.append({"search": {"$nin": unwanted}})
    parts += [
        {"$nor": [_candidates_of(part)]}
        for part in query.excluded
        if not _is_one_token(part) and _is_exclusion_decided(part)
    ]
    return all_queries(*parts)


def _candidates_of(part: Part) -> MongoQuery:
    match part:
        case HasName(field, name):
            return NAME_QUERIES[field](name)
        case Query():
            return candidates(part)
        case Choice():
            return {"$or": [_candidates_of(one) for one in part.parts]}
        case Clause():
            return candidates(Query((part,)))


def _is_one_token(part: Part) -> TypeGuard[Clause]:
    """Tell whether a part is a whole word that the index alone can decide."""
    if not isinstance(part, Clause):
        return False
    return len(part.tokens) == 1 and not part.prefix and part.field is None


NAME_QUERIES: dict[NameField, Callable[[str], MongoQuery]] = {
    "tag": lambda name: _named("tags", (name,)) or {},
    "category": lambda name: _named("categories", (name,)) or {},
    "author": lambda name: _by_any_author((name,)) or {},
    "type": lambda name: {"type": name},
}
"""What each name in a search asks of a document of `posts`."""


def _whole_tokens(clauses: Iterable[Clause]) -> Iterable[str]:
    """Yield the tokens that must occur whole. The last token of a prefix is left out."""
    for clause in clauses:
        if clause.prefix:
            yield from clause.tokens[:-1]
        else:
            yield from clause.tokens


def is_decided(query: Query) -> bool:
    """Return True when `candidates` already means exactly the posts that match.

    The index knows tokens, but not their order or field: it cannot decide phrases, words of titles
    and excluded prefixes.
    """
    return all(map(_is_part_decided, query.required)) and all(
        map(_is_exclusion_decided, query.excluded)
    )


def _is_part_decided(part: Part) -> bool:
    match part:
        case HasName():
            return True
        case Query():
            return is_decided(part)
        case Choice():
            return all(map(_is_part_decided, part.parts))
        case Clause():
            return len(part.tokens) == 1 and part.field is None


def _is_exclusion_decided(part: Part) -> bool:
    if isinstance(part, Clause) and part.prefix:
        return False
    return _is_part_decided(part)


def matching(query: Query, post: Mapping[str, Any]) -> bool:
    """Return True when a candidate matches, by the order of its words.

    A phrase lies within the title, within the text, or within the names of terms.
    """
    title, text, names = (tokens(part) for part in searchable(post))
    fields: dict[TextField | None, list[list[str]]] = {
        None: [title, text, names],
        "title": [title],
        "text": [text],
    }

    def holds(part: Part) -> bool:
        match part:
            case Clause():
                return any(occurs(part, found) for found in fields[part.field])
            case HasName(field, name):
                return has_name(field, name, post)
            case Choice():
                return any(map(holds, part.parts))
            case Query():
                return all(map(holds, part.required)) and not any(map(holds, part.excluded))

    return holds(query)


def has_name(field: NameField, name: str, post: Mapping[str, Any]) -> bool:
    """Tell whether a post has a name, as `NAME_QUERIES` asks it."""
    if field == "type":
        return bool(post["type"] == name)
    if field == "author":
        refs = [post["author"], *(post.get("authors") or [])]
    else:
        refs = post[TERM_FIELDS[field]]
    return any(
        ref is not None and (ref["name"] == name or ref["slug"] == name.lower()) for ref in refs
    )
