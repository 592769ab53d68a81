"""The outcome of writing documents: the answer of `Store.save`."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The result of writing one document."""

    NEW = "new"
    CHANGED = "changed"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Written:
    """The fate of one document of a batch, in the batch's order."""

    key: str
    outcome: Outcome | None
    """None when the document was refused."""
    returned: bool = False
    """It was withdrawn or deleted before and is live again."""
    error: Exception | None = None
    """Why it was refused (`DocumentRejected`)."""
