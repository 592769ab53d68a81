"""The differences between servers of MongoDB's protocol that cost time or break something."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

_KEYS_IN_A_QUERY = 1000


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """The ways of one server. The defaults are those of MongoDB."""

    operations: int = 1000
    """Operations of one command. PyMongo cuts them where they are too large for one message."""
    is_ferretdb: bool = False
    finds_by_key_alone: bool = False
    """Only a query of one key, `{"_id": key}`, is answered by an index. Every other query reads the
    whole collection, `{"_id": {"$in": [key]}}` and `{"_id": key, "site": ...}` included."""

    def key_queries(self, keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the queries that together mean the documents with these keys, each once."""
        remaining = iter(dict.fromkeys(keys))
        while some := list(islice(remaining, _KEYS_IN_A_QUERY)):
            if self.finds_by_key_alone:
                yield from ({"_id": key} for key in some)
            else:
                yield {"_id": {"$in": some}}

    def identity_of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a query that means one document.

        It names `_id` and whatever a shard key may be of: a server that spreads a collection over
        shards wants these fields in every upsert, and asks one shard instead of all.
        """
        if self.finds_by_key_alone:
            return {"_id": document["_id"]}
        names = ("_id", "site", "type", "id")
        return {name: document[name] for name in names if name in document}

    def key_identity(self, key: str) -> dict[str, Any]:
        """Return the query of `identity_of` for a document of any kind, by its key."""
        site, type_, id_ = key.rsplit("/", 2)
        return self.identity_of({"_id": key, "site": site, "type": type_, "id": int(id_)})


def traits_of(build_info: Mapping[str, Any]) -> ServerTraits:
    """Return the traits of a server by its answer to `buildInfo`."""
    # FerretDB 1 names itself so; one that was built from source calls its version "unknown".
    if "ferretdbVersion" not in build_info:
        return ServerTraits()
    # It holds one of its 100 connections for each update of a command until all are done, and hangs
    # at the 100th.
    return ServerTraits(operations=50, is_ferretdb=True, finds_by_key_alone=True)
