"""The walk in id order is one state machine with one owner, and its table says what it does."""

import ast
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import crawler.walk.by_id as package
from crawler.walk import Page, PageRequest, Problem
from crawler.walk.by_id import events
from crawler.walk.by_id.by_include import BatchAnswerEvent, BatchEvent
from crawler.walk.by_id.closing import ClosingEvent
from crawler.walk.by_id.events import RowEvent, row_event
from crawler.walk.by_id.known import Known, WalkState
from crawler.walk.by_id.position import Budget, Position, Sizes
from crawler.walk.by_id.walk import WalkById
from crawler.walk.learnt_size import LearntSize
from tests.simulation.driver import drive
from tests.simulation.schedules import mutations
from tests.simulation.site import FULL, Site

FOLDER = Path(package.__file__ or "").parents[1]
SLICE_STATES = {"SLICES", "IDS_ONLY", "BISECTION"}
EVENTS = [
    events.OrderEvent,
    events.RowEvent,
    events.SliceEvent,
    events.AcceptedEvent,
    events.EmptyEvent,
    events.TopEvent,
    events.ProblemEvent,
    BatchAnswerEvent,
    BatchEvent,
    ClosingEvent,
]


def assigned_elsewhere(tree: ast.AST) -> Iterator[str]:
    """Yield the assignments to an attribute of anything but `self`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, (ast.Store, ast.Del)):
            continue
        if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.name)
def test_no_object_assigns_the_fields_of_another(path: Path) -> None:
    assert list(assigned_elsewhere(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "line",
    ["walk.size = 1", "self.sizes.size = 1", "a.b += 1", "self.x, queue.y = 1, 2", "del a.b"],
)
def test_that_test_would_find_such_an_assignment(line: str) -> None:
    assert list(assigned_elsewhere(ast.parse(line)))


def table() -> list[tuple[str, str, str]]:
    """Return state, event and next state of each row of the table in the package's docstring."""
    _, _, text = (package.__doc__ or "").partition("----------\n")
    text, _, _ = text.partition("\n\nOnly FULL")
    rows = []
    state = ""
    for line in text.splitlines():
        state = line[:17].strip() or state
        event = line[17:34].strip()
        after = line[85:].strip()
        if after:
            rows.append((state, event, after))
    return rows


def test_the_table_names_each_event_that_there_is() -> None:
    listed = {event for _, event, _ in table()}
    assert listed == {member.name for kind in EVENTS for member in kind}


def test_each_kind_of_event_is_known_to_this_test() -> None:
    kinds = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == events.__name__
    }
    assert kinds < set(EVENTS)


def transitions() -> set[tuple[str, str]]:
    """Return the changes of state that the table allows."""
    allowed = set()
    for state, _, after in table():
        state = state.removesuffix(", one row")
        before = {state}
        if state == "any":
            before = {member.name for member in WalkState}
        elif state == "any slice state":
            before = SLICE_STATES
        nexts = set(after.replace("slices", "SLICES, BISECTION").split(", "))
        for name in before:
            allowed |= {(name, name if next_ == "the same" else next_) for next_ in nexts}
    return allowed - {("SETTLED", name) for name in SLICE_STATES}


class WatchedWalk(WalkById):
    """A walk that remembers how its state changed."""

    def __init__(self, **options: int) -> None:
        super().__init__(FULL, **options)
        self.changes: set[tuple[str, str]] = set()

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        before = self._state.name
        accepted = super().feed(request, page)
        self.changes.add((before, self._state.name))
        return accepted

    def fail(self, request: PageRequest, problem: Problem) -> None:
        before = self._state.name
        super().fail(request, problem)
        self.changes.add((before, self._state.name))


def test_the_state_changes_only_as_the_table_says() -> None:
    seen: set[tuple[str, str]] = set()
    for seed in range(60):
        ids = list(range(1, 400, 1 + seed % 3))
        walk = WatchedWalk(width=1 + seed % 3, per_page=(10, 100)[seed % 2])
        site = Site(
            ids,
            hidden=set(ids[100 : 100 + seed]),
            soft={*ids[40:42]},
            hard={ids[90], *ids[60 : 60 + seed // 10]},
            totals=seed % 4 > 0,
            maximum=(100, 20)[seed % 5 == 0],
            ignores=frozenset({"offset"} if seed % 7 == 0 else ()),
        )
        drive(walk, site, mutations(seed % 3), seed)
        seen |= walk.changes
    assert seen <= transitions()
    assert {("SLICES", "IDS_ONLY"), ("IDS_ONLY", "BISECTION"), ("BISECTION", "SLICES")} <= seen
    assert {("SLICES", "TOP"), ("TOP", "SLICES"), ("TOP", "SETTLED"), ("SLICES", "SETTLED")} <= seen


def test_a_row_below_the_floor_that_was_never_taken_is_an_event_of_its_own() -> None:
    known = Known(Sizes(LearntSize(3), top=3, by_page=False), Budget(10), Position(floor=20))
    expected = {
        8: RowEvent.KNOWN,
        9: RowEvent.LATE,
        20: RowEvent.KNOWN,
        21: RowEvent.NEW,
        22: RowEvent.KNOWN,
    }
    assert {id: row_event(known, id, {8, 20, 22}) for id in expected} == expected
