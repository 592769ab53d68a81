"""Answer the search for duplicates from SQLite: look-ups by index, marks, removal."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import msgspec

from wparchive.backends.sqlite import postings, removal
from wparchive.backends.sqlite.connect import (
    WRITE_MODE,
    ReadConnection,
    file_state,
    open_connection,
    read_modes,
)
from wparchive.backends.sqlite.rows import pack, to_json, unpack
from wparchive.backends.sqlite.sqlite_errors import sqlite_errors, transaction
from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.index import MOST_EQUAL
from wparchive.duplicates.pairing import most_shared
from wparchive.duplicates.summary import (
    COMPARED_FIELDS,
    SUMMARY_FIELDS,
    PostContent,
    PostSummary,
    post_content,
    post_summary,
    read_sound,
)
from wparchive.errors import missing
from wparchive.model.document_parts import Duplicate

_SUMMARY = ", ".join(("key", *SUMMARY_FIELDS, "duplicate"))
_CONTENT = ", ".join(("key", *COMPARED_FIELDS))
_AMONG = "IN (SELECT value FROM json_each(?))"
_PAGE = 1000
_Read = TypeVar("_Read")
# `+state` everywhere: an index on the state selects nearly every post, and SQLite's planner would
# prefer it to the index that matters.


class SQLiteDuplicates:
    """Implements `wparchive.duplicates.index.DuplicateIndex` on one file.

    It uses the connection of the file's writer, or else one of its own.
    """

    def __init__(
        self,
        path: Path,
        address: str,
        connection: sqlite3.Connection | None = None,
        busy_timeout_s: float = 30.0,
        read_only: bool = False,
    ) -> None:
        self.address = address
        self.damaged: dict[str, str] = {}
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._read_only = read_only
        self._lock = Lock()
        with sqlite_errors(self._path):
            self._connection = connection or self._connected()
            there = self._connection.execute("PRAGMA table_info(posts)").fetchall()
        self._summary = f"{_SUMMARY}, '[]' AS translations"
        if any(column[1] == "translations" for column in there):  # not so in early versions
            self._summary = f"{_SUMMARY}, translations"

    def close(self) -> None:
        self._connection.close()

    def summaries(self) -> Iterator[PostSummary]:
        return self._paged("true")

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        rows = self._rows(
            f"SELECT {self._summary} FROM posts WHERE key {_AMONG} AND +state = 'live'",
            to_json(list(keys)),
        )
        return {post.key: post for post in self._read(rows, _summary)}

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        rows = self._rows(
            f"SELECT key, text FROM posts WHERE key {_AMONG} AND +state = 'live'",
            to_json(list(keys)),
        )
        return {row["key"]: row["text"] for row in rows}

    def contents(self, keys: Collection[str]) -> dict[str, PostContent]:
        rows = self._rows(
            f"SELECT {_CONTENT} FROM posts WHERE key {_AMONG} AND +state = 'live'",
            to_json(list(keys)),
        )
        return dict(self._read(rows, _content))

    def equal(self, fingerprints: Collection[str]) -> dict[str, list[str]]:
        # A look-up for each text, with a limit of its own: a text that thousands of posts share
        # costs no more than a rare one.
        few = (
            "SELECT key FROM posts WHERE content_fingerprint = wanted.value AND +state = 'live' "
            f"ORDER BY key LIMIT {MOST_EQUAL}"
        )
        sql = (
            "SELECT wanted.value AS part, posts.key "
            f"FROM json_each(?) AS wanted JOIN posts ON posts.key IN ({few})"
        )
        return _grouped(self._rows(sql, to_json(sorted(fingerprints))), "key")

    def sharing(self, sketches: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        rows = self._rows(f"SELECT key, pk FROM posts WHERE key {_AMONG}", to_json(list(sketches)))
        own = {row["key"]: row["pk"] for row in rows}
        parts = {part for sketch in sketches.values() for part in sketch}
        with self._using() as connection:
            holders = postings.holders(connection, parts)
        # Sketches are named by key and holders by number. `own` tells which are the same post.
        found = most_shared(sketches, holders, lambda key, pk: own.get(key) == pk)
        keys = self._comparable({pk for pks in found.values() for pk in pks})
        return {key: [keys[pk] for pk in pks if pk in keys] for key, pks in found.items()}

    def _comparable(self, pks: Collection[int]) -> dict[int, str]:
        """Return the keys of live posts with sketches of this version, by `pk`."""
        sql = (
            f"SELECT pk, key FROM posts WHERE pk {_AMONG} "
            "AND +state = 'live' AND +sketch_version = ?"
        )
        rows = self._rows(sql, to_json(sorted(pks)), SKETCH_VERSION)
        return {row["pk"]: row["key"] for row in rows}

    def outdated(self) -> Iterator[str]:
        last = ""
        sql = (
            "SELECT key FROM posts WHERE key > ? AND +state = 'live' AND sketch_version <> ? "
            f"ORDER BY key LIMIT {_PAGE}"
        )
        while rows := self._rows(sql, last, SKETCH_VERSION):
            yield from (row["key"] for row in rows)
            last = rows[-1]["key"]

    def renew(self, sketches: Mapping[str, list[int]]) -> None:
        sql = f"SELECT pk, key, sketch FROM posts WHERE key {_AMONG} AND sketch_version <> ?"
        with self._using() as connection, transaction(connection):
            rows = connection.execute(sql, (to_json(list(sketches)), SKETCH_VERSION)).fetchall()
            postings.forget(connection, self._read(rows, _old_sketch))
            postings.add(connection, [(row["pk"], sketches[row["key"]]) for row in rows])
            connection.executemany(
                "UPDATE posts SET sketch = ?, sketch_version = ? WHERE pk = ?",
                [(pack(sketches[row["key"]]), SKETCH_VERSION, row["pk"]) for row in rows],
            )
            postings.merge(connection)

    def linked(self, links: Collection[str]) -> dict[str, list[str]]:
        sql = (
            f"SELECT link AS part, key FROM posts WHERE link {_AMONG} "
            "AND +state = 'live' ORDER BY key"
        )
        return _grouped(self._rows(sql, to_json(sorted(links))), "key")

    def marked(self, of: str | None = None) -> Iterator[PostSummary]:
        if of is None:
            return self._paged("duplicate_of IS NOT NULL")
        return self._paged("duplicate_of = ?", of)

    def mark(self, marks: Mapping[str, Duplicate | None]) -> int:
        sql = (
            "UPDATE posts SET duplicate = ?1, duplicate_of = ?2, duplicate_kind = ?3 "
            # `<>` would pass over posts without a mark: nothing is unequal to NULL.
            "WHERE key = ?4 AND duplicate IS NOT ?1"
        )
        rows = [(*_mark_columns(mark), key) for key, mark in marks.items()]
        with self._using() as connection, transaction(connection):
            return connection.executemany(sql, rows).rowcount

    def move_out(self, keys: Collection[str], at: datetime) -> int:
        with self._using() as connection, transaction(connection):
            return removal.move_out(connection, keys, at)

    def removed(self) -> Iterator[tuple[str, datetime]]:
        with self._using() as connection:
            there = removal.has_removed(connection)
        if not there:
            return
        for row in self._rows("SELECT key, removed_at FROM removed ORDER BY key"):
            yield row["key"], datetime.fromisoformat(row["removed_at"])

    def move_back(self, keys: Collection[str]) -> int:
        with self._using() as connection, transaction(connection):
            return len(removal.move_back(connection, keys))

    def _connected(self) -> ReadConnection:
        """Open the file for writing; where that is not allowed, for looking at what is marked."""
        if not self._path.is_file():
            raise missing(self.address, "there is nothing there")
        *first, last = self._modes()
        for mode in first:
            try:
                return self._connected_as(mode)
            except sqlite3.OperationalError as error:
                # The lowest byte is the error. The others only say more about it.
                if error.sqlite_errorcode & 0xFF not in (
                    sqlite3.SQLITE_READONLY,
                    sqlite3.SQLITE_CANTOPEN,
                ):
                    raise
        return self._connected_as(last)

    def _modes(self) -> list[str]:
        if self._read_only:
            return read_modes(self._path)
        return [WRITE_MODE, *read_modes(self._path)]

    def _connected_as(self, mode: str) -> ReadConnection:
        # `_lock` keeps threads apart.
        connection = open_connection(self._path, mode, self.address, self._busy_timeout_s)
        if not self._read_only:
            # Searches for duplicates look up much at random. Who reads looks at single groups,
            # for as long as a web server runs.
            connection.execute("PRAGMA cache_size = -65536")
        return connection

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock, sqlite_errors(self._path):
            if self._read_only:
                self._renew_connection()
            yield self._connection

    def _renew_connection(self) -> None:
        """Open the file anew when another one was put in its place."""
        old = self._connection
        if isinstance(old, ReadConnection) and old.state != file_state(self._path, old.mode):
            old.close()
            self._connection = self._connected()

    def _paged(self, condition: str, *values: str) -> Iterator[PostSummary]:
        last = ""
        sql = (
            f"SELECT {self._summary} FROM posts WHERE {condition} AND key > ? AND +state = 'live' "
            f"ORDER BY key LIMIT {_PAGE}"
        )
        while rows := self._rows(sql, *values, last):
            yield from self._read(rows, _summary)
            last = rows[-1]["key"]

    def _read(
        self, rows: Iterable[sqlite3.Row], read: Callable[[sqlite3.Row], _Read]
    ) -> Iterator[_Read]:
        """Yield what is read from the rows, without the damaged ones."""
        keyed = ((row["key"], row) for row in rows)
        return read_sound(keyed, read, self.damaged)

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._using() as connection:
            return connection.execute(sql, values).fetchall()


def _summary(row: sqlite3.Row) -> PostSummary:
    fields = {name: row[name] for name in SUMMARY_FIELDS}
    if row["published_at"]:
        fields["published_at"] = datetime.fromisoformat(row["published_at"])
    fields["sketch"] = unpack(row["sketch"])
    fields["translations"] = msgspec.json.decode(row["translations"] or "[]")
    duplicate: Duplicate | None = None
    if row["duplicate"]:
        duplicate = msgspec.json.decode(row["duplicate"], type=Duplicate)
    return post_summary(row["key"], fields, duplicate)


def _old_sketch(row: sqlite3.Row) -> tuple[int, list[int]]:
    return row["pk"], unpack(row["sketch"])


def _content(row: sqlite3.Row) -> tuple[str, PostContent]:
    fields = {name: row[name] for name in COMPARED_FIELDS}
    for name in ("images", "embeds", "featured_media"):
        fields[name] = msgspec.json.decode(row[name] or "null")
    return row["key"], post_content(fields)


def _mark_columns(mark: Duplicate | None) -> tuple[str | None, str | None, str | None]:
    if mark is None:
        return None, None, None
    return to_json(mark), mark["of"], mark["kind"]


def _grouped(rows: Sequence[sqlite3.Row], column: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(row["part"], []).append(row[column])
    return found
