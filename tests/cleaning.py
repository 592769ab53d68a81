"""Cleaning for tests: every input goes through both feeds, and they must agree."""

from collections.abc import Container, Mapping
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from pipelines.cleaning import CleanContent, clean_html
from pipelines.cleaning.parse.events import feed_tree

BASE = "https://example.com/blog/post/"
Case = tuple[Any, ...]
"""The values of one case, as its test takes them."""


def clean(html: str, base: str | None = BASE) -> CleanContent:
    """`clean_html`, held against the same pass over a finished Beautiful Soup tree."""
    content = clean_html(html, base)
    assert content == clean_html(html, base, feed=feed_tree)
    return content


def cases(table: Mapping[str, Case], not_yet: Container[str]) -> list[ParameterSet]:
    """Return the parameters of a test, one for each case, named by its key.

    A case whose name stands in `not_yet` is known to be wrong: its test fails when it is mended,
    and then its name is to be taken out.
    """
    parameters = []
    for name, values in table.items():
        marks: list[pytest.MarkDecorator] = []
        if name in not_yet:
            reason = "known to be wrong, not yet mended"
            marks = [pytest.mark.xfail(strict=True, reason=reason)]
        parameters.append(pytest.param(*values, id=name, marks=marks))
    return parameters
