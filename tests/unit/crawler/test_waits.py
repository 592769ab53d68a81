from hypothesis import given
from hypothesis import strategies as st

from crawler.waits import Breaker


@given(st.lists(st.booleans(), max_size=60))
def test_the_breaker_counts_failures_in_a_row(answers):
    breaker = Breaker(3).after_answer()
    streak = 0
    for answered in answers:
        breaker = breaker.after_answer() if answered else breaker.after_failure()
        streak = 0 if answered else streak + 1
        assert breaker.is_open == (streak >= 3)


def test_the_breaker_has_three_pauses():
    breaker = Breaker(2).after_answer().after_failure().after_failure()
    for _ in range(3):
        assert breaker.is_open
        assert not breaker.is_spent
        breaker = breaker.after_pause()
        assert not breaker.is_open
        breaker = breaker.after_failure()
    assert breaker.is_spent
