"""The API's addresses and the language, as a page of a site declares them. Pure."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from tldextract import TLDExtract

from crawler.rest.api import Api
from crawler.rest.responses import RestResponse
from crawler.site.host_names import usual_host

API_RELATION = "https://api.w.org/"
"""Link relation with which WordPress names its API (`rest_output_link_header()`)."""
ROOTS_MAX = 10  # roots that one answer may name
# The last part of an address of a feed. What comes before it is the home, or a list of it.
_FEED_END = re.compile(r"(?:comments/)?feed(?:/[a-z0-9]+)?/?$")
_HEAD_LENGTH = 200_000  # bytes of a page in which its links are looked for
# The language stands in `<html>` or in the first `<meta>`s. A long page need not be searched.
_LANGUAGE_LENGTH = 20_000

# The list that comes with the library: nothing is fetched. With the private suffixes, hosts under
# which anybody can have a site (github.io) count as suffixes too.
_domain_parts = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

# None of these passes over a `<`: else a page of tags that never end would take quadratic time.
_LINK_HEADER = re.compile(r'<([^<>]+)>\s*;\s*rel="?([^",;]+)"?')
_LINK_TAG = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_API_TAG = re.compile(r"<api\b[^<>]*>")
_ATTRIBUTE = re.compile(
    r"""(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE
)
_TAG = rb"""["']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)"""
_HREFLANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LANGUAGE = re.compile(rb"<html\b[^<>]*?\b(?:xml:)?lang=" + _TAG, re.IGNORECASE)
# What Open Graph and older pages say, in either order of the attributes.
_LANGUAGE_NAMES = rb"""["']?(?:og:locale|content-language)(?=["'\s/>])"""
_META_LANGUAGE = re.compile(
    rb"<meta\b[^<>]*?(?:"
    + (rb"=" + _LANGUAGE_NAMES + rb"[^<>]*?\bcontent=" + _TAG)
    + (rb"|\bcontent=" + _TAG + rb"[^<>]*?=" + _LANGUAGE_NAMES)
    + rb")",
    re.IGNORECASE,
)


# The folder of the theme, in the addresses of its styles. WordPress.com's have one more part.
_THEME = re.compile(rb"/wp-content/themes/([A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?)/")
_WORDPRESS_COM_FOLDERS = (b"pub/", b"premium/", b"a8c/", b"vip/", b"h4/")
_THEME_LENGTH = 300_000
# A child theme loads files of its parent as well.
_THEMES_MAX = 3


def page_theme(body: bytes) -> str | None:
    """Return the themes that a page loads files from, a child and its parent for instance.

    They are separated by commas; None where there are none.
    """
    names: Counter[bytes] = Counter()
    for path in _THEME.findall(body[:_THEME_LENGTH]):
        if not path.startswith(_WORDPRESS_COM_FOLDERS):
            path = path.partition(b"/")[0]
        names[path] += 1
    if not names:
        return None
    most = sorted(name for name, _ in names.most_common(_THEMES_MAX))
    return ", ".join(name.decode() for name in most)


def roots_in_header(page: RestResponse) -> Iterator[str]:
    """Yield the API roots of a page's `Link` header."""
    for target, relation in _LINK_HEADER.findall(page.headers.get("link", "")):
        root = _absolute(page.url, target)
        if relation == API_RELATION and root:
            yield root


def roots_in_head(page: RestResponse) -> Iterator[str]:
    """Yield the API roots of a page's `<link>` elements."""
    for attributes in _link_elements(page.body):
        root = _absolute(page.url, attributes.get("href"))
        if attributes.get("rel") == API_RELATION and root:
            yield root


def roots_in_rsd(rsd: RestResponse) -> Iterator[str]:
    """Yield the API roots of an RSD document (`<api name="WP-API" apiLink="...">`)."""
    for tag in _API_TAG.findall(rsd.body.decode("utf-8", "replace")):
        attributes = _attributes(tag)
        root = _absolute(rsd.url, attributes.get("apilink"))
        if attributes.get("name") == "WP-API" and root:
            yield root


def rsd_address(page: RestResponse) -> str | None:
    """Return the address of a page's RSD document (`xmlrpc.php?rsd`), if it is on the same site."""
    for attributes in _link_elements(page.body):
        address = _absolute(page.url, attributes.get("href"))
        if attributes.get("rel", "").lower() == "edituri" and address:
            return address if same_site(address, page.url) else None
    return None


def feed_addresses(page: RestResponse) -> list[str]:
    """Return the feeds that a page names, without those of comments; the site's own comes first."""
    found = []
    for attributes in _link_elements(page.body):
        kind = attributes.get("type", "").lower()
        address = _absolute(page.url, attributes.get("href"))
        if kind in ("application/rss+xml", "application/atom+xml") and address:
            if "/comments/" not in address and address not in found:
                found.append(address)
    return sorted(found, key=len)


def home_of(page: RestResponse) -> str:
    """Return the home of the site that a page is of: by its API, its feed, or its own address."""
    for root in (*roots_in_header(page), *roots_in_head(page)):
        if same_site(root, page.url):
            return Api(root).home
    for place in feed_addresses(page):
        parts = urlsplit(place)
        if same_site(place, page.url) and _FEED_END.search(parts.path):
            path = _FEED_END.sub("", parts.path)
            return parts._replace(path=path or "/", query="", fragment="").geturl()
    parts = urlsplit(page.url)
    return parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment="").geturl()


def same_site(root: str, base: str) -> bool:
    """Return True if an API that a page names may be taken for the page's own site's.

    That is so on the same host, or under the same registrable domain.
    """
    try:
        named = urlsplit(root)
        own = urlsplit(base)
        _ = named.port  # raises ValueError for `host:port`
    except ValueError:
        return False
    if named.scheme not in ("http", "https") or not named.hostname or not own.hostname:
        return False
    if usual_host(named.hostname) == usual_host(own.hostname):
        return True
    domain = _registrable_domain(named.hostname)
    return domain != "" and domain == _registrable_domain(own.hostname)


def page_language(body: bytes, address: str = "") -> str | None:
    """Return the language that a page declares.

    It does so by `<html lang>`, else by its `<meta>` elements, else by the link with `hreflang`
    that leads to the page itself.
    """
    head = body[:_LANGUAGE_LENGTH]
    found = _LANGUAGE.search(head) or _META_LANGUAGE.search(head)
    if found is None:
        return _language_of_links(head, address)
    tag: bytes = found[found.lastindex or 1]
    return tag.decode().replace("_", "-")


def _language_of_links(head: bytes, address: str) -> str | None:
    for attributes in _link_elements(head):
        language = attributes.get("hreflang", "")
        leads_here = attributes.get("href", "").rstrip("/") == address.rstrip("/")
        if leads_here and _HREFLANG.fullmatch(language) and language.lower() != "x-default":
            return language
    return None


def _registrable_domain(host: str) -> str:
    """Return `example.co.uk` for `www.example.co.uk`; empty for an IP address."""
    return _domain_parts(host).top_domain_under_public_suffix


def _absolute(base: str, target: str | None) -> str | None:
    """Return the absolute address of a link; None for a link to nothing."""
    if not target:
        return None
    try:
        parts = urlsplit(urljoin(base, target))
        _ = parts.port  # raises ValueError for `host:port`
    except ValueError:
        return None
    return parts.geturl() if parts.hostname else None


def _link_elements(body: bytes) -> Iterator[dict[str, str]]:
    for tag in _LINK_TAG.findall(body[:_HEAD_LENGTH].decode("utf-8", "replace")):
        yield _attributes(tag)


def _attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag, with names in lower case and entities decoded."""
    attributes = {}
    for name, double_quoted, single_quoted, bare in _ATTRIBUTE.findall(tag):
        attributes[name.lower()] = html.unescape(double_quoted or single_quoted or bare)
    return attributes
