"""Behaviours met on real sites, one switch each, named as those of the tests' real WordPress (tests/wordpress/mu/switches.php)."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Switches:
    """All off by default. "every" counts REST requests, from 1."""

    rest_blocked: bool = False
    """401 `rest_not_logged_in` for the whole API."""
    challenge: bool = False
    """The API answers 200 with an HTML page that says it is checking the browser."""
    redirect_home: bool = False
    """The API's addresses redirect (301) to the home page."""
    robots_disallow: bool = False
    """robots.txt forbids /wp-json/ and ?rest_route=."""
    canonical: bool = False
    """Whoever asks by another name of the host (localhost) is redirected (301) to the same path on the site's own."""
    plain: bool = False
    """Plain permalinks: only /?rest_route=... works."""
    no_hints: bool = False
    """Neither Link header, nor <link>, nor RSD name the API."""
    no_link: bool = False
    """No Link header on the API's answers."""
    no_totals: bool = False
    """No X-WP-Total and X-WP-TotalPages (an `_envelope` still has them)."""
    cap_silent: int = 0
    """per_page above it gives so many items, and no error."""
    cap_reject: int = 0
    """per_page above it gives 400 `rest_invalid_param`, and the index says so."""
    offset_off: bool = False
    """No collection knows `offset`."""
    orderby_off: bool = False
    """No collection knows `orderby=id`: not listed, and 400."""
    include_off: bool = False
    """Requests with `include` are answered 403 by something in front of the site."""
    same_page: bool = False
    """A cache that ignores the query: every collection answers with its first page of ten."""
    types_off: bool = False
    """/types and /taxonomies are closed (401)."""
    closed: dict[str, int] = field(default_factory=dict)
    """rest_base: 401 or 404."""
    poison: set[int] = field(default_factory=set)
    """500 for every answer that holds one of these ids."""
    truncate: int = 0
    """Every N-th answer ends in the middle."""
    flaky: int = 0
    """Every N-th answer is a 500."""
    limit_every: int = 0
    """Every N-th answer is a 429 with Retry-After."""
    retry_503: bool = False
    """... a 503 instead."""
    retry_after: float = 1
    """Seconds of Retry-After."""
    retry_date: bool = False
    """... given as an HTTP date."""
    notices: bool = False
    """A PHP notice before the JSON."""
    bom: bool = False
    """A byte order mark before the JSON."""
    slow: float = 0
    """Seconds that every answer takes longer."""
