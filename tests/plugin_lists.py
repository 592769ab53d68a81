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
API_MENUS = "/wp-api-menus/v2/menus"
NAVIGATION = "/wp/v2/navigation"
CORE_MENUS = "/wp/v2/menus"
MENU_ITEMS = "/wp/v2/menu-items"
COURSES = "/ldlms/v2/sfwd-courses"
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


def menu_entry(id_: int, title: str, url: str, below: str = "", *inside: Any) -> dict[str, Any]:
    """Return an entry of a menu as plugins give it; `below` is their name for those inside it."""
    entry = {"ID": id_, "id": id_, "title": title, "url": url, "object": "page", "description": ""}
    return entry | ({below: list(inside)} if below else {})


def course(id_: int) -> dict[str, Any]:
    """Return a course as LearnDash gives it: its list is one of WordPress's, with more fields."""
    lesson = f"<p>How to throw a bowl of {id_} grams, and how to glaze it.</p>"
    return {
        "id": id_,
        "date": "2025-02-01T10:00:00",
        "date_gmt": "2025-02-01T09:00:00",
        "modified": "2025-02-01T10:00:00",
        "modified_gmt": "2025-02-01T09:00:00",
        "slug": f"bowls-{id_}",
        "status": "publish",
        "type": "sfwd-courses",
        "link": f"/courses/bowls-{id_}/",
        "title": {"rendered": f"Bowls {id_}"},
        "content": {"rendered": lesson, "protected": False},
        "author": 1,
        "featured_media": 0,
        "materials_enabled": False,
        "price_type": "open",
        "price_type_closed_price": "",
        "disable_content_table": False,
        "ld_course_category": [],
        "prerequisites": [],
    }


def menu_item(id_: int, title: str, url: str) -> dict[str, Any]:
    """Return an entry of a menu as WordPress gives it."""
    return {
        "id": id_,
        "title": {"rendered": title},
        "status": "publish",
        "url": url,
        "attr_title": "",
        "description": "",
        "type": "custom",
        "object": "custom",
        "parent": 0,
        "menu_order": id_,
        "menus": 5,
    }


def navigation(id_: int, *links: tuple[str, str]) -> dict[str, Any]:
    """Return a menu of a block theme as WordPress gives it."""
    html = "".join(
        f'<li class="wp-block-navigation-item wp-block-navigation-link">'
        f'<a class="wp-block-navigation-item__content" href="{url}">'
        f'<span class="wp-block-navigation-item__label">{title}</span></a></li>'
        for title, url in links
    )
    return {
        "id": id_,
        "date": "2025-01-01T10:00:00",
        "date_gmt": "2025-01-01T09:00:00",
        "modified": "2025-01-01T10:00:00",
        "modified_gmt": "2025-01-01T09:00:00",
        "slug": "navigation",
        "status": "publish",
        "type": "wp_navigation",
        "link": f"/navigation-{id_}/",
        "title": {"rendered": "Navigation"},
        "content": {"rendered": html, "protected": False},
    }


@dataclass(slots=True)
class SiteWithPlugins(Site):
    """The sample site with a shop, a calendar, menus, and two lists of a plugin nobody knows."""

    products: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    things: list[dict[str, Any]] = field(default_factory=list)
    things_broken: Response | None = None
    """What is answered in the place of that list."""
    menus: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Menus of the plugins, with their entries; they are read at `menus_at`."""
    menus_at: str = MENUS
    broken_menus: bool = False
    """A request for one menu fails."""
    core_lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Menus that WordPress itself lists, by their route."""
    closed_lists: set[str] = field(default_factory=set)
    lists_away: set[str] = field(default_factory=set)
    """Lists of plugins that are switched off."""
    events_in_trash: set[int] = field(default_factory=set)
    products_in_trash: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The shop still shows them to whoever asks for one, as WooCommerce did for years; `wp/v2` says
    that they are not public."""
    products_sold_out: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The shop does not list them, and shows them: their pages are there."""
    product_type_closed: bool = False
    """`wp/v2/product` is not there."""

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
            self.menus_at: _route({}),
            **dict.fromkeys(self.core_lists, shop),
            THINGS: _route({}),
            ORDERS: paged,
        }
        there = {name: about for name, about in lists.items() if name not in self.lists_away}
        return Site._routes(self) | there

    def _page(self, path: str, query: Query) -> Response:
        """Answer for the page of a product as the shop does: there is none in the trash."""
        if path.startswith("/product/kettle-"):
            id_ = int(path.strip("/").rpartition("-")[2])
            if id_ in self.products or id_ in self.products_sold_out:
                return Response(200, {"Content-Type": "text/html"}, b"<h1>Kettle</h1>")
        return Site._page(self, path, query)

    def _route(self, route: str, query: Query, request: Request) -> Response:
        if route == "/wp/v2/users/me" and "authorization" in request.headers:
            return _json({"id": 1})
        id_ = route.removeprefix("/wp/v2/product/")
        if self.product_type_closed and route.startswith("/wp/v2/product"):
            raise ApiError(404, "rest_no_route", "No route was found.")
        if id_.isdecimal() and int(id_) in self.products_in_trash:
            raise ApiError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        for base in (PRODUCTS, EVENTS, self.menus_at, *self.core_lists, THINGS, ORDERS):
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
        if base in self.core_lists:
            # WordPress keeps a classic menu as a term.
            absent = "rest_term_invalid" if base == CORE_MENUS else "rest_post_invalid_id"
            return self._core_list(self.core_lists[base], one, query, absent)
        if base == self.menus_at:
            return self._menu(one)
        if base == ORDERS:
            return _json([{"id": 1, "customer": "Somebody", "total": "19.99"}])
        if one:
            raise ApiError(404, "rest_no_route", "No route was found.")
        return self.things_broken or _json(self.things)

    def _shop(self, one: str, query: Query) -> Response:
        if one:
            unlisted = self.products_in_trash | self.products_sold_out
            if int(one) in unlisted:
                return _json(unlisted[int(one)])
            if int(one) not in self.products:
                code = "woocommerce_rest_product_invalid_id"
                raise ApiError(404, code, "Invalid product ID.")
            return _json(self.products[int(one)])
        return self._sorted_list(list(self.products.values()), query)

    def _core_list(
        self, rows: list[dict[str, Any]], one: str, query: Query, absent: str
    ) -> Response:
        if not one:
            return self._sorted_list(rows, query)
        for row in rows:
            if row["id"] == int(one):
                return _json(row)
        raise ApiError(404, absent, "It does not exist.")

    def _menu(self, one: str) -> Response:
        """Answer as the two plugins for menus: entries come with a single menu alone.

        One of them has an empty answer for a menu that is not there.
        """
        if not one:
            rows = [{**menu, "term_id": menu["ID"]} for menu in self.menus.values()]
            for row in rows:
                del row["items"]
            return _json(rows)
        if self.broken_menus:
            raise ApiError(500, "internal_server_error", "There has been a critical error.")
        if int(one) in self.menus:
            return _json(self.menus[int(one)])
        if self.menus_at == API_MENUS:
            return _json([])
        raise ApiError(404, "not_found", "No menu has been found with this id or slug.")

    def _sorted_list(self, found: list[dict[str, Any]], query: Query) -> Response:
        rows = sorted(found, key=lambda row: int(row["id"]))
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
        menus={
            5: {
                "ID": 5,
                "name": "Main menu",
                "slug": "main",
                "description": "At the top",
                "count": 3,
                "items": [
                    menu_entry(61, "Start", "/"),
                    menu_entry(
                        62, "Workshop", "/workshop/", "children", menu_entry(63, "Kilns", "/kilns/")
                    ),
                ],
            }
        },
        core_lists={
            NAVIGATION: [navigation(71, ("Opening hours", "/hours/"), ("Pottery", "/pottery/"))],
            MENU_ITEMS: [menu_item(81, "Harbour", "/harbour/")],
            CORE_MENUS: [{"id": 91, "name": "Foot", "slug": "foot", "description": "Below"}],
        },
        things=[{"ID": 3, "label": "Third thing", "body": "<p>It hums quietly.</p>"}],
    )


def _route(args: dict[str, Any]) -> dict[str, Any]:
    return {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": args}]}


def _json(value: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(200, {"Content-Type": JSON, **(headers or {})}, json.dumps(value).encode())
