"""What a walk has found so far, and the certificate made of it."""

from dataclasses import dataclass, field

from crawler.walk.protocol import Certificate, Problem, Unreadable

ASK_LIMIT = 100_000
"""Requests after which a walk without totals is given up."""


@dataclass(slots=True)
class CertificateBuilder:
    """Counts and verdicts of one walk; no ids but the poisoned ones, so that it stays small."""

    asks: int = 0
    listed: int = 0
    total: int | None = None
    first_total: int | None = None
    poisoned: list[Unreadable] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    query_ignored: bool = False
    order_ignored: bool = False

    def note_total(self, total: int) -> None:
        self.total = total
        if self.first_total is None:
            self.first_total = total

    def endless(self, size: int, more: int) -> bool:
        """Whether far more requests were made than the collection can need at `size` rows each, and `more` beside."""
        if self.first_total is None:
            return self.asks >= ASK_LIMIT
        return self.asks > 50 * (self.first_total // size + 20) + more

    def doubt(self, reason: str) -> None:
        """Something that keeps the walk from being proved."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def poison(self, id: int, trouble: Problem) -> None:
        """A record that is known and cannot be had: it is missing, and the walk may still be proved."""
        self.poisoned.append(Unreadable(id, None, None, trouble.cause, trouble.message))

    def lose(
        self, after: int | None, before: int | None, trouble: Problem | None, reason: str
    ) -> None:
        """A stretch that nothing is known of."""
        cause, message = (trouble.cause, trouble.message) if trouble else ("unreadable", "")
        lost = Unreadable(None, after, before, cause, message or reason)
        if lost not in self.poisoned:
            self.poisoned.append(lost)
        self.doubt(reason)

    def certificate(self, finished: bool) -> Certificate:
        named = sum(poisoned.id is not None for poisoned in self.poisoned)
        return Certificate(
            proved=finished and not self.reasons,
            reason="; ".join(self.reasons) or ("" if finished else "not finished"),
            site_total=self.total,
            listed=self.listed,
            hidden=None if self.total is None else max(0, self.total - self.listed - named),
            poisoned=tuple(self.poisoned),
            asks=self.asks,
            query_ignored=self.query_ignored,
            order_ignored=self.order_ignored,
        )
