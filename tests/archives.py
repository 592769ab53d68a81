"""Archives for tests of the reading side, filled through the real stores.

SQLite is always there, a server of MongoDB's protocol where MONGODB_TEST_URI names one: `ferretdb`
and `secantusdb` start one, anything else is the address of a running server, in which databases are
made and dropped.
"""

import asyncio
import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from samples.documents import SITE, author, comment, media, post, ref, term
from tests.servers.mongodb import ferretdb
from tests.servers.secantusdb import NAMES, secantusdb
from wparchive.backends.opening import open_store
from wparchive.backends.store import Store
from wparchive.model.file_records import FileRecord, file_key, stored_path
from wparchive.model.site_records import RecurringBlock, SiteMemory

DAY = timedelta(days=1)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
"""Time of the first crawl of the sample archive, which saw everything.

Edits follow on day 9, disappearances on day 20.
"""
ENERGY = ref(3, "Clean Energy")
NEWS = ref(9, "News")
ADA = ref(1, "Ada Lovelace")
ZOE = ref(2, "Zoë Ängström")
PICTURE = {"url": "https://example.com/quiet.jpg", "alt": "A quiet pump"}
LINK = {"url": "https://other.org/heat/", "text": "heat"}


def sample_posts() -> list[dict[str, Any]]:
    """Return posts in several scripts, with and without dates, tags and copies."""
    near = {"of": "example.com/blog/post/1", "kind": "near", "jaccard": 0.9, "containment": 1.0}
    contained = {
        "of": "example.com/blog/post/1",
        "kind": "contained",
        "direction": "excerpt",
        "jaccard": 0.2,
        "containment": 1.0,
    }
    return [
        post(
            1,
            "The heat pump is quiet.\n\nIt saves oil in New York.",
            title="Heat pumps",
            tags=[ENERGY],
            categories=[NEWS],
            author=ADA,
        ),
        post(
            2,
            "東京都の天気は晴れです。北京も晴れ。",
            title="天気予報",
            language="ja",
            author=ZOE,
            published_at=datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
        post(
            3,
            "กรุงเทพมหานครอากาศร้อน",
            title="อากาศ",
            language="th",
            published_at=datetime(2024, 1, 1, tzinfo=UTC),
            tags=[ref(4, "อากาศ")],
            terms=[ref(8, "Forecast", taxonomy="genre")],
        ),
        post(
            4,
            "Un café à Genève: l'énergie du York new.",
            title="Énergie",
            language="fr",
            published_at=None,
            published_local=None,
            author=None,
        ),
        post(
            5,
            "A pump, and heat. " * 20,
            title="Long",
            has=["table", "video", "embed"],
            embed_providers=["youtube"],
            link_domains=["blog.example.net", "example.net"],
            blocks=[
                {"kind": "paragraph", "text": "A pump, and heat. " * 20},
                {
                    "kind": "table",
                    "text": "kW | year\n5 | 2024",
                    "rows": [{"cells": ["kW", "year"]}, {"cells": ["5", "2024"]}],
                },
                {
                    "kind": "embed",
                    "text": "",
                    "url": "https://www.youtube.com/embed/x",
                    "provider": "youtube",
                    "title": "A pump",
                },
            ],
            duplicate=near,
            categories=[NEWS],
            tags=[ENERGY],
        ),
        post(
            6,
            "Quiet heat.",
            title="Teaser",
            duplicate=contained,
            images=[PICTURE],
            links=[LINK],
            has=["image"],
            link_domains=["other.org"],
        ),
        post(
            7,
            "About us: we like pumps.",
            type_="page",
            title="About",
            published_at=datetime(2020, 2, 29, 12, tzinfo=UTC),
        ),
        post(
            8,
            "Heat elsewhere.",
            site="other.org",
            link="https://other.org/日本/",
            published_at=datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
        ),
        post(9, "Gone heat.", site="other.org"),
        post(
            10,
            "Hidden heat.",
            site="other.org",
            extra=[{"k": "big", "v": 2**60}, {"k": "acf.rating", "v": 5}],
            sketch=[-(2**63), 5, 2**63 - 1],
        ),
    ]


def failure(**fields: Any) -> dict[str, Any]:
    """Return a failure document."""
    values = {
        "site": "example.com/blog",
        "type": "post",
        "id": 77,
        "stage": "parse",
        "cause": "truncated_json",
        "message": "The answer ended early",
        "url": "https://example.com/blog/?rest_route=/",
        "raw": None,
        "run": "r1",
        "first_at": FIRST,
        "last_at": FIRST,
        "attempts": 1,
        **fields,
    }
    return {"_id": "{site}/{type}/{id}#{stage}".format_map(values), **values}


def file_record(number: int = 1, site: str = "example.com/blog") -> FileRecord:
    """Return the record of a file."""
    digest = f"{number:064x}"
    url = f"https://example.com/wp-content/uploads/{number}.jpg"
    return FileRecord(
        _id=file_key(site, url),
        site=site,
        url=url,
        named_by=f"{site}/attachment/{number}",
        sha256=digest,
        path=stored_path(digest),
        size_bytes=7,
        mime_type="image/jpeg",
        fetched_at=FIRST,
        checked_at=FIRST,
        etag=None,
        last_modified=None,
        problem=None,
        earlier=[],
    )


def warc_bytes(records: int = 4, is_packed: bool = True) -> bytes:
    """Return a WARC file with some answers, as a run writes it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=is_packed, warc_version="WARC/1.1")
    written = [writer.create_warcinfo_record("x.warc", {"software": "tests"})]
    for number in range(records):
        payload = Random(number).randbytes(3_000) + b"[]" * 3_000
        headers = StatusAndHeaders("200 OK", [("Content-Type", "application/json")], "HTTP/1.1")
        address = f"https://example.com/{number}"
        written.append(
            writer.create_warc_record(
                address, "response", payload=io.BytesIO(payload), http_headers=headers
            )
        )
    for record in written:
        writer.write_record(record)
        record.raw_stream.close()
    return out.getvalue()


def run(site: str, at: datetime, verdict: str = "complete") -> dict[str, Any]:
    """Return the report of a crawl."""
    exit_status = 0
    reason = None
    if verdict != "complete":
        exit_status = 1
        reason = "one post is missing"
    return {
        "_id": f"{site}@{at.isoformat()}",
        "site": site,
        "started_at": at,
        "finished_at": at + timedelta(minutes=5),
        "verdict": verdict,
        "exit_status": exit_status,
        "reason": reason,
        "arguments": {},
        "mode": "full",
        "scope": "everything",
        "types": [],
        "skipped": [],
        "boilerplate": None,
        "resumed_from": None,
        "begun_again": [],
        "failures": 0,
        "requests": 20,
        "retries": 0,
        "bytes": 9000,
        "seconds": 300.0,
    }


def site(key: str, **fields: Any) -> dict[str, Any]:
    """Return a site's document."""
    return {
        "_id": key,
        "home": f"https://{key}",
        "api_root": f"https://{key}/wp-json/",
        "found_by": "link header",
        "name": "An Example",
        "description": "Just",
        "timezone": "Europe/Berlin",
        "gmt_offset": 1.0,
        "public_settings": {},
        "namespaces": ["wp/v2"],
        "language": "en-US",
        "capabilities": [],
        "brakes": [],
        "watermarks": [],
        "first_seen_at": FIRST,
        "last_seen_at": FIRST,
        **fields,
    }


async def fill_sample(store: Store) -> None:
    """Save two sites over twenty days.

    There are ten posts, an edit, a withdrawal, a deletion, terms, authors, media, comments, runs
    and a failure.
    """
    await store.save("posts", sample_posts(), FIRST)
    edited = post(
        1,
        "The heat pump is very quiet.\n\nIt saves gas in New York.",
        title="Heat pumps!",
        tags=[ENERGY],
        categories=[NEWS],
        author=ADA,
    )
    await store.save("posts", [edited], FIRST + 9 * DAY)
    await store.set_state("posts", "other.org", "post", [9], "deleted", FIRST + 20 * DAY)
    await store.set_state("posts", "other.org", "post", [10], "withdrawn", FIRST + 20 * DAY)
    news = term(9, "News", "category")
    local = term(10, "Local", "category", parent=9)
    await store.save("terms", [term(3, "Clean Energy"), news, local], FIRST)
    await store.save("authors", [author(1, "Ada Lovelace"), author(2, "Zoë Ängström")], FIRST)
    await store.save("media", [media(50, post=1), media(51)], FIRST)
    reply = comment(91, 1, "Indeed ]]> so.", parent=90)
    await store.save("comments", [comment(90, 1), reply], FIRST)
    await store.save_site(site("example.com/blog"))  # type: ignore[arg-type]
    await store.save_run(run("example.com/blog", FIRST, "partial"))  # type: ignore[arg-type]
    await store.save_run(run("example.com/blog", FIRST + 9 * DAY))  # type: ignore[arg-type]
    await store.save_failures([failure()])  # type: ignore[list-item]


async def fill_run_of_posts(store: Store) -> None:
    """Save the sample, and a later run that says what it did with each type."""
    await fill_sample(store)
    nothing = dict.fromkeys(("refreshed", "returned", "withdrawn", "unchanged", "hidden"), 0)
    counts = {"site_total": 8, "held": 8, "new": 1, "changed": 0, "deleted": 2, "missing": None}
    part = {**nothing, **counts, "type": "post", "proof": "proved"}
    report = run("example.com/blog", FIRST + 30 * DAY)
    await store.save_run({**report, "types": [part]})  # type: ignore[arg-type]


def filled(address: str, fill: Callable[[Store], Any] = fill_sample) -> str:
    """Make an archive at an address, and return the address."""

    async def make() -> None:
        store = open_store(address)
        await store.open()
        try:
            await fill(store)
        finally:
            await store.close()

    asyncio.run(make())
    return address


@pytest.fixture(scope="session")
def mongodb_server() -> Iterator[str]:
    """Yield the address of the server under test."""
    named = os.environ.get("MONGODB_TEST_URI")
    if not named:
        pytest.skip(
            "needs a server of MongoDB's protocol: "
            "set MONGODB_TEST_URI (ferretdb, secantusdb, or an address)"
        )
    if named == "ferretdb":
        with ferretdb() as server:
            yield server.uri
    elif named in NAMES:
        with secantusdb(named) as address:
            yield address
    else:
        yield named.split()[0]


@pytest.fixture
def new_database(mongodb_server: str) -> Iterator[str]:
    """Yield the address of a database that does not exist yet; drop it afterwards."""
    name = f"wparchive_test_{uuid4().hex[:12]}"
    yield f"{mongodb_server.rstrip('/')}/{name}"
    with MongoClient(mongodb_server) as client:
        client.drop_database(name)


def new_file(folder: Path) -> str:
    """Return the address of an SQLite archive that does not exist yet."""
    return f"sqlite:///{folder / 'archive.db'}"


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.mongodb)])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return an address at which there is nothing yet, of each backend."""
    if request.param == "sqlite":
        return new_file(tmp_path)
    return str(request.getfixturevalue("new_database"))


@pytest.fixture
def sample_address(new_address: str) -> str:
    """Return the address of a sample archive, of each backend."""
    return filled(new_address)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of the sample archive in SQLite, made once and not to be changed."""
    return filled(new_file(tmp_path_factory.mktemp("sample")))


def recurring_block(number: int, site: str = SITE, **fields: Any) -> RecurringBlock:
    """A block that recurs on a site."""
    block = RecurringBlock(
        _id=f"{site}#{number:016x}",
        site=site,
        hash=f"{number:016x}",
        text="Join our channel.",
        block_kind="paragraph",
        posts=40 + number,
        free=39,
        types=[{"type": "post", "posts": 40 + number}],
        example=f"{site}/post/1",
        removed=True,
        reason="recurs",
        overruled=None,
    )
    return {**block, **fields}  # type: ignore[typeddict-item]


def site_memory(site: str = SITE) -> SiteMemory:
    """How far the blocks of a site were counted."""
    return SiteMemory(
        _id=site,
        complete=True,
        counted_at=datetime(2026, 1, 1, tzinfo=UTC),
        types=[{"type": "post", "posts": 100}],
        cleaner_version=3,
        applied="abc",
        keys=[-(2**63), 7],
        counts=[4, 9],
        shortfall=1,
    )
