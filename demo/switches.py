"""Behaviours met on real sites, one switch each.

They are named as those of the real WordPress that tests use (tests/wordpress/mu/switches.php).
"""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Switches:
    """The behaviours of a site, all off by default. "Every N-th" counts API requests, from 1."""

    rest_blocked: bool = False
    """The whole API answers 401 `rest_not_logged_in`."""
    challenge: bool = False
    """The API answers 200 with an HTML page that says it is checking the browser."""
    redirect_home: bool = False
    """The API's addresses redirect (301) to the home page."""
    robots_disallow: bool = False
    """robots.txt forbids /wp-json/ and ?rest_route=."""
    canonical: bool = False
    """A request by another name of the host (localhost) is redirected (301) to the site's own."""
    plain: bool = False
    """Plain permalinks: only /?rest_route=... works."""
    no_hints: bool = False
    """Neither Link header, nor <link>, nor RSD name the API."""
    no_link: bool = False
    """The API's responses have no Link header."""
    no_totals: bool = False
    """No X-WP-Total and X-WP-TotalPages (an `_envelope` still has them)."""
    cap_silent: int = 0
    """A larger per_page gives so many items, and no error."""
    cap_reject: int = 0
    """A larger per_page gives 400 `rest_invalid_param`, and the index says so."""
    offset_off: bool = False
    """No collection knows `offset`."""
    orderby_off: bool = False
    """No collection knows `orderby=id`: the index does not list it, and it gives 400."""
    include_off: bool = False
    """Requests with `include` are answered 403 by something in front of the site."""
    same_page: bool = False
    """A cache ignores the query: every collection answers with its first page of ten."""
    types_off: bool = False
    """/types and /taxonomies are closed (401)."""
    closed: dict[str, int] = field(default_factory=dict)
    """rest_base -> 401 or 404: collections that are closed."""
    unreadable: set[int] = field(default_factory=set)
    """Ids of records that PHP cannot send: every response that would hold one is a 500."""
    truncate: int = 0
    """Every N-th response ends in the middle."""
    flaky: int = 0
    """Every N-th response is a 500."""
    limit_every: int = 0
    """Every N-th response is a 429 with Retry-After."""
    retry_503: bool = False
    """With `limit_every`: a 503 instead."""
    retry_after: float = 1
    """With `limit_every`: seconds of Retry-After."""
    retry_date: bool = False
    """With `limit_every`: Retry-After is an HTTP date."""
    notices: bool = False
    """A PHP notice comes before the JSON."""
    bom: bool = False
    """A byte-order mark comes before the JSON."""
    slow: float = 0
    """Seconds that every response of the API takes longer."""
