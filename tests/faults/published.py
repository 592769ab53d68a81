"""What a site with a closed API still publishes: feeds, sitemaps and pages of its posts."""

import gzip
import html
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from demo.api import Site
from demo.responses import Response
from tests.faults.answers import Moment

IN_A_FEED = 40
"""Posts of one page of a feed."""
_RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<generator>https://wordpress.org/?v=6.8</generator>{}</channel></rss>"""
_RDF = """<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">{}</rdf:RDF>"""
_INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
_URLS = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


@dataclass(frozen=True)
class Published:
    """A fault: the API is closed, and this is published."""

    feed: str = "whole"
    """`whole`, `excerpts`, `rdf` (RSS 1.0, whole), or empty for no feed."""
    sitemap: str = "core"
    """`core` (wp-sitemap.xml), `plugin` (an index of indexes, compressed), or empty for none."""
    shows_ids: bool = True
    """In feeds and on pages."""
    forbids: str = ""
    """What robots.txt forbids."""
    in_feed_max: int = 10**6
    """Feeds show no more posts than this, as those of many sites."""
    feed_repeats: bool = False
    """Every page of the feed is the first one, as of a cache that leaves out parameters."""
    pages_move: bool = False
    """Every second page leads to a host that does not answer."""

    def __call__(self, moment: Moment) -> Response:
        """Return what the site answers."""
        site: Site = moment.memory["site"]
        if moment.is_api:
            return moment.answer()
        path = moment.path.removeprefix(site.path)
        if path == "/robots.txt" and (self.sitemap == "plugin" or self.forbids):
            body = f"User-agent: *\nDisallow: {self.forbids}\n"
            if self.sitemap == "plugin":
                body += f"Sitemap: {site.home}/sitemap_index.xml\n"
            return Response(200, {"Content-Type": "text/plain"}, body.encode())
        if path == "/feed/" and self.feed:
            return self._feed(site, int(moment.query.get("paged", "1")))
        if path.endswith((".xml", ".xml.gz")):
            return self._sitemap(site, path)
        if path.startswith("/post-"):
            return self._page(site, path)
        return moment.answer()

    def _feed(self, site: Site, number: int) -> Response:
        if self.feed_repeats:
            number = 1
        rows = list(reversed(_records(site)))[: self.in_feed_max]
        shown = rows[(number - 1) * IN_A_FEED : number * IN_A_FEED]
        if not shown:
            return _answer("<rss/>", status=404)
        frame = _RDF if self.feed == "rdf" else _RSS
        return _answer(frame.format("".join(self._item(site, record) for record in shown)))

    def _item(self, site: Site, record: dict[str, Any]) -> str:
        guid = f"{site.home}/?p={record['id']}" if self.shows_ids else link_of(site, record)
        content = ""
        if self.feed in ("whole", "rdf"):
            text = record["content"]["rendered"]
            content = f"<content:encoded><![CDATA[{text}]]></content:encoded>"
        return (
            f"<item><title>{html.escape(record['title']['rendered'])}</title>"
            f"<link>{link_of(site, record)}</link><guid>{html.escape(guid)}</guid>"
            f"<dc:creator>Ada</dc:creator><pubDate>Wed, 02 Jul 2025 16:27:29 +0000</pubDate>"
            "<category>Green tea</category>"
            f"<description><![CDATA[{record['excerpt']['rendered']}]]></description>{content}</item>"
        )

    def _sitemap(self, site: Site, path: str) -> Response:
        lists = {
            "core": {
                "/wp-sitemap.xml": ["/wp-sitemap-posts-post-1.xml"],
            },
            "plugin": {
                "/sitemap_index.xml": ["/inner.xml"],
                "/inner.xml": ["/post-sitemap1.xml.gz", "/inner.xml"],
            },
        }.get(self.sitemap, {})
        if path in lists:
            inner = (f"<sitemap><loc>{site.home}{place}</loc></sitemap>" for place in lists[path])
            return _answer(_INDEX.format("".join(inner)))
        if path not in ("/wp-sitemap-posts-post-1.xml", "/post-sitemap1.xml.gz") or not lists:
            return _answer("<html><body>Not found</body></html>", status=404)
        urls = (
            f"<url><loc>{link_of(site, record)}</loc><lastmod>{record['modified']}</lastmod></url>"
            for record in _records(site)
        )
        response = _answer(_URLS.format("".join(urls)))
        if path.endswith(".gz"):
            response.body = gzip.compress(response.body)
        return response

    def _page(self, site: Site, path: str) -> Response:
        if self.pages_move and path.rstrip("/")[-1] in "02468":
            return Response(302, {"Location": "http://127.0.0.1:9/"}, b"")
        for record in _records(site):
            if path == urlsplit(link_of(site, record)).path.removeprefix(site.path):
                return _answer(self._html(record))
        return _answer("<html><body>Not found</body></html>", status=404)

    def _html(self, record: dict[str, Any]) -> str:
        id_ = record["id"]
        marks = f"single single-post postid-{id_}" if self.shows_ids else "single single-post"
        return (
            f"<!DOCTYPE html><html lang='en'><head><title>{record['title']['rendered']}</title>"
            f"</head><body class='{marks}'><nav>Menu</nav><article class='type-post'>"
            f"<h1>{record['title']['rendered']}</h1>"
            "<a rel='category tag' href='/category/drinks/'>Drinks</a>"
            "<a rel='tag' href='/tag/green-tea/'>Green tea</a>"
            f"<div class='entry-content'>{record['content']['rendered']}</div></article>"
            "</body></html>"
        )


def link_of(site: Site, record: dict[str, Any]) -> str:
    """Return the public address of a post."""
    return f"{site.home}/post-{record['id']}/"


def _records(site: Site) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in site["posts"].rows.values() if not row.hidden]


def _answer(text: str, status: int = 200) -> Response:
    kind = "text/html" if text.startswith(("<!", "<html")) else "application/xml"
    return Response(status, {"Content-Type": f"{kind}; charset=UTF-8"}, text.encode())
