"""How many records come at once by their ids is tested where rows that a site adds may mislead."""

from array import array

from crawler.walk.by_id.by_include import IdBatch
from crawler.walk.by_id.chain import FEW_ROWS, Chain
from crawler.walk.by_id.records import Room
from crawler.walk.protocol import Page, PageRequest

TAKEN = array("q", [3, 5, 9, 12])


def _room(rows: int = 2) -> Room:
    """Return the room after a slice with so many rows, and a request for ids 10 and 11."""
    chain = Chain()
    ids = tuple(range(3, 3 + rows))
    request = PageRequest((("order", "asc"),), "slice", 1, size=100)
    chain.add_list(request, ids, 100)
    room = Room(chain)
    room.note_answer(IdBatch((10, 11)), Page((11,)), (), rows)
    return room


def _open(room: Room) -> list[tuple[int, int]]:
    return list(room.chain.open_ids(array("q", [3, 4, 11])))


def test_where_fewer_rows_come_than_were_requested_the_ids_are_open_again() -> None:
    room = _room()
    assert (10, 10) not in _open(room)
    assert room.rows_to_test(TAKEN) == (5, 9)
    room.note_test(IdBatch((5, 9), tests_room=True), (9,))
    assert room.limit(2, None) == 1
    assert (5, 10) in _open(room)
    assert room.rows_to_test(TAKEN) == ()


def test_where_all_rows_come_nothing_is_requested_again() -> None:
    room = _room()
    before = _open(room)
    room.note_test(IdBatch((5, 9), tests_room=True), (5, 9))
    assert room.limit(2, None) == 2
    assert _open(room) == before


def test_a_site_that_gives_many_rows_is_not_tested() -> None:
    assert _room(FEW_ROWS + 1).rows_to_test(TAKEN) == ()


def test_records_that_all_came_need_no_test() -> None:
    room = Room(Chain())
    room.note_answer(IdBatch((10, 11)), Page((10, 11)), (), 2)
    assert room.rows_to_test(TAKEN) == ()
