"""Rows that the site counts and that no list has shown.

Most often nobody may see them: images of drafts, comments on private posts. But lists may also
leave out rows that the site shows otherwise. So a few ids that such rows may have are requested,
first together and then one by one. If a record comes, then all ids without a row are requested in
the same way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice

from crawler.walk.by_id.chain import Chain, LackingStretch, without_taken
from crawler.walk.protocol import Page

SAMPLE_TOGETHER = 50
"""Ids of the sample that is requested at once."""
SAMPLE_SINGLY = 3
"""Ids of the sample that is requested one by one."""
NARROWINGS = 3
"""How often a part of the sample is requested, to find the ids that the site counts."""
SAMPLES_MAX = 1 + NARROWINGS + SAMPLE_SINGLY
"""The most requests that a list with hidden rows takes for them."""
SAMPLE_BELOW = 10
"""Ids of the sample below the first row, where answers do not tell which rows they lack: they may
all begin too far on."""
LOOK_ABOVE = 10
"""Ids above the highest one, beyond those that the hidden rows would take next to each other."""
LEFT_OUT = (
    "the site shows records by id that its lists leave out, and too many ids would have to be"
    " requested"
)
COUNTED_STILL = "the site shows records by id that its lists leave out, and counts more than came"


class HiddenStage(Enum):
    """The ids that were requested last."""

    NONE = "none yet"
    SAMPLE = "a sample at once"
    ALL = "all at once"
    SINGLE_SAMPLE = "a sample one by one"
    CHECK = "those of them that came, at once: rows may have become visible meanwhile"
    ALL_SINGLY = "all one by one"
    DONE = "no more will be"

    @property
    def is_single(self) -> bool:
        """Return whether the ids are requested one by one."""
        return self in (HiddenStage.SINGLE_SAMPLE, HiddenStage.ALL_SINGLY)

    @property
    def is_sample(self) -> bool:
        """Return whether it is only to be seen whether any record comes."""
        return self not in (HiddenStage.ALL, HiddenStage.ALL_SINGLY)


@dataclass(frozen=True, slots=True)
class HiddenLook:
    """The progress of the look at rows that are counted and not shown."""

    stage: HiddenStage = HiddenStage.NONE
    ids: tuple[int, ...] = ()
    """The ids that were requested in this stage."""
    others: tuple[int, ...] = ()
    """The other half of the sample: where the site counts no row here, they have all."""
    narrowings: int = 0
    counted: int | None = None
    """The rows that the site counted in its answer for a sample."""
    leaves_out: bool = False
    """Lists leave out rows that the site shows one by one."""
    came: frozenset[int] = frozenset()
    """The ids of a sample whose records came in one answer."""

    def answered(self, page: Page) -> "HiddenLook":
        """Return the look after the answer to a sample that was requested at once."""
        return replace(self, counted=page.total, came=self.came | frozenset(page.ids))

    def narrowed(self) -> "HiddenLook | None":
        """Return the look at a part of the sample that has a row; None where it has most."""
        ids = self.ids
        if self.counted == 0 and self.others:
            ids = self.others
        is_sparse = self.counted is not None and 2 * self.counted < len(ids)
        is_counted = bool(self.counted or self.others)
        if not (is_sparse and is_counted) or self.narrowings == NARROWINGS:
            return None
        half = -(-len(ids) // 2)
        return HiddenLook(self.stage, ids[:half], ids[half:], self.narrowings + 1)


def next_look(
    look: HiddenLook,
    chain: Chain,
    taken: Sequence[int],
    hidden: int,
    at_once: int,
    may_ask_at_once: bool,
) -> HiddenLook:
    """Return the next look. `hidden` rows are counted and not shown.

    `taken` has the ids that were taken, in rising order, and `at_once` is how many ids surely fit
    into one request. It is DONE where there is nothing more to ask.
    """
    if hidden <= 0:
        return HiddenLook(HiddenStage.DONE)
    while look.stage is not HiddenStage.DONE:
        part = look.narrowed() if look.stage is HiddenStage.SAMPLE and not look.came else None
        if part:
            return part
        stage = _stage_after(look, taken)
        ids = _ids_of(stage, look, chain, taken, hidden, at_once)
        leaves_out = look.leaves_out or stage is HiddenStage.ALL_SINGLY
        look = HiddenLook(stage, ids, leaves_out=leaves_out)
        if ids and (may_ask_at_once or stage.is_single):
            return look
    return look


def _stage_after(look: HiddenLook, taken: Sequence[int]) -> HiddenStage:
    has_come = not set(look.ids).isdisjoint(taken)
    match look.stage:
        case HiddenStage.NONE:
            return HiddenStage.SAMPLE
        case HiddenStage.SAMPLE | HiddenStage.ALL if has_come:
            return HiddenStage.ALL  # once more: the highest id may have risen
        case HiddenStage.SAMPLE | HiddenStage.ALL:
            return HiddenStage.SINGLE_SAMPLE
        case HiddenStage.SINGLE_SAMPLE if has_come:
            return HiddenStage.CHECK
        case HiddenStage.CHECK if not look.came:
            return HiddenStage.ALL_SINGLY
        case HiddenStage.ALL_SINGLY if has_come:
            return HiddenStage.ALL_SINGLY
        case _:
            return HiddenStage.DONE


def _ids_of(
    stage: HiddenStage,
    look: HiddenLook,
    chain: Chain,
    taken: Sequence[int],
    hidden: int,
    at_once: int,
) -> tuple[int, ...]:
    """Return the ids to request in a stage, which follows on a look."""
    top = max(taken[-1:], default=0) + hidden + LOOK_ABOVE
    was_asked = chain.was_asked_singly if stage.is_single else chain.was_asked
    match stage:
        case HiddenStage.SAMPLE:
            likely = [id for id in _likely_ids(chain, taken, hidden) if not was_asked(id)]
            return tuple(likely[: min(SAMPLE_TOGETHER, at_once)])
        case HiddenStage.SINGLE_SAMPLE:
            counted = (look.others if look.counted == 0 else look.ids) or look.ids
            likely = [id for id in counted if not was_asked(id)]
            return _spread(likely or _likely_ids(chain, taken, hidden), SAMPLE_SINGLY)
        case HiddenStage.CHECK:
            return tuple(set(look.ids).intersection(taken))
        case HiddenStage.ALL | HiddenStage.ALL_SINGLY:
            return tuple(_absent(1, top, taken, was_asked))
        case _:
            return ()


def _absent(
    low: int, high: int, taken: Sequence[int], was_asked: Callable[[int], bool]
) -> Iterator[int]:
    for first, last in without_taken(low, high, taken):
        yield from (id for id in range(first, last + 1) if not was_asked(id))


def _likely_ids(chain: Chain, taken: Sequence[int], hidden: int) -> list[int]:
    """Return ids without a row where lists lack the most rows for each such id."""
    stretches = list(chain.lacking)
    top = max(taken[-1:], default=0)
    rest = hidden - sum(stretch.rows for stretch in stretches if stretch.high < top)
    if rest > 0:  # they may lie behind the last row that is shown
        stretches.append(LackingStretch(top, top + 3 * rest + 1, rest))
    by_density: list[tuple[float, list[int]]] = []
    for stretch in stretches:
        gaps = list(without_taken(stretch.low + 1, stretch.high - 1, taken))
        free = sum(last - first + 1 for first, last in gaps)
        # Rows that are left out make a gap wider, and many in a row make a wide one.
        gaps.sort(key=lambda gap: gap[0] - gap[1])
        ids = (id for first, last in gaps for id in range(first, last + 1))
        if free:
            by_density.append((stretch.rows / free, list(islice(ids, SAMPLE_TOGETHER))))
    by_density.sort(key=lambda pair: -pair[0])
    densest = [widest for _, widest in by_density[:SAMPLE_SINGLY]]
    lowest = min(taken[:1], default=1)
    below = [id for id in range(max(1, lowest - SAMPLE_BELOW), lowest) if rest > 0]
    most = SAMPLE_TOGETHER - len(below)
    # Ids that follow each other, because ids with rows may all have the same distance.
    likely = [id for widest in densest for id in widest[: most // len(densest)]]
    return list(dict.fromkeys([*likely, *below]))


def _spread(ids: Sequence[int], most: int) -> tuple[int, ...]:
    """Return so many of some ids, from all over them."""
    if len(ids) <= most:
        return tuple(ids)
    return tuple(ids[place * len(ids) // most] for place in range(most))
