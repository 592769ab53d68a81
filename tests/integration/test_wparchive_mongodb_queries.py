"""The queries of docs/mongodb-queries.md: PyMongo's run on a server, mongosh's ask the same."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.archives import filled, mongodb_server, new_database

__all__ = ["mongodb_server", "new_database"]
TEXT = (Path(__file__).parents[2] / "docs" / "mongodb-queries.md").read_text()
PAIRS = re.findall(r"^```js\n(.*?)^```\n\n```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
NOT_ON_FERRETDB = {"$dateToString", "$elemMatch"}
"""As docs/mongodb.md has it, and a test of that page finds."""

RECORDER = """
const ISODate = (text) => ({ $date: new Date(text).toISOString() });
const asked = (path) => new Proxy(() => {}, {
  get: (_, name) => asked([...path, name]),
  apply: (_, __, given) => {
    const whole = [...path, given];
    globalThis.last = whole;
    return asked(whole);
  },
});
const db = asked([]);
"""


class Asked:
    """Stands for a database and notes what it is asked: names and arguments in order."""

    def __init__(self, path: list[object], last: list[object]) -> None:
        self._path, self._last = path, last

    def __getattr__(self, name: str) -> "Asked":
        return Asked(
            [*self._path, re.sub(r"_([a-z])", lambda match: match[1].upper(), name)], self._last
        )

    def __call__(self, *given: object) -> "Asked":
        path = [*self._path, list(given)]
        self._last[:] = path
        return Asked(path, self._last)

    def __iter__(self) -> Iterator[object]:
        return iter(())


def as_json(value: object) -> object:
    assert isinstance(value, datetime), value
    return {
        "$date": value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    }


def test_every_query_is_there_in_both_languages():
    assert len(PAIRS) >= 15
    assert TEXT.count("```js") == len(PAIRS) == TEXT.count("```python") - 1


@pytest.mark.skipif(
    shutil.which("node") is None, reason="needs Node.js, to read mongosh's language"
)
def test_both_ways_ask_the_same():
    lines = [f"{js}\nconsole.log(JSON.stringify(last));" for js, _ in PAIRS]
    done = subprocess.run(
        ["node", "-e", RECORDER + "\n".join(lines)], capture_output=True, text=True, check=True
    )
    for (js, python), told in zip(PAIRS, done.stdout.splitlines(), strict=True):
        last: list[object] = []
        exec(python, {"db": Asked([], last), "datetime": datetime, "UTC": UTC})
        assert json.loads(json.dumps(last, default=as_json)) == json.loads(told), js


@pytest.fixture(scope="module")
def database(mongodb_server):
    name = "wparchive_test_queries"
    with MongoClient(mongodb_server, tz_aware=True) as client:
        client.drop_database(name)
        filled(f"{mongodb_server.rstrip('/')}/{name}")
        yield client[name]
        client.drop_database(name)


@pytest.mark.mongodb
@pytest.mark.parametrize("python", [python for _, python in PAIRS])
def test_the_queries_find_something(database, python):
    ferretdb = "ferretdbVersion" in database.client.server_info()
    if ferretdb and any(name in python for name in NOT_ON_FERRETDB):
        pytest.skip(f"FerretDB 1 has none of {', '.join(sorted(NOT_ON_FERRETDB))}")
    names: dict[str, object] = {"db": database, "datetime": datetime, "UTC": UTC}
    exec(python, names)
    assert names["result"]
