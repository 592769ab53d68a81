"""Leases and checkpoints in an SQLite archive. `backends/store.py` says what each promises."""

import sqlite3
from collections.abc import Sequence
from typing import cast

from wparchive.backends.signs_of_life import is_same
from wparchive.backends.sqlite.rows import from_row, iso_millis, to_json
from wparchive.backends.sqlite.schema import has_table
from wparchive.backends.sqlite.sqlite_errors import transaction
from wparchive.backends.sqlite.sqlite_saving import put_records
from wparchive.model.run_records import KILLED_RUN
from wparchive.model.site_records import Lease, WalkCheckpoint
from wparchive.model.storable import storable_record


class SQLiteLeases:
    """The leases and checkpoints behind one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def lease_of(self, site: str) -> Lease | None:
        """Return the lease of a site."""
        row = self._connection.execute("SELECT * FROM leases WHERE key = ?", (site,)).fetchone()
        if row is None:
            return None
        return cast(Lease, from_row("leases", row))

    def all(self) -> list[Lease]:
        """Return all leases. An archive of an earlier version has no table of them."""
        if not has_table(self._connection, "leases"):
            return []
        rows = self._connection.execute("SELECT * FROM leases ORDER BY key")
        return [cast(Lease, from_row("leases", row)) for row in rows]

    def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        """Put one lease in the place of another, if that one still stands."""
        with transaction(self._connection):
            found = self.lease_of(site)
            # The same call may have worked before, and its answer was lost.
            if is_same(found, after):
                return True
            if not is_same(found, before):
                return False
            if after is None:
                self._connection.execute("DELETE FROM leases WHERE key = ?", (site,))
            else:
                put_records(self._connection, "leases", [storable_record(after)])
        return True

    def end_killed_runs(self, site: str, run: str) -> int:
        """Note that the runs of a site which seem to go on were killed."""
        assigned = ", ".join(f"{name} = ?" for name in KILLED_RUN)
        where = "site = ? AND verdict = 'running' AND key <> ?"
        sql = f"UPDATE runs SET {assigned} WHERE {where}"
        return self._connection.execute(sql, (*KILLED_RUN.values(), site, run)).rowcount

    def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        """Insert or replace the checkpoint of a collection."""
        put_records(self._connection, "checkpoints", [storable_record(checkpoint)])

    def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        """Return the checkpoints of a site, by key."""
        rows = self._connection.execute(
            "SELECT * FROM checkpoints WHERE site = ? ORDER BY key", (site,)
        )
        return [cast(WalkCheckpoint, from_row("checkpoints", row)) for row in rows]

    def count_read(self, checkpoint: WalkCheckpoint) -> int:
        """Return how many live documents the runs behind a checkpoint have read."""
        sql = (
            f"SELECT count(*) FROM {checkpoint['kind']} WHERE site = ? AND type = ?"
            " AND state = 'live' AND (id <= ? OR first_seen_at >= ?)"
        )
        began_at = iso_millis(checkpoint["began_at"])
        values = (checkpoint["site"], checkpoint["type"], checkpoint["up_to_id"], began_at)
        return int(self._connection.execute(sql, values).fetchone()[0])

    def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        """Remove checkpoints of a site by key."""
        sql = "DELETE FROM checkpoints WHERE site = ? AND key IN (SELECT value FROM json_each(?))"
        self._connection.execute(sql, (site, to_json(list(keys))))
