"""No question of the reading side goes through a whole collection, and none sorts in memory."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pymongo
import pytest
from pymongo import IndexModel, MongoClient
from pymongo.monitoring import CommandListener

from tests.archives import run
from tests.archives import site as site_record
from tests.contract.mongo_plans import branches, unserved
from tests.contract.questions import (
    AT,
    SITES,
    ask_as_a_crawl_does,
    counts,
    fill,
    lists,
    lists_of_several_values,
    some_posts,
)
from wparchive import open_archive
from wparchive.backends.mongo.mongo_setup import COLLECTION_INDEXES
from wparchive.backends.opening import open_store
from wparchive.backends.sqlite.connect import ReadPool
from wparchive.backends.store import Store
from wparchive.model.documents import KINDS
from wparchive.model.run_records import Run
from wparchive.model.site_records import Site

SMALL = ("sites", "leases", "marks", "site_memory", "$cmd")
"""Collections with one document a site, or one in all."""


async def test_no_table_is_read_whole_or_sorted(tmp_path, monkeypatch):
    address = f"sqlite:///{tmp_path}/archive.db"
    store = open_store(address)
    await store.open()
    await fill(store)
    await store.close()
    asked: list[str] = []
    found: dict[str, str] = {}
    with (
        open_archive(address) as archive,
        sqlite3.connect(tmp_path / "archive.db") as connection,
    ):
        lend = ReadPool.connection

        @contextmanager
        def traced(pool: ReadPool) -> Iterator[sqlite3.Connection]:
            with lend(pool) as lent:
                lent.set_trace_callback(asked.append)
                yield lent

        monkeypatch.setattr(ReadPool, "connection", traced)
        ordered = lists(archive)
        for name, question in {
            **ordered,
            **lists_of_several_values(archive),
            **counts(archive),
        }.items():
            asked.clear()
            question()
            assert asked, f"{name} was not seen"
            for sql in asked:
                for line in _plan(connection, sql):
                    if _is_bad(line, name in ordered):
                        found[name] = f"{line}: {sql}"
    connection.close()
    assert not found, "\n".join(f"{name}: {what}" for name, what in found.items())


def _plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a statement; FTS5's own are not ours."""
    if not sql.startswith("SELECT") or re.search(r"'main'\.|sqlite_master|temp\.", sql):
        return []
    if any(f" {name}" in sql for name in SMALL):
        return []
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def _is_bad(line: str, is_ordered: bool) -> bool:
    """Tell whether a step reads a whole table, or sorts what should come in its order."""
    if line.startswith("SCAN"):
        return "INDEX" not in line and "CONSTANT ROW" not in line
    return is_ordered and "TEMP B-TREE" in line


async def test_the_list_of_sites_reads_few_reports(uri, monkeypatch):
    """Reports are long, and a site has one for each night."""
    store = open_store(uri)
    await store.open()
    for site in SITES:
        for day in range(30):
            await store.save_run(cast(Run, run(site, AT + timedelta(days=day))))
        await store.save_site(cast(Site, site_record(site)))
    await store.close()
    read: list[str] = []
    with open_archive(uri) as archive:
        reader_runs = archive.reader.runs

        def counted(*arguments: Any) -> Iterator[Run]:
            for found in reader_runs(*arguments):
                read.append(found["site"])
                yield found

        monkeypatch.setattr(archive.reader, "runs", counted)
        summaries = archive.sites()
    assert sorted(read) == sorted(SITES)
    assert [one.last_run["started_at"] for one in summaries] == [AT + timedelta(days=29)] * 3


class Commands(CommandListener):
    """Keeps what a client asks."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: Any) -> None:
        name = event.command_name
        if name in ("find", "aggregate", "count"):
            self.seen.append((event.command[name], dict(event.command)))

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


class SubscriptedClient:
    """Makes clients, also where what they hold is named in brackets."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getitem__(self, _: Any) -> Any:
        return self._client

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._client(*arguments, **options)


def keys_of(index: IndexModel) -> tuple[tuple[str, int], ...]:
    return tuple(index.document["key"].items())


async def asked_of(uri: str, store: Store, monkeypatch: Any) -> dict[str, list[Any]]:
    """Return the commands of each question, by its name."""
    await store.open()
    await fill(store)
    await store.close()
    listener = Commands()
    monkeypatch.setattr(
        "wparchive.backends.mongo.mongo_reader.MongoClient",
        lambda uri, **options: MongoClient(uri, event_listeners=[listener], **options),
    )
    asked: dict[str, list[Any]] = {}
    with open_archive(uri) as archive:
        everything = {
            **lists(archive),
            **lists_of_several_values(archive),
            **counts(archive),
        }
        for name, question in everything.items():
            listener.seen.clear()
            question()
            asked[name] = [one for one in listener.seen if one[0] not in SMALL]
    return asked


async def test_an_index_is_declared_for_every_question(mongo_uri, monkeypatch):
    asked = await asked_of(mongo_uri, open_store(mongo_uri), monkeypatch)
    missing = {
        name: (collection, conditions)
        for name, commands in asked.items()
        for collection, command in commands
        if (
            conditions := unserved(
                command, [keys_of(index) for index in COLLECTION_INDEXES.get(collection, ())]
            )
        )
    }
    assert not missing


async def asked_by_a_crawl(uri: str, monkeypatch: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the commands of a crawl, with their collections."""
    listener = Commands()
    modules = {"mongo_store": "AsyncMongoClient", "mongo_stock": "MongoClient"}
    for module, name in modules.items():
        where = f"wparchive.backends.mongo.{module}.{name}"
        client = partial(getattr(pymongo, name), event_listeners=[listener])
        # Some modules name what the client holds: MongoClient[StoredDocument](...).
        monkeypatch.setattr(where, SubscriptedClient(client))
    store = open_store(uri)
    await store.open()
    await fill(store)
    listener.seen.clear()
    await ask_as_a_crawl_does(store)
    await store.close()
    return [one for one in listener.seen if one[0] not in SMALL]


async def test_an_index_is_declared_for_every_question_of_a_crawl(mongo_uri, monkeypatch):
    asked = await asked_by_a_crawl(mongo_uri, monkeypatch)
    assert {"posts", "terms", "revisions", "removed", "media"} <= {one for one, _ in asked}
    for collection, command in asked:
        indexes = [keys_of(index) for index in COLLECTION_INDEXES.get(collection, ())]
        assert not unserved(command, indexes), (collection, command)
        # What names a term, an author or an image is found by its id: a site may be large.
        for branch in branches(command.get("filter") or {}):
            named = [field for field in branch if field.endswith(".id")]
            for field in named:
                assert (("site", 1), (field, 1)) in indexes, (collection, command)


async def test_the_digest_of_a_site_reads_no_document(mongo_uri, monkeypatch):
    asked = await asked_by_a_crawl(mongo_uri, monkeypatch)
    passes = [(name, one) for name, one in asked if one.get("sort") == {"type": 1, "id": 1}]
    assert len(passes) == 2 * len(KINDS) + 1
    for collection, command in passes:
        shown = {field for field, value in command["projection"].items() if value}
        if command["projection"].get("_id", 1):
            shown.add("_id")
        assert any(
            shown | set(command["filter"]) <= {key for key, _ in keys_of(index)}
            for index in COLLECTION_INDEXES[collection]
        ), (collection, command)


async def test_a_person_sees_first_what_a_document_is(mongo_uri):
    store = open_store(mongo_uri)
    await store.open()
    await store.save("posts", some_posts(3), AT)
    await store.close()
    with MongoClient(mongo_uri) as client:
        fields = list(client.get_default_database()["posts"].find_one({}))
    assert fields[:6] == ["_id", "title", "state", "published_at", "author", "tags"]
    assert {"text", "html", "blocks", "raw", "search"} <= set(fields[-10:])


async def test_the_server_explains_that_it_uses_the_indexes(mongo_uri, monkeypatch):
    with MongoClient(mongo_uri) as client:
        database = client.get_default_database()
        _need_a_planner(database)
        asked = await asked_of(mongo_uri, open_store(mongo_uri), monkeypatch)
        found: dict[str, Any] = {}
        for name, commands in asked.items():
            for collection, command in commands:
                stages = set(_stages(_explained(database, command)))
                assert stages, f"{name}: no plan"
                if stages & {"COLLSCAN", "SORT"}:
                    found[name] = (collection, stages, command)
    assert not found, "\n".join(f"{name}: {what}" for name, what in found.items())


def _explained(database: Any, command: Mapping[str, Any]) -> Any:
    """Return the plan of a command, as the server would carry it out."""
    for name in ("lsid", "$db", "$readPreference", "$clusterTime", "maxTimeMS", "txnNumber"):
        command.pop(name, None)  # type: ignore[attr-defined]
    return _winning(database.command("explain", command, verbosity="queryPlanner"))


def _winning(answer: Any) -> Any:
    """Return the winning plans in an answer, without those that were rejected."""
    if isinstance(answer, Mapping):
        return {name: _winning(value) for name, value in answer.items() if name != "rejectedPlans"}
    if isinstance(answer, list):
        return [_winning(value) for value in answer]
    return answer


def _stages(plan: Any) -> list[str]:
    """Return the names of all stages in a plan."""
    if isinstance(plan, Mapping):
        own = [plan["stage"]] if isinstance(plan.get("stage"), str) else []
        return own + [stage for value in plan.values() for stage in _stages(value)]
    if isinstance(plan, list):
        return [stage for value in plan for stage in _stages(value)]
    return []


def _need_a_planner(database: Any) -> None:
    """Skip where the server explains nothing, or cannot take a sort from an index."""
    collection = database["planner"]
    collection.insert_many([{"a": n % 2, "b": n} for n in range(20)])
    collection.create_index([("a", 1), ("b", 1)])
    command = {"find": "planner", "filter": {"a": 1}, "sort": {"b": -1}}
    stages = _stages(_explained(database, dict(command)))
    collection.drop()
    if "IXSCAN" not in stages or "SORT" in stages:
        pytest.skip(f"this server takes no sort from an index after an equality: {stages}")
