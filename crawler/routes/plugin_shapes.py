"""The table of known routes: data, one entry for each list of a plugin.

The shapes are those of the plugins' own documentation: WooCommerce's Store API, The Events
Calendar's REST API, LearnDash's, and the two plugins for menus. `docs/adding-a-route.md` shows how
to add one.
"""

from crawler.routes.shape import RouteShape

UNKNOWN_PREFIX = "route_"
"""The types of lists that no entry describes begin with it."""

KNOWN_SHAPES = (
    RouteShape(
        "store_product",
        ("/wc/store/v1/products", "/wc/store/products"),
        "products, with prices and stock (WooCommerce)",
        fields={
            "title": ("name",),
            "content": ("description",),
            "excerpt": ("short_description",),
            "link": ("permalink",),
        },
        terms={"product_cat": "categories", "product_tag": "tags"},
        image="images.0",
        prices="prices",
        # Asked for one product, WooCommerce shows also those in the trash (but for the newest).
        twin="/wp/v2/product",
    ),
    RouteShape(
        "calendar_event",
        ("/tribe/events/v1/events",),
        "events, with times and places (The Events Calendar)",
        # Without them the plugin lists, and counts, only what begins in the next 24 months. It
        # refuses 1970-01-01, whose `strtotime()` is 0.
        params=(("start_date", "1900-01-01"), ("end_date", "2100-12-31")),
        wrapper="events",
        fields={
            "content": ("description",),
            "link": ("url",),
            "date_gmt": ("date_utc",),
            "modified_gmt": ("modified_utc",),
        },
        terms={"tribe_events_cat": "categories", "post_tag": "tags"},
        image="image",
        left_out=frozenset({"organizer"}),
        not_public=("event-not-accessible",),
    ),
    RouteShape(
        "learndash_course", ("/ldlms/v2/sfwd-courses", "/ldlms/v1/courses"), "courses (LearnDash)"
    ),
    RouteShape("learndash_lesson", ("/ldlms/v2/sfwd-lessons",), "lessons (LearnDash)"),
    RouteShape(
        "wp_navigation",
        ("/wp/v2/navigation",),
        "menus of block themes (WordPress 5.9 and later)",
    ),
    RouteShape(
        "nav_menu",
        ("/wp/v2/menus",),
        "menus of classic themes (WordPress)",
        fields={"title": ("name",), "content": ("description",)},
    ),
    RouteShape(
        "nav_menu_item",
        ("/wp/v2/menu-items",),
        "entries of such menus (WordPress)",
        fields={"content": ("content",), "parent": ("parent",)},
        entries=".",
    ),
    RouteShape(
        "plugin_menu",
        ("/menus/v1/menus", "/wp-api-menus/v2/menus"),
        "menus with their entries (plugins for menus)",
        fields={"id": ("term_id", "ID", "id"), "title": ("name",), "content": ("description",)},
        entries="items",
        asks_each=True,
        empty_is_none=True,
    ),
)

UNKNOWN_SHAPE = RouteShape(
    UNKNOWN_PREFIX,
    (),
    "records that no entry of the table describes",
    fields={
        "id": ("id", "ID", "term_id"),
        "title": ("title", "name", "label"),
        "content": ("content", "description", "body", "text"),
        "excerpt": ("excerpt", "short_description", "summary"),
        "link": ("link", "permalink", "url"),
        "date": ("date", "date_created", "created_at", "created"),
        "date_gmt": ("date_gmt", "date_utc", "date_created_gmt"),
        "modified": ("modified", "date_modified", "updated_at", "updated"),
        "modified_gmt": ("modified_gmt", "modified_utc", "date_modified_gmt"),
    },
)
"""The names that plugins give to the fields of a post, most of the time."""


def shape_of_type(type_: str) -> RouteShape | None:
    """Return the shape of a type of documents; None for a type of WordPress itself."""
    if type_.startswith(UNKNOWN_PREFIX):
        return UNKNOWN_SHAPE
    return _SHAPES.get(type_)


_SHAPES = {shape.type: shape for shape in KNOWN_SHAPES}
