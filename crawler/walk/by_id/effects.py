"""The effects of an event: the next state, what is known then, and what is left to do.

The pure functions of `transitions.py` return a `WalkStep`. The walk (`walk.py`) takes it.
"""

from dataclasses import dataclass

from crawler.walk.by_id.by_include import IncludeQueue
from crawler.walk.by_id.chain import Chain
from crawler.walk.by_id.known import Known, WalkState
from crawler.walk.by_id.records import TakenRows
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Problem


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason for the certificate why the walk is not proved."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoteQueryIgnored:
    """The news for the certificate that the same page came for every query."""


@dataclass(frozen=True, slots=True)
class NoteOrderIgnored:
    """The news for the certificate that another walk is needed."""


@dataclass(frozen=True, slots=True)
class NoteStayed:
    """Rows that came although they were to be left out: the site adds them to its answers."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DistrustEnds:
    """The news that nobody can tell whether the site adds rows to its answers.

    It may count only where the site hides rows, so that an answer without a row says nothing.
    """

    only_if_hiding: bool


@dataclass(frozen=True, slots=True)
class LostStretch:
    """A stretch between two ids. The certificate names it, because nothing is known about it."""

    after: int
    before: int | None
    problem: Problem | None
    reason: str


@dataclass(frozen=True, slots=True)
class QueueIds:
    """Ids to request before all others, in batches of at most `size`."""

    ids: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class QueueSample:
    """Ids to request to see whether any comes, one by one or at once. A problem says nothing."""

    ids: tuple[int, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class QueueRoomTest:
    """Known rows to request at once by their ids, to see whether so many come."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QueueRange:
    """Ids to request at the end, whether they were taken or not."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class QueueGap:
    """Ids to request at the end, except those that were taken."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class LowerLimit:
    """The most ids to request at once from now on."""

    size: int


Effect = (
    Doubt
    | NoteQueryIgnored
    | NoteOrderIgnored
    | NoteStayed
    | DistrustEnds
    | LostStretch
    | QueueIds
    | QueueSample
    | QueueRoomTest
    | QueueRange
    | QueueGap
    | LowerLimit
)


@dataclass(frozen=True, slots=True)
class WalkStep:
    """The next state of the walk, and how it comes to it."""

    state: WalkState
    known: Known
    effects: tuple[Effect, ...] = ()
    starts_again: bool = False
    """The slices in flight are dropped: the next slice does not follow on them."""


def carry_out(
    effect: Effect,
    builder: CertificateBuilder,
    queue: IncludeQueue,
    taken: TakenRows,
    chain: Chain,
) -> None:
    """Do what an effect says to the certificate, the queue of ids, or the chain of rows."""
    match effect:
        case Doubt(reason):
            builder.doubt(reason)
        case NoteQueryIgnored():
            builder.note_query_ignored()
        case NoteOrderIgnored():
            builder.note_order_ignored()
        case NoteStayed(ids):
            chain.note_stayed(ids)
        case DistrustEnds(only_if_hiding):
            if chain.hides_rows or not only_if_hiding:
                chain.distrust_ends()
        case LostStretch(after, before, problem, reason):
            builder.add_lost_stretch(after, before, problem, reason)
        case QueueIds(ids, size):
            queue.add(ids, size)
        case QueueSample(ids, alone):
            queue.add_sample(ids, alone)
        case QueueRoomTest(ids):
            queue.add_room_test(ids)
        case QueueRange(low, high):
            queue.add_range(low, high)
        case QueueGap(low, high):
            # Late rows may have come from the gap already.
            queue.add_range(low, high, taken=taken.between(low, high))
        case LowerLimit(size):
            queue.lower_limit(size)
