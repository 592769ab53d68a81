import pytest

from crawler.phases.batch_size import BatchSize


def settled(seconds_per_row: float, alone_s: float = 0.0, limit: int = 99) -> tuple[BatchSize, int]:
    """Return the size of batches after 60 answers, and how often it changed in the last 30."""
    batch = BatchSize(limit)
    changes = 0
    for number in range(60):
        before = batch.rows
        batch = batch.after(before, alone_s + seconds_per_row * before)
        changes += number >= 30 and batch.rows != before
    return batch, changes


@pytest.mark.parametrize("seconds_per_row", [0.001, 0.01, 0.03, 0.1, 0.5, 3.0])
def test_batches_are_as_large_as_an_answer_may_take(seconds_per_row):
    batch, changes = settled(seconds_per_row)
    assert changes == 0
    assert batch.rows == 1 or batch.rows * seconds_per_row <= 2.0
    assert batch.rows == 99 or batch.rows * seconds_per_row >= 0.9 or seconds_per_row > 1


def test_a_site_that_is_slow_as_a_whole_is_not_asked_for_single_rows():
    batch, changes = settled(0.0001, alone_s=5.0)
    assert (batch.rows, changes) == (99, 0)


def test_batches_grow_again():
    batch, _ = settled(0.1)
    for _ in range(20):
        batch = batch.after(batch.rows, 0.05)
    assert batch.rows == 99


def test_without_a_target_the_size_stays():
    assert BatchSize(99, target_s=0.0).after(99, 60.0).rows == 99
