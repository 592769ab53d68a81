"""Reads what a store has written straight from the database, without the reading library."""

import sqlite3
from contextlib import closing
from typing import Any

from pymongo import MongoClient

from wparchive.backends.mongo.client import client_options
from wparchive.backends.opening import parse_uri
from wparchive.backends.sqlite.rows import TABLE_COLUMNS, from_row, to_row


class Look:
    """Whole documents by key, the same for both backends."""

    def __init__(self, uri: str) -> None:
        self.address = parse_uri(uri)
        self.is_mongo = self.address.scheme.startswith("mongodb")

    def all(self, collection: str) -> dict[str, dict[str, Any]]:
        """Documents of a collection (table), without MongoDB's search tokens."""
        if self.is_mongo:
            with self.client() as client:
                return {
                    d["_id"]: d
                    for d in client[self.address.place][collection].find({}, {"search": 0})
                }
        with closing(self.connection()) as connection:
            rows = [
                from_row(collection, row)
                for row in connection.execute(f"SELECT * FROM {collection}")
            ]
        return {row["_id"]: row for row in rows}

    def put(self, collection: str, document: dict[str, Any]) -> None:
        """Write behind the store's back."""
        if self.is_mongo:
            with self.client() as client:
                client[self.address.place][collection].insert_one(document)
            return
        marks = ", ".join("?" * len(TABLE_COLUMNS[collection]))
        with closing(self.connection()) as connection, connection:
            connection.execute(
                f"INSERT INTO {collection} VALUES ({marks})", to_row(collection, document)
            )

    def client(self) -> MongoClient[dict[str, Any]]:
        """To be closed."""
        assert self.is_mongo
        return MongoClient(self.address.uri, **client_options(self.address.uri))

    def connection(self) -> sqlite3.Connection:
        """To be closed."""
        assert not self.is_mongo
        connection = sqlite3.connect(self.address.place)
        connection.row_factory = sqlite3.Row
        return connection
