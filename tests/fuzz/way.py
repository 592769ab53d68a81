"""The whole way that an answer of a site goes, as one function of its bytes.

What a crawl gets over is passed over: an answer without records, a record that cannot be parsed, a
document that is refused. Anything else that is raised is a defect.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# The libraries of the exports are loaded before anybody measures what an input takes.
import bagit  # noqa: F401
import pyarrow.dataset
import pyarrow.parquet  # noqa: F401
import xlsxwriter  # noqa: F401

from crawler.errors import CrawlError
from crawler.items import Item
from crawler.parsing import RecordSource, parse_from
from crawler.rest.api import Api
from crawler.rest.collections import Collection
from crawler.rest.record_fields import record_id
from crawler.rest.responses import RestResponse, read_object, read_page
from crawler.site.attempts import DiscoveryAttempts
from crawler.site.candidates import Ladder
from crawler.site.discovery import site_of
from crawler.site.page_links import page_language
from pipelines.clean import clean_item
from pipelines.errors import StageFailed
from pipelines.fingerprint import fingerprint_item
from pipelines.furniture import leave_out_furniture
from pipelines.helpers.document import document_of
from pipelines.language import set_language
from tests.fuzz.inputs import Input
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.errors import DocumentRejected
from wparchive.export import FORMATS, export_posts
from wparchive.furniture.remove import NO_FURNITURE

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOME = "https://example.org/"
SITE = "example.org"
UNPARSED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What `items_of` makes a failure of."""
SOURCE = RecordSource(
    Collection("posts", "post", "/wp/v2/posts", taxonomies={"post_tag": "tags"}), SITE, HOME
)


def go(one: Input) -> None:
    """Let an input go its way."""
    headers = {"link": one.link} if one.link else {}
    if one.is_page:
        read_as_anything_else(one.body, headers)
    else:
        go_the_whole_way(one.body, headers)


def go_the_whole_way(body: bytes, headers: dict[str, str] | None = None) -> int:
    """Read an answer, archive its records, export them in every format; return how many."""
    items = clean_records(body, headers or {})
    if not items:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_archived(items, Path(folder)))


def clean_records(body: bytes, headers: dict[str, str]) -> list[Item]:
    """Read an answer; return its records as items, as the stages leave them."""
    return [item for raw in _records(body, headers) if (item := _finished(raw))]


def read_as_anything_else(body: bytes, headers: dict[str, str] | None = None) -> None:
    """Read an answer as the page of a site, as its index, and as what names its API."""
    response = RestResponse(HOME, 200, headers or {}, body)
    page_language(body)
    asyncio.run(_climb(response))
    try:
        index = read_object(response)
    except CrawlError:
        return
    if isinstance(index.get("namespaces"), list):
        site_of(Api(f"{HOME}wp-json/"), index, "a test", NOW)


async def _climb(response: RestResponse) -> None:
    async def get(url: str, **how: Any) -> RestResponse:
        return response

    ladder = Ladder(get, HOME, response, DiscoveryAttempts(), "https://wp.invalid/")
    number = 0
    async for _ in ladder.candidates():
        number += 1
    assert number < 1000, "an answer names a thousand places to ask"


def _records(body: bytes, headers: dict[str, str]) -> list[bytes]:
    try:
        return read_page(RestResponse(f"{HOME}wp-json/wp/v2/posts", 200, headers, body)).records
    except CrawlError:
        return []


def _finished(raw: bytes) -> Item | None:
    """Return the item of a record as the stages leave it; None for what is a failure."""
    id_ = record_id(raw)
    try:
        item = parse_from(raw, SOURCE)
    except UNPARSED:
        return None
    if id_ is None or item.id != id_:
        return None
    try:
        clean_item(item)
    except StageFailed:
        return None
    set_language(item)
    leave_out_furniture(item, NO_FURNITURE)
    fingerprint_item(item)
    return item


async def _archived(items: list[Item], folder: Path) -> int:
    address = f"sqlite:///{folder}/archive.db"
    store = open_store(address)
    await store.open()
    try:
        written = await store.save("posts", [document_of(item) for item in items], NOW)
    finally:
        await store.close()
    for one in written:
        if one.error is not None and not isinstance(one.error, DocumentRejected):
            raise one.error
    if all(one.outcome is None for one in written):
        return 0  # there is nothing to export
    with open_archive(address) as archive:
        for form in FORMATS:
            posts = archive.posts().ordered("key", raw=FORMATS[form].needs_raw)
            export_posts(archive, posts, folder / f"export.{form}", form)
    return len(written)
