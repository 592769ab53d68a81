"""The same tests on every backend.

SQLite is always tested, written by this process and by one of its own; then each server of
MongoDB's protocol that MONGODB_TEST_URI names. Each test makes a database of its own and drops it.

MONGODB_TEST_URI=ferretdb                       start one (needs Go), or
MONGODB_TEST_URI=secantusdb                     start one (pip install -e '.[servers]'), or
MONGODB_TEST_URI=secantusd                      compile and start one (needs Rust), or
MONGODB_TEST_URI=mongodb://one,mongodb://two    use what is there
REQUIRE_MONGODB=1                               fail instead of skipping when none is named
"""

import asyncio
import inspect
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.contract.look import Look
from tests.servers.mongodb import FerretDB, ferretdb
from tests.servers.secantusdb import NAMES, secantusdb
from wparchive.backends.opening import open_store
from wparchive.backends.store import Store

APART = "sqlite-apart"
SERVERS = [uri for uri in os.environ.get("MONGODB_TEST_URI", "").split(",") if uri]
HOW = "no server of MongoDB's protocol: run with MONGODB_TEST_URI=ferretdb (needs Go 1.24) or MONGODB_TEST_URI=mongodb://host"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests, with their `store` open."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(_run(pyfuncitem.obj, arguments))
    return True


async def _run(test: Callable[..., Awaitable[None]], arguments: dict[str, Any]) -> None:
    store = arguments.get("store")
    try:
        if store is not None:
            await store.open()
        await test(**arguments)
    finally:
        if store is not None:
            await store.close()


@pytest.fixture(scope="session")
def started_ferretdb() -> Iterator[str]:
    """One FerretDB for the session."""
    with ferretdb() as server:
        yield server.uri


@pytest.fixture(scope="session")
def started_secantusdb() -> Iterator[str]:
    """One SecantusDB for the session."""
    with secantusdb() as address:
        yield address


@pytest.fixture(scope="session")
def started_secantusd() -> Iterator[str]:
    """One SecantusDB in Rust for the session."""
    with secantusdb("secantusd") as address:
        yield address


def on_servers(*others: str) -> list[Any]:
    """Parameters of a fixture: `others`, and each server."""
    return [
        *others,
        *(pytest.param(server, marks=pytest.mark.mongodb) for server in SERVERS or ["none"]),
    ]


def need(named: bool) -> None:
    """Skip, or fail where MongoDB is required."""
    if not named:
        (pytest.fail if os.environ.get("REQUIRE_MONGODB") else pytest.skip)(HOW)


@contextmanager
def new_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of its own on the server that is the fixture's parameter."""
    need(request.param != "none")
    server = request.param
    if server in ("ferretdb", *NAMES):
        server = request.getfixturevalue(f"started_{server}")
    database = f"wparchive_test_{uuid.uuid4().hex[:12]}"
    base, _, options = server.partition("?")
    yield f"{base.rstrip('/')}/{database}" + (f"?{options}" if options else "")
    with MongoClient(server) as client:
        client.drop_database(database)


@pytest.fixture(params=on_servers("sqlite", APART))
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an archive that does not exist yet."""
    if request.param in ("sqlite", APART):
        yield f"sqlite:///{tmp_path}/archive.db"
    else:
        with new_database(request) as address:
            yield address


@pytest.fixture(params=on_servers())
def mongo_uri(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same, on MongoDB's protocol only."""
    with new_database(request) as address:
        yield address


@pytest.fixture
def own_ferretdb(tmp_path: Path) -> Iterator[FerretDB]:
    """A server that a test may kill."""
    need("ferretdb" in SERVERS)
    server = FerretDB(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(uri: str, request: pytest.FixtureRequest) -> Store:
    """A store on `uri`; open while the test runs."""
    return open_store(uri, lambda: request.node.callspec.params["uri"] == APART)


@pytest.fixture
def look(uri: str) -> Look:
    """What is really in the database."""
    return Look(uri)
