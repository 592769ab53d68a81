"""Tell from the structure of a page what it is, whatever its language. Pure.

Pages of maintenance and checks of browsers are short, are meant for no search engine, lead nowhere,
and have nothing of the site's theme. A page of a site, be it an error of its theme, has links, and
names the theme's files. A page that asks for a password is a wall, and not a moment.
"""

import re

VISIBLE_MAX = 600
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


def says_come_back(page: bytes) -> bool:
    """Tell whether a page says little, and is meant to be seen for a while only."""
    is_passing = any(_is_passing(meta) for meta in _META.findall(page))
    return is_passing and says_little(page)


def checks_the_browser(page: bytes) -> bool:
    """Tell whether a page only sets a cookie by a script, and then loads itself or another one."""
    is_check = _SETS_COOKIE.search(page) is not None and _LOADS_AGAIN.search(page) is not None
    return is_check and says_little(page)


def says_little(page: bytes) -> bool:
    """Tell whether a page has few words, few links, and nothing of a site."""
    if _OF_A_SITE.search(page) or len(re.findall(rb"<a\b", page, re.IGNORECASE)) > _LINKS_MAX:
        return False
    text = _TAG.sub(b" ", _NOT_SHOWN.sub(b" ", page)).decode("utf-8", "replace")
    return len(" ".join(text.split())) <= VISIBLE_MAX


def _is_passing(meta: bytes) -> bool:
    """Tell whether a `<meta>` keeps search engines out, or loads the same page again."""
    if _NOINDEX.search(meta) or _NOINDEX_FIRST.search(meta):
        return True
    return _REFRESH.search(meta) is not None and _AGAIN.search(meta) is not None
