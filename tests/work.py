"""Count the work of a function, for laws on its growth that no busy machine can break."""

import sys
from collections.abc import Callable
from types import FrameType


def steps(function: Callable[[], object]) -> int:
    """Return how many calls, of Python's functions and of C's, a call of `function` makes.

    The count is the same on every machine. One call of a regular expression counts one, however
    long it takes: a law on those needs an input that only linear time can end on.
    """
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    earlier = sys.getprofile()
    sys.setprofile(on_event)
    try:
        function()
    finally:
        sys.setprofile(earlier)
    return count
