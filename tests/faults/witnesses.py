"""Sitemaps as independent witnesses of an open API: true ones, and those that lie."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from demo.api import Site
from demo.responses import Response
from tests.faults.answers import Moment, html
from tests.faults.kind import FaultKind

_OPEN = '<?xml version="1.0" encoding="UTF-8"?>'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_IMAGES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
_IMAGE = "<image:image><image:loc>{home}/wp-content/uploads/a.jpg</image:loc></image:image>"
LACKING = frozenset({"/film/metropolis/", "/film/m/"})
"""What only the sitemaps of most of these sites list: posts of a type that the API hides."""
Form = Literal["urls", "core", "plugin", "lines", "endless"]


@dataclass(frozen=True)
class Witness:
    """A fault: the sitemap lists all posts, and what the API does not show."""

    form: Form
    more: frozenset[str] = LACKING
    """Paths and addresses that it lists besides; `{home}` is the site's own."""
    gzipped: Literal["", "file", "header", "both"] = ""
    """Compressed as a file, as the transfer, or in both ways."""
    status: int = 200

    def __call__(self, moment: Moment) -> Response:
        """Return what the site answers."""
        site: Site = moment.memory["site"]
        if moment.is_api:
            response = moment.answer()
            # Links of the site itself: the sitemaps list only those.
            own = site.home.replace("/", "\\/").encode()
            response.body = response.body.replace(rb"http:\/\/example.org", own)
            return response
        path = moment.path.removeprefix(site.path)
        if path == "/robots.txt" and self.form in ("plugin", "endless"):
            body = f"User-agent: *\nDisallow:\nSitemap: {site.home}/sitemap_index.xml\n"
            return Response(200, {"Content-Type": "text/plain"}, body.encode())
        if self.form == "endless" and path.endswith("index.xml"):
            return _xml(
                _index(site, [f"{path.removesuffix('.xml')}-{n}-index.xml" for n in (1, 2)])
            )
        text = self._sitemaps(site).get(path)
        if text is None:
            return moment.answer()
        if self.status != 200:
            return html(self.status, "No sitemap")
        return self._packed(_xml(text))

    def _packed(self, response: Response) -> Response:
        if self.gzipped in ("file", "both"):
            response.body = gzip.compress(response.body)
        if self.gzipped in ("header", "both"):
            response.body = gzip.compress(response.body)
            response.headers["Content-Encoding"] = "gzip"
        return response

    def _sitemaps(self, site: Site) -> Mapping[str, str]:
        posts = [f"/post-{row.id}/" for row in site["posts"].rows.values() if not row.hidden]
        listed = [*posts, *sorted(self.more)]
        terms = [f"/category/{id_}/" for id_ in site["categories"].rows]
        if self.form == "lines":
            return {"/sitemap.xml": "\n".join(_full(site, path) for path in listed)}
        if self.form == "core":
            parts = ["posts-post-1", "posts-film-1", "taxonomies-category-1", "users-1"]
            return {
                "/wp-sitemap.xml": _index(site, [f"/wp-sitemap-{part}.xml" for part in parts]),
                "/wp-sitemap-posts-post-1.xml": _urls(site, posts),
                "/wp-sitemap-posts-film-1.xml": _urls(site, sorted(self.more)),
                "/wp-sitemap-taxonomies-category-1.xml": _urls(site, terms),
                "/wp-sitemap-users-1.xml": _urls(site, ["/author/1/"]),
            }
        if self.form == "plugin":
            return {
                "/sitemap_index.xml": _index(
                    site, ["/post-sitemap.xml.gz", "/film-sitemap2.xml.gz", "/sitemap_index.xml"]
                ),
                "/post-sitemap.xml.gz": _urls(site, ["/", *posts], images=True),
                "/film-sitemap2.xml.gz": _urls(site, sorted(self.more), images=True),
            }
        return {"/sitemap.xml": _urls(site, listed)}


def _full(site: Site, path: str) -> str:
    """Return the address of a path; what is no path is an address already."""
    if path.startswith("/"):
        return site.home + path
    return path.replace("{home}", site.home)


def _urls(site: Site, paths: Iterable[str], *, images: bool = False) -> str:
    more = _IMAGE.format(home=site.home) if images else ""
    lines = (f"<url><loc>\n{_full(site, path)} </loc>{more}</url>" for path in paths)
    return f"{_OPEN}<urlset {_SCHEMA} {_IMAGES}>{''.join(lines)}</urlset>"


def _index(site: Site, paths: Iterable[str]) -> str:
    lines = (f"<sitemap><loc>{site.home}{path}</loc></sitemap>" for path in paths)
    return f"{_OPEN}<sitemapindex {_SCHEMA}>{''.join(lines)}</sitemapindex>"


def _xml(text: str) -> Response:
    return Response(200, {"Content-Type": "application/xml; charset=UTF-8"}, text.encode())


_LIES = frozenset(
    {
        "https://elsewhere.example/post-1/",
        "{home}.elsewhere.example/post-1/",
        "http://user:secret@elsewhere.example/",
        "javascript:alert(1)",
        "ftp://127.0.0.1/",
        "http://[::1",
        "not an address",
        # The same posts in other writings, and the home itself
        "{home}",
        "{home}/post-7",
        "{home}/post%2D8/",
        "{home}/post-9/?utm_source=sitemap",
        "{home}/post-10/#comments",
    }
)
"""Addresses that tell nothing of the site."""


def _kind(name: str, witness: Witness, lacking: frozenset[str] = LACKING, **more: int) -> FaultKind:
    return FaultKind(name, witness, posts=60, lacking=lacking, **more)


WITNESS_KINDS: tuple[FaultKind, ...] = (
    _kind("a sitemap with more than the API shows", Witness("urls")),
    _kind("an index of sitemaps with more than the API shows", Witness("core")),
    _kind("a plugin's sitemaps, with more than the API shows", Witness("plugin", gzipped="file")),
    _kind("a sitemap of lines, with more than the API shows", Witness("lines")),
    _kind("a sitemap that is compressed on its way", Witness("urls", gzipped="header")),
    _kind("a sitemap that is compressed twice", Witness("core", gzipped="both")),
    _kind("a sitemap that says what the API says", Witness("core", frozenset()), frozenset()),
    _kind(
        "a sitemap with foreign, odd and gone addresses",
        Witness("urls", _LIES | {"/gone-1/", "/gone-2/"}),
        frozenset({"/gone-1/", "/gone-2/"}),
    ),
    _kind("sitemaps without end", Witness("endless"), frozenset(), requests_max=50),
    _kind("a sitemap that is forbidden", Witness("urls", status=403), frozenset()),
    _kind("a page in place of a sitemap", Witness("urls", status=404), frozenset()),
)
"""Kinds for `kinds.py`: what only a sitemap lists is named, and nothing else."""
