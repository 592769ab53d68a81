"""Count what a walk has found so far, and make its certificate."""

from dataclasses import dataclass, field

from crawler.walk.protocol import Certificate, Page, Problem, Unreadable

REQUEST_LIMIT = 100_000
"""Requests after which a walk without totals is given up."""


@dataclass(slots=True)
class CertificateBuilder:
    """Counts and doubts of one walk.

    It keeps only the ids of unreadable records, so that it stays small.
    """

    requests: int = 0
    listed: int = 0
    total: int | None = None
    first_total: int | None = None
    unreadable: list[Unreadable] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    query_ignored: bool = False
    order_ignored: bool = False

    def count_request(self) -> int:
        """Count one more request, and return its number."""
        self.requests += 1
        return self.requests

    def count_listed(self, rows: int) -> None:
        """Count rows that were accepted."""
        self.listed += rows

    def note_total(self, total: int) -> None:
        """Remember a total that can be believed."""
        self.total = total
        if self.first_total is None:
            self.first_total = total

    def note_clashes(self, page: Page) -> None:
        """Remember that records which differ came with the same id: only one can be kept."""
        if page.clashing:
            shown = ", ".join(map(str, sorted(page.clashing)[:3]))
            self.doubt(f"two different records came with the same id ({shown})")

    def note_query_ignored(self) -> None:
        """Remember that every query was answered with the same page."""
        self.query_ignored = True
        self.doubt("the same page came for every query")

    def note_order_ignored(self) -> None:
        """Remember that the site refused or ignored the order, so that another walk is needed."""
        self.order_ignored = True

    def is_endless(self, size: int, more: int) -> bool:
        """Return whether far more requests were made than the collection can need.

        `size` is the number of rows a request brings, and `more` the number of requests that
        the walk may make for other purposes.
        """
        if self.first_total is None:
            return self.requests >= REQUEST_LIMIT
        # Generous, because each row may need a dozen requests on a site where many records fail.
        return self.requests > 50 * (self.first_total // size + 20) + more

    def outgrown(self, size: int) -> str:
        """Return why a walk may never reach the end of a collection that grows; "" where it may.

        `size` is the number of rows a request brings.
        """
        first = self.first_total
        if first is None or self.listed <= 2 * first + 10 * size:
            return ""
        return f"the collection grew from {first} to more than {self.listed} rows during the walk"

    def doubt(self, reason: str) -> None:
        """Add a reason why the walk is not proved."""
        # A walk may meet the same cause on every page. The report says it once.
        if reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def is_in_doubt(self) -> bool:
        """Return whether there is a reason why the walk is not proved."""
        return bool(self.reasons)

    @property
    def unreadable_ids(self) -> tuple[int, ...]:
        """Return the ids of the records that the site cannot send, as far as they are known."""
        return tuple(record.id for record in self.unreadable if record.id is not None)

    def add_unreadable(self, id: int, problem: Problem) -> None:
        """Add a record that the site cannot send. Its id is known: that is no doubt."""
        self.unreadable.append(Unreadable(id, None, None, problem.cause, problem.message))

    def add_lost_stretch(
        self, after: int | None, before: int | None, problem: Problem | None, reason: str
    ) -> None:
        """Add a stretch between two ids that nothing is known about. It is a doubt."""
        lost = Unreadable(None, after, before, "unreadable", reason)
        if problem:
            lost = Unreadable(None, after, before, problem.cause, problem.message or reason)
        if lost not in self.unreadable:
            self.unreadable.append(lost)
        self.doubt(reason)

    def certificate(self, finished: bool) -> Certificate:
        """Return the certificate of the walk as it stands."""
        reasons = self.reasons
        if not finished and not reasons:
            reasons = ["not finished"]
        return Certificate(
            proved=not reasons,
            reason="; ".join(reasons),
            site_total=self.total,
            listed=self.listed,
            hidden=self.hidden,
            unreadable=tuple(self.unreadable),
            requests=self.requests,
            query_ignored=self.query_ignored,
            order_ignored=self.order_ignored,
        )

    @property
    def hidden(self) -> int | None:
        """Return how many rows the site counts and does not show; None where nobody knows."""
        if self.total is None:
            return None
        # A lost stretch has no id, and nobody knows how many rows are in it.
        named = len(self.unreadable_ids)
        # Rows that came after the last total was counted may make it negative.
        return max(0, self.total - self.listed - named)
