"""Posts whose content the API leaves out: they are counted, and completed from their public pages.

The API shows no content where a theme or a page builder makes it, and raw shortcodes where the
plugin behind them answers only visitors of pages.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from crawler.errors import ApiError, ResponseError, RobotsForbid
from crawler.fallback.markers import lacking_parts, marker_of, with_page_content
from crawler.fallback.pages import PublicPage
from crawler.fallback.published import is_below
from crawler.phases.pages_ahead import Records
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_mapping, as_rendered, as_text
from crawler.rest.redirects import STATUSES
from crawler.run.run_state import RunState

MANY_TAGS = 3
"""From so many tags of shortcodes on, a content counts as full of them."""
# Looked for in the raw bytes of a record: most records have content and are never decoded.
_EMPTY = re.compile(
    rb'"content"\s*:\s*\{\s*"rendered"\s*:\s*"(?:\\[nrt]|\s|&nbsp;|<\\?/?(?:p|div|br)>)*"'
)
# `[/` closes a shortcode. The names are prefixes of page builders, which may never close theirs.
_MAY_LEAK = re.compile(rb"\[\\?/|\[(?:vc|et_pb|fusion|av|cs|mk|kc|tatsu|themify|siteorigin)_")
_CLOSING = re.compile(r"\[/([A-Za-z][\w-]{0,60})\]")
_TAGS = re.compile(r"\[/?([A-Za-z][\w-]{0,60})(?=[\s\]=/])")
_BUILDER = re.compile(r"(?:vc|et_pb|fusion|av|cs|mk|kc|tatsu|themify|siteorigin)_")
_CODE = ("pre", "code", "script", "style")
_PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)


async def public_page(client: RestClient, url: str, home: str) -> PublicPage:
    """Return the public page at an address of the site, after redirects within the site.

    Raises FileNotFoundError where it is gone, or has moved to another site, and CrawlError.
    """
    response = await client.get(url, accept=_PAGE, tries=3, within=partial(is_below, home=home))
    if response.status in (404, 410) or response.status in STATUSES:
        raise FileNotFoundError(url)
    if response.status >= 300:
        raise ApiError(response.status, message=f"no page at {url}")
    charset = _CHARSET.search(response.headers.get("content-type", ""))
    try:
        return PublicPage(response.body, response.url, home, charset[1] if charset else None)
    except ValueError as error:
        raise ApiError(response.status, message=f"{error}: {url}") from None


async def page_of_run(run: RunState, client: RestClient, url: str) -> PublicPage:
    """Return a public page; one that is longer than its limits is noted in the run's report.

    Raises what `public_page` raises.
    """
    page = await public_page(client, url, run.home)
    if page.is_cut:
        run.report.cut_short("page", url)
    return page


def what_is_wrong(raw: bytes) -> str | None:
    """Return `empty` or `shortcodes` for a record without its real content; None for all others."""
    if "content" in lacking_parts(raw):
        return "empty"
    is_empty = _EMPTY.search(raw) is not None
    if not is_empty and _MAY_LEAK.search(raw) is None:
        return None
    try:
        content = decode_record(raw)[0].get("content")
    except ValueError:
        return None
    if as_mapping(content).get("protected") is True:
        return None
    if is_empty:
        return "empty" if isinstance(content, dict) else None
    if count_shortcodes(as_rendered(content)) >= MANY_TAGS:
        return "shortcodes"
    return None


def count_shortcodes(content: str) -> int:
    """Return how many tags of unexpanded shortcodes stand outside of code.

    A name is one of a shortcode where it is a builder's, or where `[/name]` closes it.
    """
    text = _without_code(content)
    closed = set(_CLOSING.findall(text))
    return sum(1 for name in _TAGS.findall(text) if name in closed or _BUILDER.match(name))


def _without_code(content: str) -> str:
    """Return the content without what stands in elements for code; one that is never closed goes
    to the end."""
    for name in _CODE:
        begin = content.find(f"<{name}")
        if begin < 0:
            continue
        kept = []
        end = 0
        while begin >= 0:
            kept.append(content[end:begin])
            end = content.find(f"</{name}", begin)
            if end < 0:
                end = len(content)
            begin = content.find(f"<{name}", end)
        kept.append(content[end:])
        content = "".join(kept)
    return content


class PageContents:
    """The records without their real content: counted, and completed where that was asked for."""

    def __init__(self, run: RunState, *, ask: bool) -> None:
        self._run = run
        self._ask = ask

    async def completed(self, collection: Collection, records: Records) -> Records:
        """Return the records of a page, with the content of their public pages where they have one.

        A record that was completed in an earlier run keeps that content until the API shows one.
        Raises ArchiveError, and CrawlError where the run is to end.
        """
        if collection.kind != "posts" or collection.shape is not None:
            return records
        wrong = {id_: what for id_, raw in records if (what := what_is_wrong(raw)) is not None}
        if not wrong:
            return records
        run = self._run
        held = await run.store.raw_records(
            collection.kind, run.site_key, collection.type, list(wrong)
        )
        done = []
        for id_, raw in records:
            if id_ in wrong:
                raw = await self._completed(collection, wrong[id_], raw, held.get(id_))
            done.append((id_, raw))
        return tuple(done)

    async def _completed(
        self, collection: Collection, what: str, raw: bytes, held: bytes | None
    ) -> bytes:
        count = self._run.count_of(collection)
        count.empty_content += what == "empty"
        count.leaked_shortcodes += what == "shortcodes"
        record = decode_record(raw)[0]
        modified = as_text(record.get("modified_gmt"))
        content, of = _content_held(held)
        # What an earlier run took from the page serves until the post is edited.
        if self._ask and not self._run.stopping and (not content or of != modified):
            fresh = await self._content_of(record)
            if fresh:
                content, of = fresh, modified
        if not content:
            return raw
        count.completed += 1
        return with_page_content(raw, content, of)

    async def _content_of(self, record: Mapping[str, Any]) -> str:
        """Return the content on a post's public page; empty where the page shows none."""
        run = self._run
        link = as_text(record.get("link"))
        assert run.client is not None
        if not is_below(link, run.home):
            return ""
        try:
            post = (await page_of_run(run, run.client, link)).post()
        except (FileNotFoundError, ResponseError, RobotsForbid):
            return ""
        if post is None or post.completeness != "content" or post.id not in (None, record["id"]):
            return ""
        if count_shortcodes(post.content) >= MANY_TAGS:
            return ""
        return post.content


def _content_held(held: bytes | None) -> tuple[str, str]:
    """Return the content with which a held record was completed, and the date of that content."""
    marker = marker_of(held) if held is not None else None
    if marker is None or marker.get("source") != "api+page":
        return "", ""
    return as_text(marker.get("content")), as_text(marker.get("modified"))
