"""One collection of a REST API: records in, the page that a query asks for out. Pure.

Semantics: wp-includes/rest-api/endpoints/class-wp-rest-{posts,terms,users,comments}-controller.php.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from threading import RLock
from typing import Any, Literal

Record = Mapping[str, Any]
Family = Literal["post", "term", "user", "comment"]
Query = Mapping[str, str]

_ORDER: dict[Family, tuple[str, str, tuple[str, ...]]] = {
    "post": (
        "date",
        "desc",
        (
            "author",
            "date",
            "id",
            "include",
            "modified",
            "parent",
            "relevance",
            "slug",
            "include_slugs",
            "title",
        ),
    ),
    "term": (
        "name",
        "asc",
        ("id", "include", "name", "slug", "include_slugs", "term_group", "description", "count"),
    ),
    "user": (
        "name",
        "asc",
        ("id", "include", "name", "registered_date", "slug", "include_slugs", "email", "url"),
    ),
    "comment": (
        "date_gmt",
        "desc",
        ("date", "date_gmt", "id", "include", "post", "parent", "type"),
    ),
}
_FILTERS: dict[Family, tuple[str, ...]] = {
    "post": ("author", "parent", "slug", "after", "before", "modified_after", "modified_before"),
    "term": ("parent", "slug"),
    "user": ("slug",),
    "comment": ("post", "parent", "after", "before"),
}
_INVALID_ID: dict[Family, str] = {
    "post": "rest_post_invalid_id",
    "term": "rest_term_invalid",
    "user": "rest_user_invalid_id",
    "comment": "rest_comment_invalid_id",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d(:?\d\d)?)?")


class ApiError(Exception):
    """An error answer: HTTP status, WordPress's code, message and further data."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid(name: str, why: str) -> ApiError:
    """400 rest_invalid_param for one parameter."""
    detail = {name: {"code": "rest_invalid_param", "message": why, "data": None}}
    return ApiError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: why},
        details=detail,
    )


@dataclass(slots=True)
class Row:
    """A record as the database would hold it."""

    id: int
    body: bytes
    """Its JSON, as it goes out."""
    keys: dict[str, Any]
    """What it is ordered and filtered by."""
    hidden: bool = False
    """Counted, and left out of every answer."""


@dataclass(slots=True)
class Page:
    """The answer of a collection."""

    rows: list[Row]
    total: int
    pages: int
    page: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a site makes of its collections; see the switches of the same names."""

    per_page: int = 100
    cap_silent: int = 0
    offset: bool = True
    orderby_id: bool = True


@dataclass(slots=True)
class Collection:
    """All records of one type. `put`, `withdraw`, `delete` and `hide` change it while it is served."""

    type: str
    base: str
    family: Family
    hierarchical: bool = False
    taxonomies: dict[str, str] = field(default_factory=dict)
    """taxonomy: rest_base, for post types."""
    rows: dict[int, Row] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    _sorted: dict[str, list[Row]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)
    """A test changes a collection while the server's thread reads it."""

    def put(self, record: Record | bytes, hidden: bool = False) -> None:
        """Publish a record, or another version of it. Bytes are served exactly as they are."""
        body = record if isinstance(record, bytes) else encode(record)
        decoded = json.loads(record) if isinstance(record, bytes) else record
        names = (
            "date",
            "date_gmt",
            "modified",
            "slug",
            "name",
            "author",
            "parent",
            "post",
            "count",
            "menu_order",
            *self.taxonomies.values(),
        )
        keys = {name: decoded[name] for name in names if name in decoded}
        keys["title"] = (
            (decoded.get("title") or {}).get("rendered", "")
            if isinstance(decoded.get("title"), Mapping)
            else ""
        )
        with self._lock:
            self.rows[decoded["id"]] = Row(decoded["id"], body, keys, hidden)
            self.withdrawn.discard(decoded["id"])
            self._sorted.clear()

    def fill(self, records: Iterable[Record | bytes]) -> "Collection":
        """Publish many; returns itself."""
        for record in records:
            self.put(record)
        return self

    def withdraw(self, id_: int) -> None:
        """Trash or unpublish: asked for singly, it answers 401."""
        self.delete(id_)
        self.withdrawn.add(id_)

    def delete(self, id_: int) -> None:
        """Erase: asked for singly, it answers 404."""
        with self._lock:
            del self.rows[id_]
            self._sorted.clear()

    def hide(self, id_: int) -> None:
        """Keep it counted and show it to nobody, as media of a draft."""
        self.rows[id_].hidden = True

    def single(self, id_: int) -> Row:
        """One object, or the error that WordPress has for it."""
        row = self.rows.get(id_)
        if id_ in self.withdrawn or (row and row.hidden):
            raise ApiError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        if not row:
            raise ApiError(404, _INVALID_ID[self.family], "Invalid ID.")
        return row

    def parameters(self, limits: Limits) -> dict[str, dict[str, Any]]:
        """The argument schemas of the route, as the index shows them."""
        orderby, order, choices = self._order(limits)
        schemas: dict[str, dict[str, Any]] = {
            "context": {"type": "string", "enum": ["view", "embed", "edit"], "default": "view"},
            "page": {"type": "integer", "default": 1, "minimum": 1},
            "per_page": {
                "type": "integer",
                "default": 10,
                "minimum": 1,
                "maximum": limits.per_page,
            },
            "search": {"type": "string"},
            "exclude": {"type": "array", "items": {"type": "integer"}, "default": []},
            "include": {"type": "array", "items": {"type": "integer"}, "default": []},
            "order": {"type": "string", "default": order, "enum": ["asc", "desc"]},
            "orderby": {"type": "string", "default": orderby, "enum": list(choices)},
        }
        if self._has_offset(limits):
            schemas["offset"] = {"type": "integer"}
        schemas |= {
            name: _schema(name) for name in (*_FILTERS[self.family], *self.taxonomies.values())
        }
        return {name: schema | {"required": False} for name, schema in schemas.items()}

    def page(self, query: Query, limits: Limits = Limits()) -> Page:
        """The rows that a query asks for. Raises ApiError."""
        per_page, page = (
            _number(query, "per_page", 10, 1, limits.per_page),
            _number(query, "page", 1, 1),
        )
        per_page = min(per_page, limits.cap_silent or per_page)
        offset = (
            _number(query, "offset", -1, -(2**31))
            if self._has_offset(limits) and "offset" in query
            else -1
        )
        if query.get("context", "view") == "edit":
            raise ApiError(
                401,
                "rest_forbidden_context",
                "Sorry, you are not allowed to edit posts in this post type.",
            )
        with self._lock:
            rows = self._matching(query, limits)
        if offset < 0 or (offset == 0 and self.family != "post"):
            offset, paged = (page - 1) * per_page, True
        else:
            paged = False
        shown, total = rows[offset : offset + per_page], len(rows)
        if self.family == "post" and total and not shown:
            if paged:
                raise ApiError(
                    400,
                    "rest_post_invalid_page_number",
                    "The page number requested is larger than the number of pages.",
                )
            total = 0  # an empty slice by offset is never counted again
        if not paged and self.family != "post":
            page = ceil(offset / per_page + 1)
        return Page([row for row in shown if not row.hidden], total, ceil(total / per_page), page)

    def _has_offset(self, limits: Limits) -> bool:
        return limits.offset and not (self.family == "term" and self.hierarchical)

    def _order(self, limits: Limits) -> tuple[str, str, tuple[str, ...]]:
        orderby, order, choices = _ORDER[self.family]
        if self.family == "post" and self.hierarchical:
            choices = (*choices, "menu_order")
        return (
            orderby,
            order,
            choices if limits.orderby_id else tuple(choice for choice in choices if choice != "id"),
        )

    def _matching(self, query: Query, limits: Limits) -> list[Row]:
        orderby, order, choices = self._order(limits)
        orderby, order = query.get("orderby", orderby), query.get("order", order)
        include, exclude = _numbers(query, "include"), _numbers(query, "exclude")
        if orderby not in choices:
            raise invalid("orderby", f"orderby is not one of {_spoken(choices)}.")
        if order not in ("asc", "desc"):
            raise invalid("order", f"order is not one of {_spoken(('asc', 'desc'))}.")
        if orderby == "relevance":
            raise ApiError(
                400,
                "rest_no_search_term_defined",
                "You need to define a search term to order by relevance.",
            )
        if orderby == "include" and not include and self.family == "post":
            raise ApiError(
                400,
                "rest_orderby_include_missing_include",
                "You need to define an include parameter to order by include.",
            )
        if orderby == "include" and include:
            rows = [self.rows[id_] for id_ in dict.fromkeys(include) if id_ in self.rows]
        else:
            rows = self._in_order(orderby, order)
        if include:
            wanted = set(include)
            rows = [row for row in rows if row.id in wanted]
        for test in self._tests(query, set(exclude)):
            rows = [row for row in rows if test(row)]
        return rows

    def _in_order(self, orderby: str, order: str) -> list[Row]:
        if orderby not in self._sorted:
            rows = sorted(self.rows.values(), key=lambda row: row.id)
            self._sorted[orderby] = (
                rows
                if orderby == "id"
                else sorted(rows, key=lambda row: _sort_key(row.keys.get(orderby)))
            )
        rows = self._sorted[orderby]
        if order == "desc":
            rows = self._sorted.setdefault(f"{orderby} desc", rows[::-1])
        return rows

    def _tests(self, query: Query, exclude: set[int]) -> list[Callable[[Row], bool]]:
        tests: list[Callable[[Row], bool]] = [lambda row: row.id not in exclude] if exclude else []
        tests += [_test(name, query) for name in _FILTERS[self.family] if name in query]
        tests += [
            _term_test(base, set(_numbers(query, base)))
            for base in self.taxonomies.values()
            if base in query
        ]
        return tests


def encode(value: Any) -> bytes:
    """JSON as PHP writes it: ASCII, slashes escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def select(value: Any, fields: Sequence[str]) -> Any:
    """`_fields`: the named parts of an object, nested ones by dots; of every object in a list."""
    if isinstance(value, list):
        return [select(item, fields) for item in value]
    if not isinstance(value, dict):
        return value
    inner: dict[str, list[str]] = {}
    for path in fields:
        name, _, rest = path.strip().partition(".")
        inner.setdefault(name, []).append(rest)
    return {
        name: value[name] if "" in rest else select(value[name], rest)
        for name, rest in inner.items()
        if name in value
    }


def _schema(name: str) -> dict[str, Any]:
    if name.endswith(("after", "before")):
        return {"type": "string", "format": "date-time"}
    return {"type": "array", "items": {"type": "string" if name == "slug" else "integer"}}


def _spoken(words: Sequence[str]) -> str:
    return (
        f"{words[0]} and {words[1]}"
        if len(words) == 2
        else f"{', '.join(words[:-1])}, and {words[-1]}"
    )


def _number(query: Query, name: str, default: int, low: int, high: int | None = None) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        raise invalid(name, f"{name} is not of type integer.")
    if int(text) < low or (high is not None and int(text) > high):
        bounds = (
            f"between {low} (inclusive) and {high} (inclusive)"
            if high is not None
            else f"greater than or equal to {low}"
        )
        raise invalid(name, f"{name} must be {bounds}")
    return int(text)


def _numbers(query: Query, name: str) -> list[int]:
    parts = [part for part in re.split(r"[\s,]+", query.get(name, "")) if part]
    for at, part in enumerate(parts):
        if not re.fullmatch(r"[+-]?\d+", part):
            raise invalid(name, f"{name}[{at}] is not of type integer.")
    return [int(part) for part in parts]


def _sort_key(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int) else (1, str(value or "").casefold())


def _test(name: str, query: Query) -> Callable[[Row], bool]:
    if name.endswith(("after", "before")):
        return _date_test(name, query[name])
    wanted = set(query[name].split(",")) if name == "slug" else set(_numbers(query, name))
    return lambda row: row.keys.get(name) in wanted


def _term_test(base: str, ids: set[int]) -> Callable[[Row], bool]:
    return lambda row: not ids.isdisjoint(row.keys.get(base, ()))


def _date_test(name: str, text: str) -> Callable[[Row], bool]:
    if not _DATE.fullmatch(text):
        raise invalid(name, "Invalid date.")
    column, bound = (
        "modified" if name.startswith("modified") else "date",
        text[:19].replace(" ", "T").upper(),
    )
    if name.endswith("after"):
        return lambda row: str(row.keys.get(column, "")) > bound
    return lambda row: str(row.keys.get(column, "")) < bound
