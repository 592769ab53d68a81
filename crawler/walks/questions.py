"""The requests of a walk in id order."""

from crawler.walks.addressing import Window
from crawler.walks.base import Ask


def slice_ask(number: int, window: Window) -> Ask:
    """Rows of a window, in id order."""
    params = (("orderby", "id"), ("order", "asc"), *window.params)
    return Ask(params, "slice", number, rank=window.start, size=window.size)


def top_ask(number: int, size: int) -> Ask:
    """The highest ids."""
    return Ask((("orderby", "id"), ("order", "desc"), ("per_page", str(size))), "top", number, light=True, size=size)


def members_ask(number: int, ids: tuple[int, ...], single: bool) -> Ask:
    """These very records. `include` does not lift `per_page`: by default 10 of 100 ids would come."""
    if single:
        return Ask((), "single", number, ids, size=1)
    params = (("include", ",".join(map(str, ids))), ("per_page", str(len(ids))))
    return Ask(params, "probe", number, ids, size=len(ids))
