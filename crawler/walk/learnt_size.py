"""The rows to request at once: fewer after failures, and more again once these are past."""

from dataclasses import dataclass, replace

LEAST_GROWTH = 4
"""Rows by which a size grows at least; a larger one grows by half."""
PATIENCE_FOR_MORE = 16
"""The most answers that are waited for before more rows are tried."""


@dataclass(frozen=True, slots=True)
class LearntSize:
    """The rows to request at once. Every method returns the next value.

    A size that is larger than what went through is on trial. Where it fails, the walk goes back to
    what went through, and waits for twice as many answers before it tries more. Where it goes
    through, it waits for half as many.
    """

    limit: int
    """The most rows at any time."""
    rows: int = 0
    """Rows to request now; at the beginning the limit."""
    held: int = 0
    """Rows that went through, where more are on trial; otherwise 0."""
    patience: int = 1
    """Answers with so many rows after which more are tried."""
    calm: int = 0
    """Answers with so many rows since the last change."""

    def __post_init__(self) -> None:
        if not self.rows:
            object.__setattr__(self, "rows", self.limit)

    def is_trial(self, rows: int) -> bool:
        """Return whether a request for so many rows tries more than went through."""
        return 0 < self.held < rows

    def lowered(self, rows: int) -> "LearntSize":
        """Return the size where no request may have more than `rows`."""
        limit = min(self.limit, rows)
        return replace(self, limit=limit, rows=min(self.rows, limit), held=min(self.held, limit))

    def shrunk(self, rows: int) -> "LearntSize":
        """Return the size where `rows` may go through, and more did not."""
        return replace(self, rows=rows, held=0, calm=0)

    def failed(self) -> "LearntSize":
        """Return the size after a trial that failed."""
        patience = min(PATIENCE_FOR_MORE, 2 * self.patience)
        return replace(self, rows=self.held, held=0, patience=patience, calm=0)

    def cleared(self) -> "LearntSize":
        """Return the size once a record was found that failures are due to, and not the size."""
        return replace(self, patience=1, calm=0)

    def passed(self, rows: int) -> "LearntSize":
        """Return the size after an answer with so many rows; far fewer than now tell nothing."""
        if 4 * rows < 3 * self.rows or rows <= self.held:
            return self
        size = self
        if self.held:
            size = replace(self, held=0, patience=max(1, self.patience // 2))
        if size.rows >= size.limit:
            return size
        if size.calm + 1 < size.patience:
            return replace(size, calm=size.calm + 1)
        more = size.rows + max(LEAST_GROWTH, size.rows // 2)
        return replace(size, rows=min(size.limit, more), held=size.rows, calm=0)
