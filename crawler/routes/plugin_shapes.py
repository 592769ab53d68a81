"""The table of known routes: data, one entry for each list of a plugin.

The shapes are those of the plugins' own documentation: WooCommerce's Store API, The Events
Calendar's REST API, LearnDash's, and the two plugins for menus. `docs/adding-a-route.md` shows how
to add one.
"""

from collections.abc import Mapping

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
        "plugin_menu",
        ("/menus/v1/menus", "/wp-api-menus/v2/menus"),
        "menus (plugins for menus)",
        fields={"id": ("term_id", "ID", "id"), "title": ("name",), "content": ("description",)},
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

_PERSONAL = "personal data"
_MACHINERY = "the machinery of the site, not content"
DENIED: Mapping[str, str] = {
    "users": _PERSONAL,
    "customers": _PERSONAL,
    "orders": f"{_PERSONAL}: what people bought",
    "order": f"{_PERSONAL}: what people bought",
    "cart": f"{_PERSONAL}: what people buy",
    "checkout": f"{_PERSONAL}: what people buy",
    "coupons": "secrets of a shop",
    "reviews": f"{_PERSONAL}: names and opinions of customers",
    "members": _PERSONAL,
    "attendees": _PERSONAL,
    "activity": f"{_PERSONAL}: what members do",
    "messages": _PERSONAL,
    "notifications": _PERSONAL,
    "entries": f"{_PERSONAL}: what people sent by forms",
    "submissions": f"{_PERSONAL}: what people sent by forms",
    "forms": f"{_PERSONAL}: forms and what people sent by them",
    "contact-forms": f"{_PERSONAL}: forms and what people sent by them",
    "subscribers": _PERSONAL,
    "subscriptions": _PERSONAL,
    "organizers": f"{_PERSONAL}: names, telephone numbers and addresses of people",
    "participants": _PERSONAL,
    "students": _PERSONAL,
    "instructors": _PERSONAL,
    "enrollments": _PERSONAL,
    "employees": _PERSONAL,
    "profiles": _PERSONAL,
    "people": _PERSONAL,
    "contacts": _PERSONAL,
    "leads": _PERSONAL,
    "bookings": f"{_PERSONAL}: what people booked",
    "appointments": f"{_PERSONAL}: what people booked",
    "reservations": f"{_PERSONAL}: what people booked",
    "payments": f"{_PERSONAL}: what people paid",
    "transactions": f"{_PERSONAL}: what people paid",
    "invoices": f"{_PERSONAL}: what people paid",
    "tickets": f"{_PERSONAL}: who comes, or who asked for help",
    "votes": f"{_PERSONAL}: opinions of visitors",
    "logs": _MACHINERY,
    "options": _MACHINERY,
    "donors": _PERSONAL,
    "donations": _PERSONAL,
    "comments": f"{_PERSONAL}: ask for them with -a comments=1",
    "batch": _MACHINERY,
    "settings": _MACHINERY,
    "plugins": _MACHINERY,
    "themes": _MACHINERY,
    "search": "what other lists hold",
    "oembed": _MACHINERY,
    "wp-site-health": _MACHINERY,
    "wp-block-editor": _MACHINERY,
    "wp-abilities": _MACHINERY,
    "jetpack": _MACHINERY,
    "wpcom": _MACHINERY,
    "yoast": _MACHINERY,
    "rankmath": _MACHINERY,
    "elementor": _MACHINERY,
    "redirection": _MACHINERY,
    "wordfence": _MACHINERY,
    "wc-analytics": f"{_PERSONAL}: what people bought",
    "wc-admin": _MACHINERY,
    "gf": f"{_PERSONAL}: what people sent by forms",
    "wpforms": f"{_PERSONAL}: what people sent by forms",
    "frm": f"{_PERSONAL}: what people sent by forms",
    "mailpoet": _PERSONAL,
    "buddypress": f"{_PERSONAL}: members and what they do",
}
"""Parts of paths whose lists are never read, with the reason."""


def shape_of_type(type_: str) -> RouteShape | None:
    """Return the shape of a type of documents; None for a type of WordPress itself."""
    if type_.startswith(UNKNOWN_PREFIX):
        return UNKNOWN_SHAPE
    return _SHAPES.get(type_)


_SHAPES = {shape.type: shape for shape in KNOWN_SHAPES}
