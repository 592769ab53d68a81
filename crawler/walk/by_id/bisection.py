"""Finding the row that makes a slice fail, where not even the ids of the slice can be listed: by halves of ranks."""

from dataclasses import dataclass

from crawler.walk.by_id.position import Cursor
from crawler.walk.protocol import PageRequest


@dataclass(slots=True)
class Bisection:
    """`rows` behind the cursor's anchor are asked for while one before rank `end` is to blame; 0 when not looking for one."""

    rows: int = 0
    end: int = 0

    def __bool__(self) -> bool:
        return self.rows > 0

    def size(self, cursor: Cursor) -> int:
        """Rows to ask for now."""
        return self.rows + cursor.anchored if self.rows else cursor.size

    def failed(self, ask: PageRequest, cursor: Cursor) -> bool:
        """Halve what failed; True when it was a single row."""
        end = ask.rank + ask.size
        rows = end - cursor.rank - cursor.anchored
        if rows <= 1:
            return True
        self.rows, self.end = -(-rows // 2), end
        return False

    def skipped(self, rank: int, alone: bool) -> None:
        """A row before `rank` was given up: look at a whole slice next, or where it was not `alone`, at a single row."""
        self.rows, self.end = (0, 0) if alone else (1, rank + 1)

    def passed(self, cursor: Cursor) -> None:
        """A slice was accepted. When all of the rows went through, it was their number that was to blame."""
        if self.rows and cursor.rank + 1 >= self.end:
            if self.rows > 1:
                cursor.size = self.rows
            self.rows = 0
