"""Look ahead in the HTML that is being cleaned: some elements depend on what comes after them."""

import re
from functools import cached_property

_FORMULA_SCRIPT = re.compile(r"<script\b[^>]{0,300}?\btype\s*=\s*[\"']?math/", re.IGNORECASE)
_FORMULA_ID = re.compile(r"\bid\s*=\s*[\"']?(MathJax-Element-\d+)(?![\w-])")
_POLL = re.compile(
    r"<noscript>\s*<a\b[^<>]{0,300}?\bhref\s*=\s*[\"']?"
    r"https?://(?:\w+\.)?(?:poll\.fm|polldaddy\.com/(?:p|poll))/(\d{1,12})",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?<!\bid=)(?<!\bid=[\"'])(?<![\w-])[A-Za-z_][\w-]*")


class Lookahead:
    """The answers about all of one content. Each is found once, and only if it is asked."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._holds: dict[str, bool] = {}

    def holds(self, text: str) -> bool:
        """Return whether a text stands somewhere in the source."""
        if text not in self._holds:
            self._holds[text] = text in self._html
        return self._holds[text]

    @cached_property
    def references(self) -> frozenset[str]:
        """All names that are no id: a link or a script shows an element by its id."""
        return frozenset(_REFERENCE.findall(self._html))

    @cached_property
    def has_formula_script(self) -> bool:
        """Whether there is a script with the source of a formula."""
        return _FORMULA_SCRIPT.search(self._html) is not None

    @cached_property
    def formula_ids(self) -> frozenset[str]:
        """The ids of such scripts. MathJax gives what it shows the same one, and `-Frame`."""
        return frozenset(_FORMULA_ID.findall(self._html))

    @cached_property
    def polls_in_noscript(self) -> frozenset[str]:
        """The numbers of the polls to which a `noscript` leads: it says what they ask."""
        return frozenset(_POLL.findall(self._html))
