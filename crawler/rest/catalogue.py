"""A table of what comes in place of an answer: how to recognise it, and what to do.

It is recognised by status, headers, WordPress's `code` and bytes that no translation changes.
`docs/site-answers.md` shows the table to operators, and a test has an example of each row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from crawler.waits import Wait

SEARCHED_BYTES = 20_000
"""Bytes of a page in which its title and its signs are looked for."""
_VISIBLE_MAX = 600
"""Letters of a page that says little: a heading, an apology, an address."""
_LINKS_MAX = 4
"""Of such a page: to a mailbox, to a social network."""
# What pages of a site, of a log-in and of an application in the browser have.
_OF_A_SITE = re.compile(
    rb"/wp-content/themes/|/wp-includes/|/wp-json|wp-login|wp-block-|rest_route"
    rb"|<(?:article|nav|form)\b|\btype=[\"']?password|application/(?:rss|ld)\+"
    rb"|<div[^>]{0,80}\bid=[\"']?(?:root|app|__next|__nuxt)\b",
    re.IGNORECASE,
)
_NOT_SHOWN = re.compile(
    rb"<(script|style|noscript|svg|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<[^<>]*>")
_META = re.compile(rb"<meta\b[^<>]{0,500}>", re.IGNORECASE)
_NOINDEX = re.compile(rb"\bname\s*=\s*[\"']?robots\b.*\bnoindex\b", re.IGNORECASE | re.DOTALL)
_NOINDEX_FIRST = re.compile(rb"\bnoindex\b.*\bname\s*=\s*[\"']?robots\b", re.I | re.DOTALL)
# `content="30"`: the same page again. With an address, it is a move to elsewhere.
_AGAIN = re.compile(rb"\bcontent\s*=\s*[\"']?\s*\d{1,4}\s*;?\s*(?:[\"']|/?>)", re.IGNORECASE)
_REFRESH = re.compile(rb"\bhttp-equiv\s*=\s*[\"']?refresh\b", re.IGNORECASE)
_SETS_COOKIE = re.compile(rb"\bdocument\.cookie\s*=", re.IGNORECASE)
_LOADS_AGAIN = re.compile(
    rb"\blocation\s*(?:\.\s*(?:reload|replace|assign)\s*\(|(?:\.\s*href\s*)?=(?!=))", re.IGNORECASE
)


class Reaction(Enum):
    """A reaction to an answer that holds no records."""

    TRANSIENT = "the site is down for a moment: wait, ask again"
    THROTTLED = "the site has too much to do: wait, ask again, more slowly from then on"
    SHRINK = "this answer is too much for the site: ask for fewer rows, down to a single record"
    CLOSED = "the owner has closed it: leave it, and report it"
    HOSTILE = "the site keeps robots out: ask once more after a long pause, then stop"
    BROKEN = "no answer of the API: ask for plain text, then for fewer rows"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One row of the catalogue: an answer that has all the signs that are given."""

    name: str
    reaction: Reaction
    statuses: frozenset[int] = frozenset()
    """Empty for any status."""
    header: tuple[str, str] = ("", "")
    """Name of a header in lower case, and a part of its value in lower case."""
    codes: frozenset[str] = frozenset()
    """WordPress's `code` of the error."""
    pattern: re.Pattern[bytes] | None = None
    """What stands in the first bytes of the page."""
    structure: Callable[[bytes], bool] | None = None
    """Tells by the structure of a whole page, in any language."""
    wait: Wait = Wait.SHORT
    """Before the site is asked again, where it does not say when."""

    @property
    def is_down(self) -> bool:
        """Tell whether the whole site is down or overloaded, whatever is asked."""
        return self.reaction in (Reaction.TRANSIENT, Reaction.THROTTLED)

    @property
    def is_sure(self) -> bool:
        """Tell whether more than a status is a sign of it."""
        return any((self.pattern, self.structure, self.header != ("", "")))

    def fits(self, status: int, headers: Mapping[str, str], code: str, head: bytes) -> bool:
        """Tell whether an answer has these signs."""
        name, part = self.header
        if self.statuses and status not in self.statuses:
            return False
        if self.codes and code not in self.codes:
            return False
        if name and (name not in headers or part not in headers[name].lower()):
            return False
        if self.structure is not None:
            return is_whole_page(head) and len(head) < SEARCHED_BYTES and self.structure(head)
        return self.pattern is None or self.pattern.search(head) is not None


def _page(name: str, reaction: Reaction, pattern: bytes, *statuses: int) -> Symptom:
    compiled = re.compile(pattern, re.IGNORECASE)
    return Symptom(name, reaction, frozenset(statuses), pattern=compiled)


def _header(name: str, reaction: Reaction, header: str, part: str, *statuses: int) -> Symptom:
    return Symptom(name, reaction, frozenset(statuses), (header, part))


def _structure(
    name: str, reaction: Reaction, tell: Callable[[bytes], bool], *statuses: int
) -> Symptom:
    return Symptom(name, reaction, frozenset(statuses), structure=tell)


def _status(name: str, reaction: Reaction, *statuses: int) -> Symptom:
    return Symptom(name, reaction, frozenset(statuses))


def _after(wait: Wait, symptom: Symptom) -> Symptom:
    return replace(symptom, wait=wait)


def _says_come_back(page: bytes) -> bool:
    """Tell whether a page says little, and is meant to be seen for a while only."""
    is_passing = any(_is_passing(meta) for meta in _META.findall(page))
    return is_passing and _says_little(page)


def _checks_the_browser(page: bytes) -> bool:
    """Tell whether a page only sets a cookie by a script, and then loads itself or another one."""
    is_check = _SETS_COOKIE.search(page) is not None and _LOADS_AGAIN.search(page) is not None
    return is_check and _says_little(page)


def _says_little(page: bytes) -> bool:
    """Tell whether a page has few words, few links, and nothing of a site, whatever its language.

    Pages of maintenance and checks of browsers are so. A page of a site, be it an error of its
    theme, has links, and names the theme's files. A page that asks for a password is a wall, and
    not a moment.
    """
    if _OF_A_SITE.search(page) or len(re.findall(rb"<a\b", page, re.IGNORECASE)) > _LINKS_MAX:
        return False
    text = _TAG.sub(b" ", _NOT_SHOWN.sub(b" ", page)).decode("utf-8", "replace")
    return len(" ".join(text.split())) <= _VISIBLE_MAX


def _is_passing(meta: bytes) -> bool:
    """Tell whether a `<meta>` keeps search engines out, or loads the same page again."""
    if _NOINDEX.search(meta) or _NOINDEX_FIRST.search(meta):
        return True
    return _REFRESH.search(meta) is not None and _AGAIN.search(meta) is not None


_H = Reaction.HOSTILE
_DENIED = (401, 403, 405, 406, 429, 503)
_REFUSED = (403, 406, 415, 501)

CATALOGUE: tuple[Symptom, ...] = (
    # Firewalls and hosts that keep robots out. A sign of a page that may also stand on the page of
    # a site that is open needs a status with it.
    _header("Cloudflare's challenge", _H, "cf-mitigated", "challenge"),
    _page("Cloudflare's challenge page", _H, rb"_cf_chl_opt|<title>just a moment"),
    _after(
        Wait.LONG,
        _page("Cloudflare's rate limit", Reaction.THROTTLED, rb"error code: 1015|>1015<", 429, 403),
    ),
    _page("Cloudflare's block", _H, rb"error code: 10\d\d|cf-error-details", 403),
    _header("SiteGround's captcha", _H, "sg-captcha", "challenge"),
    _page("SiteGround's captcha page", _H, rb"/\.well-known/sgcaptcha/"),
    _header("Sucuri's block", _H, "x-sucuri-block", ""),
    _page("Sucuri's page", _H, rb"sucuri website firewall|sucuri\.net|sucuri_cloudproxy", *_DENIED),
    # Its lists of suspects are shared between hosts, and each further request prolongs the stay.
    _after(
        Wait.NEVER,
        _page("Imunify360's check", _H, rb"imunify360-webshield|wsidchk|<title>one moment, please"),
    ),
    _after(Wait.LOCKOUT, _page("Wordfence's limit", Reaction.THROTTLED, rb"wordfence", 429, 503)),
    _after(Wait.LOCKOUT, _page("Wordfence's block", _H, rb"wordfence", 401, 403)),
    _page("Imperva's page", _H, rb"_incapsula_resource\?swu|incapsula incident"),
    _page("Akamai's denial", _H, rb"errors\.edgesuite\.net|edgesuite\.net", 403),
    _header("AWS WAF's challenge", _H, "x-amzn-waf-action", ""),
    _page("AWS WAF's page", _H, rb"\.awswaf\.com|gokuprops", 202, 403, 405),
    _page("DDoS-Guard's check", _H, rb"/\.well-known/ddos-guard/"),
    _header("DataDome's block", _H, "x-datadome", "", 401, 403, 429),
    _page("DataDome's captcha", _H, rb"captcha-delivery\.com", 401, 403, 429),
    _page("HUMAN's captcha", _H, rb"px-captcha"),
    _header("Vercel's checkpoint", _H, "x-vercel-mitigated", ""),
    _page("Anubis's check", _H, rb"\.within\.website/x/cmd/anubis|anubis_challenge"),
    _page("Hostinger's check", _H, rb"/hcdn-cgi/jschallenge"),
    _page("LiteSpeed's captcha", _H, rb"/\.lsrecap/"),
    _page("a free host's cookie check", _H, rb"slowaes\.decrypt"),
    _page("Alibaba Cloud's check", _H, rb"acw_sc__v\d|aliyun_waf"),
    _page("Kasada's check", _H, rb"window\.kpsdk|/ips\.js\?kp_uidz="),
    _page("Radware's captcha", _H, rb"validate\.perfdrive\.com"),
    _page("Qrator's check", _H, rb"/__qrator/"),
    _page("BitNinja's check", _H, rb"bitninja", *_DENIED),
    _page("F5's denial", _H, rb"the requested url was rejected[^<]{0,200}|your support id is"),
    _page("NinjaFirewall's block", _H, rb"ninjafirewall", *_DENIED),
    _page("MalCare's block", _H, rb"malcare", *_DENIED),
    _page("a captcha", _H, rb"g-recaptcha|h-captcha|cf-turnstile|captcha", 202, *_DENIED),
    _page("a browser check", _H, rb"checking your browser|enable javascript and cookies", *_DENIED),
    _structure("a check by a cookie", _H, _checks_the_browser, 200, 202, *_DENIED),
    # Down for a moment
    _after(
        Wait.PAUSE,
        _page(
            "a database error",
            Reaction.TRANSIENT,
            # WordPress wraps only the message of a lost database in a heading (`dead_db()`).
            rb'id="error-page">\s*(?:<div class="wp-die-message">)?\s*<h1>'
            rb'|"code":"wp_die","message":"<h1>|error establishing a (?:database|redis) connection',
            500,
            503,
        ),
    ),
    _page(
        "a maintenance page",
        Reaction.TRANSIENT,
        # Classes and folders of plugins, then titles that they and servers have of themselves.
        rb"<body[^>]{0,500}(?:maintenance-mode|wpmm|seedprod|csmm|woocommerce-coming-soon)"
        rb"|underconstructionpage|<!--[^<>]{0,100}\bby seedprod"
        rb"|/plugins/[\w-]{0,60}(?:maintenance|under-?construction)[\w-]{0,60}/"
        rb"|<title[^>]{0,100}>(?:[^<]{0,100}\b(?:under|down for|undergoing|scheduled) maintenance\b"
        rb"|\s*(?:(?:web)?site )?maintenance(?: mode| page)?\s*(?:[-|:<&]|\xe2\x80)"
        rb"|(?:[^<]{0,100}\b)?(?:under construction|coming soon|maintenance mode)\W{0,5}</title)",
        200,
        202,
        503,
    ),
    _page("an error page of WordPress", Reaction.TRANSIENT, rb'<body id="error-page"', 200),
    _header("a page that names a pause", Reaction.TRANSIENT, "retry-after", "", 200, 202),
    _structure("a page that says little", Reaction.TRANSIENT, _says_come_back, 200),
    _page("a page that is to be waited for", _H, rb"<!doctype html|<html", 202),
    _page("a page of an account that is suspended", Reaction.CLOSED, rb"cgi-sys/suspendedpage"),
    _status("Cloudflare cannot reach the site", Reaction.TRANSIENT, 521, 522, 523, 525, 526, 530),
    # Too much to do
    _after(
        Wait.LONG,
        _page("the limit of a shared host", Reaction.THROTTLED, rb"resource limit is reached"),
    ),
    _after(Wait.LONG, _status("too many requests", Reaction.THROTTLED, 429, 508, 509)),
    _status("overload, or maintenance", Reaction.THROTTLED, 503),
    # Too much for one answer
    # Hosts lock out an address for hours that has met a few of its rules.
    _after(
        Wait.SMALLER,
        _page(
            "ModSecurity's refusal", Reaction.SHRINK, rb"mod_?security|not acceptable", *_REFUSED
        ),
    ),
    # Closed
    Symptom(
        "an API that its owner has closed",
        Reaction.CLOSED,
        codes=frozenset(
            {
                "itsec_rest_api_access_restricted",
                "no_rest_api_sorry",
                "rest_api_authentication_required",
                "rest_cannot_access",
                "rest_disabled",
                "rest_forbidden",
                "rest_login_required",
                "rest_not_logged_in",
                "rest_unauthorized",
            }
        ),
    ),
    _status("a refusal, a move, or no such route", Reaction.CLOSED, *range(300, 400), 401, 403),
    _status("a proxy that asks for a password", Reaction.CLOSED, 407),
    _status("not there", Reaction.CLOSED, 404, 410, 451),
    # Too much for one answer
    _status("a failure of WordPress", Reaction.SHRINK, 406, 413, 414, 415, 500, 501),
    _status("no answer in time behind the server", Reaction.SHRINK, 408, 502, 504, 520, 524),
    # What is left
    _status("a page, or nothing, instead of JSON", Reaction.BROKEN, *range(200, 300)),
)
"""All rows. The first one that fits counts: the signs of pages come before bare statuses."""


def recognise(
    status: int, headers: Mapping[str, str], body: bytes, code: str = ""
) -> Symptom | None:
    """Return what an answer without usable JSON is; None for a status that is not in the table.

    `headers` have names in lower case.
    """
    head = body[:SEARCHED_BYTES]
    if head.lstrip()[:1] in (b"{", b"[") and b'"code":"wp_die"' not in head:
        head = b""  # words of records or of an error of WordPress are no signs of a page
    return next((row for row in CATALOGUE if row.fits(status, headers, code, head)), None)


def is_whole_page(body: bytes) -> bool:
    """Tell whether a body is an HTML page, and not JSON with something before it."""
    return body[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))
