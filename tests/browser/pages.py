"""Pages of a browser that may complain of nothing, and ask no other site."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def pages_of(browser: Any, home: str) -> Iterator[Callable[..., Any]]:
    """Yield a function that opens a page by its address below `home`.

    At the end, the test fails where a page has complained or asked another place. A page that is
    not there may say so.
    """
    contexts: list[Any] = []
    complaints: list[str] = []
    asked: list[str] = []

    def opened(place: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(home + place)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(home)] == []
    assert [text for text in complaints if "404" not in text] == []
