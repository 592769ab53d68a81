"""A site with lists of plugins outside `wp/v2`, shaped as the real plugins answer.

The shapes are those of WooCommerce's Store API, The Events Calendar's REST API and the plugin
WP-REST-API V2 Menus; `acme` and its lists are made up. All texts are.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.api import Site
from demo.content import sample_site
from demo.parameters import ApiError, Query, invalid
from demo.responses import JSON, Request, Response

PRODUCTS = "/wc/store/v1/products"
EVENTS = "/tribe/events/v1/events"
MENUS = "/menus/v1/menus"
THINGS = "/acme/v1/things"
ORDERS = "/acme/v1/orders"
_EVENTS_A_PAGE = 50


def product(id_: int) -> dict[str, Any]:
    """Return a product as the Store API gives it."""
    return {
        "id": id_,
        "name": f"Kettle &amp; pot No. {id_}",
        "slug": f"kettle-{id_}",
        "parent": 0,
        "type": "simple",
        "permalink": f"/product/kettle-{id_}/",
        "sku": f"K-{id_}",
        "short_description": f"<p>A kettle of {id_} litres.</p>",
        "description": f"<p>Enamelled by hand in the workshop of lane {id_}.</p><p>Boils fast.</p>",
        "prices": {"price": "1999", "currency_code": "EUR", "currency_minor_unit": 2},
        "images": [
            {"id": 9_000 + id_, "src": f"/up/{id_}.jpg", "name": "Front", "alt": "A kettle"}
        ],
        "categories": [{"id": 31, "name": "Kettles &amp; more", "slug": "kettles", "link": "/c/"}],
        "tags": [{"id": 41, "name": "Enamel", "slug": "enamel", "link": "/t/"}],
        "is_in_stock": True,
    }


def event(id_: int) -> dict[str, Any]:
    """Return an event as The Events Calendar gives it."""
    return {
        "id": id_,
        "global_id": f"example.com?id={id_}",
        "author": "1",
        "status": "publish",
        "date": "2025-03-01 12:30:00",
        "date_utc": "2025-03-01 11:30:00",
        "modified": "2025-03-02 12:30:00",
        "modified_utc": "2025-03-02 11:30:00",
        "url": f"/event/{id_}/",
        "title": f"Evening of chairs {id_}",
        "description": f"<p>We carry chair {id_} to the lake, and back again.</p>",
        "excerpt": "",
        "slug": f"chairs-{id_}",
        "image": {"url": f"/up/e{id_}.jpg", "id": 8_000 + id_, "extension": "jpg"},
        "all_day": False,
        "start_date": f"2025-06-{1 + id_ % 28:02} 19:00:00",
        "utc_start_date": f"2025-06-{1 + id_ % 28:02} 17:00:00",
        "categories": [
            {"id": 51, "name": "Chairs", "slug": "chairs", "taxonomy": "tribe_events_cat"}
        ],
        "tags": [],
        "venue": {"id": 700, "venue": "By the lake", "city": "Lund"},
    }


@dataclass(slots=True)
class SiteWithPlugins(Site):
    """The sample site with a shop, a calendar, menus, and two lists of a plugin nobody knows."""

    products: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    things: list[dict[str, Any]] = field(default_factory=list)
    closed_lists: set[str] = field(default_factory=set)
    lists_away: set[str] = field(default_factory=set)
    """Lists of plugins that are switched off."""
    events_in_trash: set[int] = field(default_factory=set)
    products_in_trash: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The shop still shows them to whoever asks for one, as WooCommerce did for years; `wp/v2` says
    that they are not public."""

    def _routes(self) -> dict[str, Any]:
        sorted_ = ["page", "per_page", "offset", "order", "include", "search"]
        orderby = {"enum": ["date", "modified", "id", "title", "price"]}
        shop = _route({name: {} for name in sorted_} | {"orderby": orderby})
        paged = _route({"page": {}, "per_page": {}, "start_date": {}})
        lists = {
            PRODUCTS: shop,
            f"{PRODUCTS}/(?P<id>[\\d]+)": shop,
            "/wc/store/v1/cart": _route({}),
            EVENTS: paged,
            MENUS: _route({}),
            THINGS: _route({}),
            ORDERS: paged,
        }
        there = {name: about for name, about in lists.items() if name not in self.lists_away}
        return Site._routes(self) | there

    def _route(self, route: str, query: Query, request: Request) -> Response:
        if route == "/wp/v2/users/me" and "authorization" in request.headers:
            return _json({"id": 1})
        id_ = route.removeprefix("/wp/v2/product/")
        if id_.isdecimal() and int(id_) in self.products_in_trash:
            raise ApiError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        for base in (PRODUCTS, EVENTS, MENUS, THINGS, ORDERS):
            if route == base or route.startswith(f"{base}/"):
                if base in self.closed_lists:
                    raise ApiError(401, "rest_forbidden", "Sorry.")
                return self._plugin_list(base, route.removeprefix(base).strip("/"), query)
        return Site._route(self, route, query, request)

    def _plugin_list(self, base: str, one: str, query: Query) -> Response:
        if base == PRODUCTS:
            return self._shop(one, query)
        if base == EVENTS:
            return self._calendar(one, query)
        if base == MENUS:
            return _json([{"term_id": 5, "name": "Main menu", "slug": "main", "count": 3}])
        if base == ORDERS:
            return _json([{"id": 1, "customer": "Somebody", "total": "19.99"}])
        return _json(self.things)

    def _shop(self, one: str, query: Query) -> Response:
        if one:
            if int(one) in self.products_in_trash:
                return _json(self.products_in_trash[int(one)])
            if int(one) not in self.products:
                code = "woocommerce_rest_product_invalid_id"
                raise ApiError(404, code, "Invalid product ID.")
            return _json(self.products[int(one)])
        rows = sorted(self.products.values(), key=lambda row: int(row["id"]))
        if query.get("order", "desc") == "desc":
            rows.reverse()
        if "include" in query:
            wanted = {int(id_) for id_ in query["include"].split(",")}
            rows = [row for row in rows if row["id"] in wanted]
        size = int(query.get("per_page", "10"))
        first = int(query.get("offset", (int(query.get("page", "1")) - 1) * size))
        found = rows[first : first + size]
        if "_fields" in query:
            fields = query["_fields"].split(",")
            found = [{name: row[name] for name in fields if name in row} for row in found]
        pages = -(-len(rows) // size)
        return _json(found, {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)})

    def _calendar(self, one: str, query: Query) -> Response:
        if one:
            return self._event(int(one))
        if "_fields" in query:
            return _json({})
        first, last = _period(query)
        rows = [row for row in self.events.values() if first <= row["start_date"] <= last]
        size = min(int(query.get("per_page", "10")), _EVENTS_A_PAGE)
        page = int(query.get("page", "1"))
        found = rows[(page - 1) * size : page * size]
        if not found and page > 1:
            raise ApiError(404, "event-archive-page-not-found", "The requested page was not found.")
        pages = -(-len(rows) // size)
        return _json({"events": found, "rest_url": "/x", "total": len(rows), "total_pages": pages})

    def _event(self, id_: int) -> Response:
        if id_ in self.events_in_trash:
            raise ApiError(403, "event-not-accessible", "The requested event is not accessible.")
        if id_ not in self.events:  # the plugin checks this as it checks a parameter
            raise invalid("id", "Invalid parameter.")
        return _json(self.events[id_])


def _period(query: Query) -> tuple[str, str]:
    """Return the first and the last time of a list of events, as the plugin chooses them.

    It takes a date only where PHP's `strtotime()` gives something else than 0, and shows the next
    24 months where no end is asked for.
    """
    now = datetime.now(UTC)
    found = {"start_date": now, "end_date": now + timedelta(days=730)}
    for name in found.keys() & query.keys():
        asked = datetime.fromisoformat(query[name]).replace(tzinfo=UTC)
        if asked.timestamp() == 0:
            raise invalid(name, "Invalid parameter.")
        found[name] = asked
    first, last = found["start_date"], found["end_date"]
    return f"{first:%Y-%m-%d} 00:00:00", f"{last:%Y-%m-%d} 23:59:59"


def site_with_plugins(products: int = 230, events: int = 120) -> SiteWithPlugins:
    """Return such a site."""
    sample = sample_site()
    return SiteWithPlugins(
        collections=sample.collections,
        products={id_: product(id_) for id_ in range(1, products + 1)},
        events={id_: event(id_) for id_ in range(1_000, 1_000 + events)},
        things=[{"ID": 3, "label": "Third thing", "body": "<p>It hums quietly.</p>"}],
    )


def _route(args: dict[str, Any]) -> dict[str, Any]:
    return {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": args}]}


def _json(value: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(200, {"Content-Type": JSON, **(headers or {})}, json.dumps(value).encode())
