"""The proof of one collection: its status, its scope and its reason."""

from dataclasses import dataclass
from enum import StrEnum


class ProofStatus(StrEnum):
    """The reach of a proof."""

    PROVED = "proved"
    UNPROVEN = "unproven"
    """The collection was read, and something may be missing."""
    SKIPPED = "skipped"
    """The collection was not read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a collection that a proof is about."""

    name: str
    """Its name in the report: `everything`, or a name that the strategy chose."""
    up_to_id: int = 0
    """All ids up to this one are covered: what was not seen is not public. 0: no id is covered."""
    whole: bool = False
    """It is the whole collection, so the proof also settles the failures of earlier runs."""

    @classmethod
    def everything(cls, up_to_id: int) -> "Scope":
        """Return the scope of a walk over the whole collection; higher ids came after the walk."""
        return cls("everything", up_to_id, whole=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """The status of one collection at the end of a run."""

    status: ProofStatus
    reason: str = ""
    """Why it is not proved; empty when it is."""
    scope: Scope | None = None
    """What is proved; None when nothing is."""

    @classmethod
    def proved(cls, scope: Scope) -> "Proof":
        """Return a proof that everything in the scope was seen."""
        return cls(ProofStatus.PROVED, scope=scope)

    @classmethod
    def unproven(cls, reason: str) -> "Proof":
        """Return the proof of a collection in which something may be missing."""
        return cls(ProofStatus.UNPROVEN, reason)

    @classmethod
    def skipped(cls, reason: str) -> "Proof":
        """Return the proof of a collection that was not read."""
        return cls(ProofStatus.SKIPPED, reason)

    def __str__(self) -> str:
        """Return the proof as the report shows it: `proved`, `unproven: <reason>`."""
        if self.reason:
            return f"{self.status}: {self.reason}"
        return str(self.status)

    @property
    def holds(self) -> bool:
        """Tell whether something is proved."""
        return self.scope is not None

    def covers(self, id_: int) -> bool:
        """Tell whether an object with this id would have been seen, if the site showed it."""
        return self.scope is not None and id_ <= self.scope.up_to_id
