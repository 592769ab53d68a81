"""The capabilities of a server of MongoDB's protocol, of those that this project uses or might use.

A capability counts only if the answer is right. This prints the table of docs/mongodb.md:

python -m tests.servers.capabilities mongodb://host         # for that server
python -m tests.servers.capabilities ferretdb secantusdb    # starts them
"""

import re
import sys
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo import IndexModel, InsertOne, MongoClient, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, PyMongoError

from tests.servers.mongodb import ferretdb
from tests.servers.secantusdb import secantusdb

FERRETDB = "FerretDB 1.24.2 (SQLite)"
SECANTUSDB = "SecantusDB 0.7.0b3"
Probe = Callable[[Collection[Any]], bool]
MONTH = {"$dateToString": {"date": "$at", "format": "%Y-%m"}}

DOCUMENTS = [
    {
        "_id": f"s/post/{n}",
        "site": "s",
        "id": n,
        "n": n,
        "at": datetime(2024, n, 1, tzinfo=UTC),
        "tags": [{"id": n % 2, "name": f"tag {n % 2}"}, {"id": 9, "name": "all"}],
        "search": ["word", f"token{n}"],
        "sketch": [n, -(2**62)],
        "author": {"id": 1, "name": "Ada"},
    }
    for n in range(1, 7)
]


def aggregated(*stages: dict[str, Any]) -> Callable[[Collection[Any]], list[Any]]:
    """Return a function that runs a pipeline."""
    return lambda c: list(c.aggregate(list(stages)))


def ids(query: dict[str, Any], *expected: int) -> Probe:
    """Return a probe: does a query find exactly these ids?"""
    return lambda c: {d["id"] for d in c.find(query)} == set(expected)


def makes_index(keys: list[tuple[str, Any]], **options: Any) -> Probe:
    """Return a probe: can an index be made?"""
    return lambda c: options["name"] in c.create_indexes([IndexModel(keys, **options)])


def partial_insert(c: Collection[Any]) -> bool:
    """Insert three documents, of which one is there already: only that one may fail."""
    operations: list[InsertOne[Any]] = [
        InsertOne({"_id": "a", "id": 11}),
        InsertOne({"_id": "s/post/1"}),
        InsertOne({"_id": "b", "id": 12}),
    ]
    try:
        c.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        failed = [(e["index"], e["code"]) for e in error.details["writeErrors"]]
        return failed == [(1, 11000)] and c.count_documents({"_id": {"$in": ["a", "b"]}}) == 2
    return False


def partial_replace(c: Collection[Any]) -> bool:
    """Replace three documents, of which one breaks a unique index: only that one may fail."""
    c.create_indexes([IndexModel([("n", 1)], name="n", unique=True)])
    replacements = {1: 101, 2: 3, 4: 104}  # 3 is taken
    operations = [
        ReplaceOne({"_id": f"s/post/{old}"}, {"n": new}) for old, new in replacements.items()
    ]
    try:
        c.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        failed = [e["index"] for e in error.details["writeErrors"]]
        return failed == [1] and c.count_documents({"n": {"$gt": 100}}) == 2
    return False


def many_updates(c: Collection[Any]) -> bool:
    """Send 50 updates in one command."""
    c.bulk_write(
        [UpdateOne({"_id": f"s/post/{n % 6 + 1}"}, {"$set": {"x": n}}) for n in range(50)],
        ordered=False,
    )
    return c.count_documents({"x": {"$gte": 44}}) == 6


def transaction(c: Collection[Any]) -> bool:
    """Insert a document in a transaction."""
    with c.database.client.start_session() as session, session.start_transaction():
        c.insert_one({"_id": "t"}, session=session)
    return True


def validator(c: Collection[Any]) -> bool:
    """Set a JSON Schema, and see whether it refuses a document."""
    c.database.command("collMod", c.name, validator={"$jsonSchema": {"required": ["site"]}})
    try:
        c.insert_one({"_id": "v"})
    except PyMongoError:
        return True
    return False


def kept(value: Any) -> Probe:
    """Return a probe: does a value come back as it was?"""

    def probe(c: Collection[Any]) -> bool:
        c.insert_one({"_id": "kept", "value": value})
        found = c.find_one({"_id": "kept"})
        return found is not None and found["value"] == value

    return probe


def counted(field: Any) -> Callable[[Collection[Any]], dict[Any, int]]:
    """Return a function that counts documents by an expression."""
    group = aggregated({"$group": {"_id": field, "n": {"$sum": 1}}})
    return lambda c: {row["_id"]: row["n"] for row in group(c)}


REGEX = {"$regex": "^token[12]"}
PROBES: dict[str, tuple[str, Probe]] = {
    "unique index on several fields": (
        "writing",
        makes_index([("site", 1), ("id", 1)], name="identity", unique=True),
    ),
    "index on a list's elements (multikey)": (
        "writing",
        makes_index([("search", 1)], name="search"),
    ),
    "index on a field of a list's documents": (
        "writing",
        makes_index([("tags.name", 1)], name="tag"),
    ),
    "sparse index": ("writing", makes_index([("x.of", 1)], name="sparse", sparse=True)),
    "partial index": (
        "-",
        makes_index([("n", 1)], name="partial", partialFilterExpression={"n": {"$gt": 1}}),
    ),
    "text index": ("-", makes_index([("title", "text")], name="text")),
    "unordered inserts: only the named ones fail": ("writing", partial_insert),
    "unordered replacements: only the named ones fail": ("writing", partial_replace),
    "50 updates in one command": ("writing", many_updates),
    "`updateMany` with `$in`": (
        "writing",
        lambda c: (
            c.update_many(
                {"id": {"$in": list(range(100))}, "site": {"$ne": "x"}}, {"$set": {"y": 1}}
            ).modified_count
            == 6
        ),
    ),
    "dates from year 1 to 9999": (
        "writing",
        kept([datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]),
    ),
    "64-bit integers, bytes": ("writing", kept({"i": [-(2**63), 2**63 - 1], "b": b"\x00\xff"})),
    "names of nested fields with `$` or `.`": ("- (never written)", kept({"$a": 1, "b.c": 2})),
    "lists in lists": ("- (never written)", kept([[1], [2]])),
    "infinity": ("- (never written)", kept(float("inf"))),
    "equality on a list's elements, `$in`, `$all`": (
        "reading",
        ids({"search": {"$all": ["word", "token2"]}, "sketch": {"$in": [2, 5]}}, 2),
    ),
    "`tags.name` equality": ("reading", ids({"tags.name": "tag 1"}, 1, 3, 5)),
    "`$regex` prefix on a list's elements": ("reading", ids({"search": REGEX}, 1, 2)),
    "`$and` of a token and a prefix": (
        "reading",
        ids({"$and": [{"search": "word"}, {"search": REGEX}]}, 1, 2),
    ),
    "a regular expression inside `$all`": (
        "-",
        lambda c: len(list(c.find({"search": {"$all": ["word", re.compile("^token1")]}}))) == 1,
    ),
    "`$elemMatch` in a query": (
        "-",
        ids({"tags": {"$elemMatch": {"id": 1, "name": "tag 1"}}}, 1, 3, 5),
    ),
    "`$expr`": ("-", ids({"$expr": {"$gt": ["$n", 5]}}, 6)),
    "sort, limit, projection": (
        "reading",
        lambda c: [d["n"] for d in c.find({}, {"n": 1}).sort([("at", -1)]).limit(2)] == [6, 5],
    ),
    "collation": (
        "-",
        lambda c: len(list(c.find({"site": "S"}).collation({"locale": "en", "strength": 2}))) == 6,
    ),
    "`distinct`": (
        "reading",
        lambda c: sorted(c.distinct("tags.name")) == ["all", "tag 0", "tag 1"],
    ),
    "`$match`, `$group` with `$sum`": ("reading", lambda c: counted("$site")(c) == {"s": 6}),
    "`$unwind`": (
        "reading",
        lambda c: (
            aggregated(
                {"$unwind": "$tags"},
                {"$group": {"_id": "$tags.name", "n": {"$sum": 1}}},
                {"$sort": {"n": -1}},
                {"$limit": 1},
            )(c)
            == [{"_id": "all", "n": 6}]
        ),
    ),
    "`$count`": ("reading", lambda c: aggregated({"$count": "n"})(c) == [{"n": 6}]),
    "`$project` of a nested field": (
        "-",
        lambda c: (
            aggregated({"$project": {"_id": 0, "a": "$author.name"}}, {"$limit": 1})(c)
            == [{"a": "Ada"}]
        ),
    ),
    "`$group` with `$max`, `$min`": (
        "reading, where it can",
        lambda c: (
            aggregated({"$group": {"_id": None, "m": {"$max": "$n"}}})(c) == [{"_id": None, "m": 6}]
        ),
    ),
    "`$dateToString`": ("reading, where it can", lambda c: counted(MONTH)(c)["2024-01"] == 1),
    "`$dateTrunc`": (
        "-",
        lambda c: len(counted({"$dateTrunc": {"date": "$at", "unit": "quarter"}})(c)) == 2,
    ),
    "`$facet`": (
        "-",
        lambda c: aggregated({"$facet": {"a": [{"$count": "n"}]}})(c) == [{"a": [{"n": 6}]}],
    ),
    "`$lookup`": (
        "-",
        lambda c: (
            len(
                aggregated(
                    {
                        "$lookup": {
                            "from": c.name,
                            "localField": "id",
                            "foreignField": "n",
                            "as": "x",
                        }
                    }
                )(c)
            )
            == 6
        ),
    ),
    "`$sample`": ("-", lambda c: len(aggregated({"$sample": {"size": 2}})(c)) == 2),
    "`$text`": ("-", lambda c: list(c.find({"$text": {"$search": "word"}})) is not None),
    "updates by pipeline": (
        "-",
        lambda c: (
            c.update_one({"n": 1}, [{"$set": {"m": {"$add": ["$n", 1]}}}]).modified_count == 1
        ),
    ),
    "transactions": ("-", transaction),
    "JSON Schema validator": ("-", validator),
}


def asked(uri: str) -> dict[str, bool]:
    """Return the capabilities of a server, by name.

    Each probe has a fresh collection, in a database that is dropped afterwards.
    """
    found: dict[str, bool] = {}
    client: MongoClient[Any]
    with MongoClient(uri, tz_aware=True, serverSelectionTimeoutMS=5000) as client:
        database: Database[Any] = client[f"wparchive_probe_{uuid.uuid4().hex[:8]}"]
        for number, (name, (_, probe)) in enumerate(PROBES.items()):
            collection = database[f"c{number}"]
            collection.insert_many(DOCUMENTS)
            try:
                found[name] = probe(collection)
            except (PyMongoError, KeyError):
                found[name] = False
        client.drop_database(database.name)
    return found


def rows(found: Mapping[str, Mapping[str, bool]]) -> list[list[str]]:
    """Return the cells of the table of docs/mongodb.md, of the servers that are named."""
    head = ["capability", "used for", *found]
    answers = [
        [name, PROBES[name][0], *(("**no**", "yes")[can[name]] for can in found.values())]
        for name in PROBES
    ]
    return [head, ["---"] * len(head), *answers]


def table(found: Mapping[str, Mapping[str, bool]]) -> str:
    """Return the markdown table of docs/mongodb.md."""
    lines = [f"| {' | '.join(cells)} |" for cells in rows(found)]
    lines[1] = lines[1].replace(" ", "")
    return "\n".join(lines)


def main(names: list[str]) -> None:
    """Print the table of the servers that are named."""
    found: dict[str, dict[str, bool]] = {}
    for name in names:
        if name == "ferretdb":
            with ferretdb() as server:
                found[FERRETDB] = asked(server.uri)
        elif name == "secantusdb":
            with secantusdb() as address:
                found[SECANTUSDB] = asked(address)
        else:
            found[name.rpartition("@")[2]] = asked(name)
    print(table(found))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
