"""Read and write the past of objects in SQLite: events, earlier states, arrivals."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from wparchive.backends.cursor import LatestPosition
from wparchive.backends.questions import EventFilter
from wparchive.backends.sqlite.condition import all_of, among
from wparchive.backends.sqlite.connect import ReadPool
from wparchive.backends.sqlite.rows import (
    TABLE_COLUMNS,
    from_row,
    iso_millis,
    iso_seconds,
    read_row,
)
from wparchive.backends.sqlite.schema import columns_of, has_table
from wparchive.backends.sqlite.sqlite_selection import (
    after_latest,
    event_condition,
    time_conditions,
)
from wparchive.model.documents import KINDS, Kind, StoredDocument
from wparchive.model.event_records import arrival, event_fields, events_before_version_2
from wparchive.model.history_records import EventRecord, Revision


class SQLiteEvents:
    """The events in a file. `Reader` says what each method promises."""

    def __init__(self, pool: ReadPool) -> None:
        self._pool = pool
        with pool.connection() as connection:
            self._is_of_version_1 = not has_table(connection, "events")

    def history_since(self) -> datetime | None:
        """Return since when every change is kept."""
        for row in self._pool.rows("SELECT value FROM marks WHERE name = 'history_since'"):
            return datetime.fromisoformat(row["value"])
        return None

    def revisions(self, key: str) -> list[Revision]:
        """Return the earlier states of a document."""
        rows = self._pool.rows("SELECT * FROM revisions WHERE key = ? ORDER BY until_at", key)
        return [cast(Revision, read_row("revisions", row)) for row in rows]

    def chosen(self, filter_: EventFilter, after: LatestPosition | None) -> Iterator[EventRecord]:
        """Yield the events that a filter means, newest first."""
        if self._is_of_version_1:
            return filter_.chosen(self._first_events(), after)
        chosen = all_of([event_condition(filter_), after_latest("at", "event_key", after)])
        rows = self._pool.stream(
            f"SELECT * FROM events WHERE {chosen.sql} ORDER BY at DESC, event_key DESC",
            *chosen.parameters,
        )
        return (cast(EventRecord, read_row("events", row)) for row in rows)

    def of(self, key: str) -> list[EventRecord]:
        """Return the events of a document."""
        if self._is_of_version_1:
            return [event for event in self._first_events() if event["key"] == key]
        rows = self._pool.rows("SELECT * FROM events WHERE key = ?", key)
        return [cast(EventRecord, read_row("events", row)) for row in rows]

    def arrivals(
        self, kind: Kind, filter_: EventFilter, after: LatestPosition | None
    ) -> Iterator[EventRecord]:
        """Yield the first sightings of the objects of a kind, newest first."""
        chosen = all_of(
            [
                # `+` keeps SQLite from an index by site, whose rows it would have to sort.
                among("+site", filter_.sites),
                *time_conditions("first_seen_at", filter_),
                after_latest("first_seen_at", "key", after),
            ]
        )
        names = {"key", *event_fields(kind)}
        columns = [column.name for column in TABLE_COLUMNS[kind] if column.name in names]
        rows = self._pool.stream(
            f"SELECT {', '.join(columns)} FROM {kind} WHERE {chosen.sql}"
            " ORDER BY first_seen_at DESC, key DESC",
            *chosen.parameters,
        )
        return (arrival(kind, read_row(kind, row)) for row in rows)

    def publications(self, site: str, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield type and date of the live posts of a site."""
        rows = self._pool.stream(
            "SELECT type, published_at FROM posts WHERE site = ? AND published_at >= ?"
            " AND state = 'live' ORDER BY published_at",
            site,
            iso_seconds(since),
        )
        return ((row["type"], datetime.fromisoformat(row["published_at"])) for row in rows)

    def _first_events(self) -> list[EventRecord]:
        """Return what an archive of version 1 can tell, which no crawl has upgraded yet."""
        with self._pool.connection() as connection:
            return list(events_of_version_1(connection))


def begin_sqlite_history(connection: sqlite3.Connection, at: datetime) -> None:
    """Note that every change is kept since a time, unless a later one is noted."""
    sql = "UPDATE marks SET value = ?1 WHERE name = 'history_since' AND value < ?1"
    connection.execute(sql, (iso_millis(at),))


def events_of_version_1(connection: sqlite3.Connection) -> Iterator[EventRecord]:
    """Yield the events that an archive of version 1 can still tell."""
    of_revision = "key, kind, revision, until_at"
    revisions = [
        from_row("revisions", row)
        for row in connection.execute(f"SELECT {of_revision} FROM revisions")
    ]
    return events_before_version_2(revisions, list(_documents_with_events(connection)))


def _documents_with_events(
    connection: sqlite3.Connection,
) -> Iterator[tuple[Kind, StoredDocument]]:
    for kind in KINDS:
        names = [column.name for column in columns_of(connection, kind)]
        wanted = [name for name in names if name in {"key", *event_fields(kind)}]
        rows = connection.execute(
            # Nothing has happened to all others since they were first archived.
            f"SELECT {', '.join(wanted)} FROM {kind} WHERE state <> 'live'"
            " OR state_since > first_seen_at OR revision > 1"
        )
        for row in rows:
            yield kind, from_row(kind, row)
