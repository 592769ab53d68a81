"""The requests of a walk in id order."""

from crawler.walk.protocol import PageRequest
from crawler.walk.windows import Window


def slice_ask(number: int, window: Window) -> PageRequest:
    """Rows of a window, in id order."""
    params = (("orderby", "id"), ("order", "asc"), *window.params)
    return PageRequest(params, "slice", number, rank=window.start, size=window.size)


def top_ask(number: int, size: int) -> PageRequest:
    """The highest ids."""
    return PageRequest(
        (("orderby", "id"), ("order", "desc"), ("per_page", str(size))),
        "top",
        number,
        light=True,
        size=size,
    )


def members_ask(number: int, ids: tuple[int, ...], single: bool) -> PageRequest:
    """These very records. `include` does not lift `per_page`: by default 10 of 100 ids would come."""
    if single:
        return PageRequest((), "single", number, ids, size=1)
    params = (("include", ",".join(map(str, ids))), ("per_page", str(len(ids))))
    return PageRequest(params, "probe", number, ids, size=len(ids))
