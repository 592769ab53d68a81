"""The posts that hold each sketch key, in two tables: new rows go into a small one.

From time to time the small table is merged into the large one. Keys are random numbers, so that
each new row changes another page of a table. Once a table has more pages than a batch has keys,
each batch rewrites pages of 4 kB for rows of 14 bytes; at 40,000 posts that was the larger part of
writing. The small table stays in few pages, and merging in order of the keys passes over the large
one once.
"""

import math
import sqlite3
from collections.abc import Iterable

from wparchive.backends.sqlite.rows import to_json
from wparchive.duplicates.pairing import COMMON_KEY

FEWEST = 20_000
"""Rows of the small table that are worth merging, about those of 400 posts."""
SMALL = "postings_recent"
LARGE = "postings"
Posting = tuple[int, list[int]]
"""`posts.pk`, sketch."""


def postings_sql(name: str) -> str:
    """Return the statement that makes one of the tables, with a row for each key of a post."""
    columns = "key INTEGER NOT NULL, post INTEGER NOT NULL, PRIMARY KEY (key, post)"
    # Without row ids the primary key is the table itself, and no second tree is to be written.
    return f"CREATE TABLE IF NOT EXISTS {name} ({columns}) WITHOUT ROWID"


def add(connection: sqlite3.Connection, postings: Iterable[Posting]) -> None:
    """Note the keys of posts that have none yet."""
    rows = [(pk, to_json(sketch)) for pk, sketch in postings]
    connection.executemany(f"INSERT OR IGNORE INTO {SMALL} SELECT value, ? FROM json_each(?)", rows)


def forget(connection: sqlite3.Connection, postings: Iterable[Posting]) -> None:
    """Take the keys of posts away; they must be those that were added."""
    rows = [(key, pk) for pk, sketch in postings for key in sketch]
    # Nobody knows which of the two has the row: a merge may have moved it.
    for table in (SMALL, LARGE):
        connection.executemany(f"DELETE FROM {table} WHERE key = ? AND post = ?", rows)


def merge(connection: sqlite3.Connection, enough: int | None = None) -> None:
    """Empty the small table into the large one, if it has `enough` rows.

    By default that depends on the size of the archive. Batches write the pages of the small table
    again and again, and a merge writes all pages of the large one. Both together are least when the
    small table has about the square root of what the large one has. Its rows are estimated from
    the number of posts, because counting them takes time.
    """
    if enough is None:
        posts = connection.execute("SELECT max(pk) FROM posts").fetchone()[0] or 0
        enough = max(FEWEST, int(680 * math.sqrt(posts)))
    if connection.execute(f"SELECT count(*) FROM {SMALL}").fetchone()[0] >= enough:
        connection.execute(
            f"INSERT OR IGNORE INTO {LARGE} SELECT key, post FROM {SMALL} ORDER BY key, post"
        )
        connection.execute(f"DELETE FROM {SMALL}")


# `LIMIT` keeps boilerplate, which thousands of posts share, as cheap as a rare text. `instr` leaves
# out the keys that one post alone holds.
_OF_KEY = " UNION ALL ".join(
    f"SELECT post FROM {table} WHERE key = wanted.value" for table in (LARGE, SMALL)
)
_SHARED = f"""
SELECT value AS key, (SELECT group_concat(post) FROM ({_OF_KEY} LIMIT {COMMON_KEY})) AS posts
FROM json_each(?) AS wanted WHERE instr(posts, ',')
"""


def holders(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, list[int]]:
    """Return `posts.pk` of at most `COMMON_KEY` posts for each key that several posts hold.

    The post that is compared is among them, because its own keys are in the tables too.
    """
    rows = connection.execute(_SHARED, (to_json(sorted(keys)),))
    return {row["key"]: [int(pk) for pk in row["posts"].split(",")] for row in rows}
