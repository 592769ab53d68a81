"""The site memory in an SQLite archive. `backends/store.py` says what each method promises."""

import sqlite3
from collections.abc import Sequence
from typing import Any, cast

from wparchive.backends.sqlite.condition import Condition
from wparchive.backends.sqlite.rows import from_row, read_row, to_json
from wparchive.backends.sqlite.schema import has_table
from wparchive.backends.sqlite.sqlite_errors import transaction
from wparchive.backends.sqlite.sqlite_saving import put_records
from wparchive.backends.store import NAMING_FIELDS
from wparchive.model.documents import Kind, StoredDocument
from wparchive.model.site_records import RecurringBlock, SiteMemory
from wparchive.model.storable import storable_record


def sqlite_recurring_blocks(connection: sqlite3.Connection, site: str) -> list[RecurringBlock]:
    """Return the recurring blocks of a site, as a reader asks for them."""
    if not has_table(connection, "boilerplate"):
        return []  # an archive of an earlier version
    sql = "SELECT * FROM boilerplate WHERE site = ? ORDER BY posts DESC, key"
    rows = connection.execute(sql, (site,)).fetchall()
    return [cast(RecurringBlock, read_row("boilerplate", row)) for row in rows]


class SQLiteSiteMemory:
    """The site memory behind one connection, and what it is counted from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def load(self, site: str) -> SiteMemory | None:
        """Return the memory of a site."""
        for row in self._rows("SELECT * FROM site_memory WHERE key = ?", site):
            return cast(SiteMemory, from_row("site_memory", row))
        return None

    def save(self, memory: SiteMemory) -> None:
        """Insert or replace the memory of a site."""
        put_records(self._connection, "site_memory", [memory])

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the recurring blocks of a site, by key."""
        rows = self._rows("SELECT * FROM boilerplate WHERE site = ? ORDER BY key", site)
        return [cast(RecurringBlock, from_row("boilerplate", row)) for row in rows]

    def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        """Replace the recurring blocks of a site."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM boilerplate WHERE site = ?", (site,))
            put_records(self._connection, "boilerplate", map(storable_record, blocks))

    def next_named(self, kind: Kind, site: str, after: str, limit: int) -> list[StoredDocument]:
        """Return the names of live objects of a site that follow a key."""
        sql = (
            f"SELECT {', '.join(('key', *NAMING_FIELDS[kind]))} FROM {kind}"
            " WHERE site = ? AND key > ? AND state = 'live' ORDER BY key LIMIT ?"
        )
        return [from_row(kind, row) for row in self._rows(sql, site, after, limit)]

    def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None
    ) -> list[StoredDocument]:
        """Return the blocks of the posts of a site that follow a key, or of those among `keys`."""
        chosen = Condition("site = ? AND key > ?", (site, after))
        if keys is not None:
            # The plus signs keep SQLite from going through all posts of the site.
            among = "key IN (SELECT value FROM json_each(?)) AND +site = ? AND +key > ?"
            chosen = Condition(among, (to_json(list(keys)), site, after))
        sql = (
            "SELECT key, type, state, cleaner_version, blocks FROM posts"
            f" WHERE {chosen.sql} ORDER BY key LIMIT ?"
        )
        rows = self._rows(sql, *chosen.parameters, limit)
        found = [from_row("posts", row) for row in rows]
        return [{**post, "blocks": post.get("blocks") or []} for post in found]

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()
