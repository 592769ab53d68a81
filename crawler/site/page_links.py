"""What a page of a site says of its API, and the usual places where one is. Pure."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit, urlunsplit

from tldextract import TLDExtract

from crawler.rest.responses import RestResponse

REL = "https://api.w.org/"
# The list that comes with the library (nothing is fetched), with the suffixes of hosts under which anybody can have a site (github.io).
_REGISTRABLE = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
_TAG = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


def hints(home: RestResponse) -> Iterator[tuple[str, str]]:
    """Roots that a page names: Link header, then `<link rel="https://api.w.org/">`."""
    for target, rel in re.findall(
        r'<([^>]+)>\s*;\s*rel="?([^",;]+)"?', home.headers.get("link", "")
    ):
        if rel == REL and (root := _absolute(home.url, target)):
            yield root, "Link header"
    for attributes in _links(home.body):
        if attributes.get("rel") == REL and (root := _absolute(home.url, attributes.get("href"))):
            yield root, "link element"


def probes(base: str) -> Iterator[tuple[str, str]]:
    """The usual places at the address's own path and each parent."""
    parts = urlsplit(base)
    segments = [
        segment
        for segment in parts.path.split("/")
        if segment and segment not in ("index.php", "wp-json")
    ]
    for depth in range(min(len(segments), 4), -1, -1):
        path = "/" + "".join(f"{segment}/" for segment in segments[:depth])
        for place, query in (("wp-json/", ""), ("index.php/wp-json/", ""), ("", "rest_route=/")):
            yield (
                urlunsplit((parts.scheme, parts.netloc, path + place, query, "")),
                f"probe {path}{place}{'?' if query else ''}{query}",
            )


def same_site(root: str, base: str) -> bool:
    """Whether an address that a page names may be taken for its own site's: the same host or registrable domain."""
    one, other = urlsplit(root), urlsplit(base)
    if one.scheme not in ("http", "https") or not one.hostname or not other.hostname:
        return False
    domain = _REGISTRABLE(one.hostname).top_domain_under_public_suffix
    return one.hostname == other.hostname or bool(
        domain and domain == _REGISTRABLE(other.hostname).top_domain_under_public_suffix
    )


def rsd_address(home: RestResponse) -> str | None:
    """The page's own RSD document (`xmlrpc.php?rsd`), if it names one on the same site."""
    for attributes in _links(home.body):
        if attributes.get("rel", "").lower() == "edituri" and (
            address := _absolute(home.url, attributes.get("href"))
        ):
            return address if same_site(address, home.url) else None
    return None


def _absolute(base: str, target: str | None) -> str | None:
    """The address that a page names; None where it names none, or nothing that can be one."""
    try:
        parts = urlsplit(urljoin(base, target or ""))
        host, _ = parts.hostname, parts.port  # either may be what is wrong
    except ValueError:
        return None
    return parts.geturl() if target and host else None


def language(body: bytes) -> str | None:
    """The language that the page declares (`<html lang>`)."""
    found = re.search(
        rb"""<html\b[^>]*\blang=["']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)""",
        body[:20_000],
        re.IGNORECASE,
    )
    return found[1].decode() if found else None


def _links(body: bytes) -> Iterator[dict[str, str]]:
    for tag in _TAG.findall(body[:200_000].decode("utf-8", "replace")):
        yield _attributes(tag)


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def rsd_roots(rsd: RestResponse) -> Iterator[str]:
    """Roots that an RSD document names (`<api name="WP-API" apiLink="...">`)."""
    for tag in re.findall(r"<api\b[^>]*>", rsd.body.decode("utf-8", "replace")):
        attributes = _attributes(tag)
        if attributes.get("name") == "WP-API" and (
            root := _absolute(rsd.url, attributes.get("apilink"))
        ):
            yield root
