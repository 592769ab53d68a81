"""One collection of a REST API: records in, the page that a query asks for out. No network.

Semantics: wp-includes/rest-api/endpoints/class-wp-rest-{posts,terms,users,comments}-controller.php.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from threading import RLock
from typing import Any

from demo.parameters import (
    FILTERS,
    ApiError,
    Family,
    Filter,
    Query,
    field_filter,
    filter_schema,
    number,
    numbers,
    one_of,
    term_filter,
)
from demo.php_json import encode

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ordering:
    """The default order of a controller's collections, and the orders that it knows."""

    orderby: str
    order: str
    choices: tuple[str, ...]


_SLUGS = ("slug", "include_slugs")
_ORDERINGS: dict[Family, Ordering] = {
    "post": Ordering(
        "date",
        "desc",
        ("author", "date", "id", "include", "modified", "parent", "relevance", *_SLUGS, "title"),
    ),
    "term": Ordering(
        "name", "asc", ("id", "include", "name", *_SLUGS, "term_group", "description", "count")
    ),
    "user": Ordering(
        "name", "asc", ("id", "include", "name", "registered_date", *_SLUGS, "email", "url")
    ),
    "comment": Ordering(
        "date_gmt", "desc", ("date", "date_gmt", "id", "include", "post", "parent", "type")
    ),
}
_INVALID_ID: dict[Family, str] = {
    "post": "rest_post_invalid_id",
    "term": "rest_term_invalid",
    "user": "rest_user_invalid_id",
    "comment": "rest_comment_invalid_id",
}
_DATES = ("date", "date_gmt", "modified")
_KEYS = (*_DATES, "slug", "name", "author", "parent", "post", "count", "menu_order")
"""Fields by which records are ordered and filtered, besides the title and the terms."""


@dataclass(slots=True)
class Row:
    """A record as the database would hold it."""

    id: int
    body: bytes
    """Its JSON, as it is sent."""
    keys: dict[str, Any]
    """The fields by which it is ordered and filtered."""
    hidden: bool = False
    """True for a row that is counted, and left out of every response."""


@dataclass(slots=True)
class Page:
    """The page of a collection that a query asks for."""

    rows: list[Row]
    total: int
    """X-WP-Total."""
    pages: int
    """X-WP-TotalPages."""
    page: int
    """Its number, from 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a site; `demo.switches` says what each of them means."""

    per_page: int = 100
    cap_silent: int = 0
    offset: bool = True
    orderby_id: bool = True


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a list that a query asks for."""

    offset: int
    per_page: int
    page: int
    by_page: bool
    """True for a slice that a page number asks for, and no offset."""


@dataclass(slots=True)
class Collection:
    """All records of one type. It can be changed while it is served."""

    type: str
    base: str
    """WordPress's `rest_base`: the name of the route."""
    family: Family
    hierarchical: bool = False
    taxonomies: dict[str, str] = field(default_factory=dict)
    """For post types: taxonomy -> rest_base."""
    rows: dict[int, Row] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    _sorted: dict[str, list[Row]] = field(default_factory=dict)
    """Rows in the orders that were asked for; emptied by every change."""
    _lock: RLock = field(default_factory=RLock)
    """A test changes a collection while the server's thread reads it."""

    def put(self, record: Record | bytes, hidden: bool = False) -> None:
        """Publish a record, or another version of it. Bytes are served exactly as they are."""
        if isinstance(record, bytes):
            body = record
            decoded: Record = json.loads(record)
        else:
            body = encode(record)
            decoded = record
        row = Row(decoded["id"], body, self._keys(decoded), hidden)
        with self._lock:
            self.rows[row.id] = row
            self.withdrawn.discard(row.id)
            self._sorted.clear()

    def fill(self, records: Iterable[Record | bytes]) -> "Collection":
        """Publish many records, and return the collection."""
        for record in records:
            self.put(record)
        return self

    def withdraw(self, id_: int) -> None:
        """Trash or unpublish: the object alone is answered with 401."""
        self.delete(id_)
        self.withdrawn.add(id_)

    def delete(self, id_: int) -> None:
        """Erase: the object alone is answered with 404."""
        with self._lock:
            del self.rows[id_]
            self._sorted.clear()

    def hide(self, id_: int) -> None:
        """Keep the object counted and show it to nobody, as with media of a draft."""
        self.rows[id_].hidden = True

    def single(self, id_: int) -> Row:
        """Return one object. Raises the ApiError that WordPress has for one that is not there."""
        row = self.rows.get(id_)
        if id_ in self.withdrawn or (row and row.hidden):
            raise ApiError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        if not row:
            raise ApiError(404, _INVALID_ID[self.family], "Invalid ID.")
        return row

    def parameters(self, limits: Limits) -> dict[str, dict[str, Any]]:
        """Return the argument schemas of the route, as the index shows them."""
        ordering = self._ordering(limits)
        ids = {"type": "array", "items": {"type": "integer"}, "default": []}
        per_page = {"type": "integer", "default": 10, "minimum": 1, "maximum": limits.per_page}
        choices = list(ordering.choices)
        schemas: dict[str, dict[str, Any]] = {
            "context": {"type": "string", "enum": ["view", "embed", "edit"], "default": "view"},
            "page": {"type": "integer", "default": 1, "minimum": 1},
            "per_page": per_page,
            "search": {"type": "string"},
            "exclude": ids,
            "include": ids,
            "order": {"type": "string", "default": ordering.order, "enum": ["asc", "desc"]},
            "orderby": {"type": "string", "default": ordering.orderby, "enum": choices},
        }
        if self._has_offset(limits):
            schemas["offset"] = {"type": "integer"}
        for name in (*FILTERS[self.family], *self.taxonomies.values()):
            schemas[name] = filter_schema(name)
        return {name: schema | {"required": False} for name, schema in schemas.items()}

    def page(self, query: Query, limits: Limits = Limits()) -> Page:
        """Return the page that a query asks for. Raises ApiError."""
        part = self._slice(query, limits)
        if query.get("context", "view") == "edit":
            message = "Sorry, you are not allowed to edit posts in this post type."
            raise ApiError(401, "rest_forbidden_context", message)
        with self._lock:
            rows = self._matching(query, limits)
        shown = rows[part.offset : part.offset + part.per_page]
        total = len(rows)
        if self.family == "post" and total and not shown:
            if part.by_page:
                message = "The page number requested is larger than the number of pages."
                raise ApiError(400, "rest_post_invalid_page_number", message)
            total = 0  # WordPress does not count again what an offset beyond the end asks for
        visible = [row for row in shown if not row.hidden]
        return Page(visible, total, ceil(total / part.per_page), part.page)

    def _slice(self, query: Query, limits: Limits) -> Slice:
        per_page = number(query, "per_page", 10, 1, limits.per_page)
        page = number(query, "page", 1, 1)
        if limits.cap_silent:
            per_page = min(per_page, limits.cap_silent)
        offset = -1
        if self._has_offset(limits) and "offset" in query:
            offset = number(query, "offset", -1, -(2**31))
        # An offset of 0 counts only for posts: the other controllers take it for none.
        if offset < 0 or (offset == 0 and self.family != "post"):
            return Slice((page - 1) * per_page, per_page, page, by_page=True)
        if self.family != "post":
            page = ceil(offset / per_page + 1)
        return Slice(offset, per_page, page, by_page=False)

    def _has_offset(self, limits: Limits) -> bool:
        return limits.offset and not (self.family == "term" and self.hierarchical)

    def _ordering(self, limits: Limits) -> Ordering:
        ordering = _ORDERINGS[self.family]
        choices = ordering.choices
        if self.family == "post" and self.hierarchical:
            choices = (*choices, "menu_order")
        if not limits.orderby_id:
            choices = tuple(choice for choice in choices if choice != "id")
        return Ordering(ordering.orderby, ordering.order, choices)

    def _matching(self, query: Query, limits: Limits) -> list[Row]:
        """Return the rows that a query asks for, in order, of all pages."""
        ordering = self._ordering(limits)
        include = numbers(query, "include")
        exclude = set(numbers(query, "exclude"))
        orderby = one_of("orderby", query.get("orderby", ordering.orderby), ordering.choices)
        order = one_of("order", query.get("order", ordering.order), ("asc", "desc"))
        self._check_order(orderby, include)
        if orderby == "include" and include:
            rows = [self.rows[id_] for id_ in dict.fromkeys(include) if id_ in self.rows]
        else:
            rows = self._in_order(orderby, order)
        if include:
            wanted = set(include)
            rows = [row for row in rows if row.id in wanted]
        if exclude:
            rows = [row for row in rows if row.id not in exclude]
        for test in self._filters(query):
            rows = [row for row in rows if test(row.keys)]
        return rows

    def _check_order(self, orderby: str, include: list[int]) -> None:
        if orderby == "relevance":
            message = "You need to define a search term to order by relevance."
            raise ApiError(400, "rest_no_search_term_defined", message)
        if orderby == "include" and not include and self.family == "post":
            message = "You need to define an include parameter to order by include."
            raise ApiError(400, "rest_orderby_include_missing_include", message)

    def _in_order(self, orderby: str, order: str) -> list[Row]:
        """Return all rows in an order, in which rows of equal rank are in order of their ids."""
        if orderby not in self._sorted:
            rows = sorted(self.rows.values(), key=lambda row: row.id)
            if orderby != "id":
                rows.sort(key=lambda row: _sort_key(row.keys.get(orderby)))
            self._sorted[orderby] = rows
        rows = self._sorted[orderby]
        if order == "desc":
            rows = self._sorted.setdefault(f"{orderby} desc", rows[::-1])
        return rows

    def _filters(self, query: Query) -> list[Filter]:
        fields = [name for name in FILTERS[self.family] if name in query]
        taxonomies = [base for base in self.taxonomies.values() if base in query]
        return [
            *(field_filter(name, query) for name in fields),
            *(term_filter(base, set(numbers(query, base))) for base in taxonomies),
        ]

    def _keys(self, record: Record) -> dict[str, Any]:
        names = (*_KEYS, *self.taxonomies.values())
        keys = {name: record[name] for name in names if name in record}
        title = record.get("title")
        keys["title"] = title.get("rendered", "") if isinstance(title, Mapping) else ""
        if self.type == "attachment":
            keys["parent"] = record.get("post")  # the list asks by another name than it shows
        return keys


def _sort_key(value: Any) -> tuple[int, Any]:
    """Return a key by which numbers come before texts, and texts are compared without case."""
    if isinstance(value, int):
        return (0, value)
    return (1, str(value or "").casefold())
