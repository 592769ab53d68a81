"""`wparchive validation`, on servers that have validators."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from pymongo import MongoClient
from pymongo.errors import WriteError

from samples.documents import post
from tests.contract.test_copy import fill
from tests.contract.test_own_writes import told
from tests.integration.crawling import crawl
from tests.servers.recorded_site import recorded_site
from wparchive.backends.mongo.mongo_setup import validator
from wparchive.backends.opening import open_store, parse_uri
from wparchive.commands import cli
from wparchive.errors import ArchiveUnreachable
from wparchive.model.outcome import Outcome
from wparchive.model.record_types import RECORD_TYPES


def test_what_crawls_write_is_valid(mongo_uri):
    switched = CliRunner().invoke(cli, ["validation", "on", "--archive", mongo_uri])
    if isinstance(switched.exception, ArchiveUnreachable):  # FerretDB 1 has none
        return
    # Every collection, and every field that a crawl can fill; a refused record raises.
    asyncio.run(fill(mongo_uri))
    with recorded_site("sample") as site:
        run = crawl(site.home, mongo_uri, comments=1)
    assert (run.exit_status, run.report["failures"]) == (0, 0), run.output
    with MongoClient(mongo_uri) as client:
        database = client[parse_uri(mongo_uri).place]
        for collection in RECORD_TYPES:
            invalid = {"$nor": [validator(collection)]}
            assert database[collection].find_one(invalid, {"_id": 1}) is None


def test_collections_that_do_not_exist_yet_get_validators(mongo_uri):
    switched = CliRunner().invoke(cli, ["validation", "on", "--archive", mongo_uri])
    if isinstance(switched.exception, ArchiveUnreachable):  # FerretDB 1 has none
        return
    number = len(RECORD_TYPES)
    assert switched.output.startswith(f"validators of {number} collections are on: posts, terms,")

    async def saved() -> None:
        store = open_store(mongo_uri)
        await store.open()
        written = await store.save("posts", [post(1)], datetime(2026, 1, 1, tzinfo=UTC))
        await store.close()
        assert told(written) == [(Outcome.NEW, False)]

    asyncio.run(saved())
    with MongoClient(mongo_uri) as client:
        posts = client[parse_uri(mongo_uri).place]["posts"]
        with pytest.raises(WriteError, match="validation"):
            posts.insert_one({"_id": "no post"})
        off = CliRunner().invoke(cli, ["validation", "off", "--archive", mongo_uri])
        assert off.exception is None
        posts.insert_one({"_id": "no post"})
