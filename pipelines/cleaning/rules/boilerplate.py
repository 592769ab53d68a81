"""Decide what is not written, and why."""

from collections.abc import Container
from enum import Enum, auto

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.class_names import Meaning, toggle_meaning

_NEVER_TEXT = (
    # code, styles, drawings
    "script style template svg canvas applet noembed"
    # controls
    " select option optgroup datalist textarea button input output progress meter keygen label"
    # of a whole page, and of a text from Word
    " title head frameset noframes map xml"
    # AMP's advertisements, share buttons, notices, suggestions of other posts
    " amp-ad amp-embed amp-sticky-ad amp-auto-ads amp-social-share amp-next-page"
    " amp-user-notification amp-consent amp-sidebar amp-subscriptions-dialog amp-app-banner"
    # the parentheses around ruby, for browsers that cannot show it
    " rp"
)
NEVER_TEXT_TAGS = frozenset(_NEVER_TEXT.split())
"""Tags that hold no text of the post. There are two exceptions: a button that opens a fold or a
tab, because its text is the question or the name, and a label outside a form (a fold without a
script)."""
TOGGLE_PARENTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"})
"""Tags in which any button opens what stands under the heading."""
MAY_BE_SKIPPED = NEVER_TEXT_TAGS - {"script", "svg"} | {"nav", "form"}
"""Tags whose name alone may be a reason to skip the element. A script has a handler of its own: it
may hold a formula or load an embed. So has a drawing: it may be a chart."""
# A block that holds two fifths of the text is the post, whatever it is called; a short one is not.
_LARGE_SHARE = 0.4
_LARGE_CHARS = 200
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_KEPT = -1


class SkipReason(Enum):
    """The reason why an element is not written."""

    NEVER_TEXT = auto()
    """It holds no text of the post: a script, a control."""
    BOILERPLATE = auto()
    """It looks like boilerplate. It is written after all if it is a large share of the post."""
    HIDDEN = auto()
    """No reader sees it."""
    SHOWN_OTHERWISE = auto()
    """Something else stands for it: a player, a frame, a `noscript`."""


class SkippedElement:
    """An open element that is not written.

    Until its end, it is told what it holds. Subclasses look at that; this class ignores it.
    """

    def __init__(self, reason: SkipReason) -> None:
        self.reason = reason
        self.depth = 1
        """How many elements are open, itself included; 0 when it has ended."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Receive a start tag inside."""
        self.depth += 1

    def text(self, data: str) -> None:
        """Receive text inside."""

    def end(self) -> None:
        """Receive the end of the innermost open element, which may be this one."""
        self.depth -= 1

    def finish(self) -> None:
        """Do what is to be done after the end of the element."""


class BoilerplateBlock(SkippedElement):
    """A block that looks like boilerplate. It counts how much text is lost with it."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(SkipReason.BOILERPLATE)
        self._sizes = sizes
        self._number = len(sizes)
        sizes.append(0)
        self._never_text_depth = 0  # where something began with which no text is lost
        self._asks_for_mail = False
        self._asks_for_text = False
        self._has_heading = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if name == "input":
            self._asks_for_mail |= _is_for_mail(attributes)
        self._asks_for_text |= name == "textarea"
        self._has_heading |= name in _HEADINGS
        if not self._never_text_depth and _is_no_loss(name, attributes):
            self._never_text_depth = self.depth

    def text(self, data: str) -> None:
        if not self._never_text_depth:
            self._sizes[self._number] += len(data.strip())

    def end(self) -> None:
        if self._never_text_depth == self.depth:
            self._never_text_depth = 0
        super().end()

    @property
    def is_sign_up(self) -> bool:
        """Whether it is nothing but a question for an e-mail address: what calls to give it stands
        before."""
        return self._asks_for_mail and not (self._asks_for_text or self._has_heading)

    @property
    def size(self) -> int:
        """How many characters of text are lost with it."""
        return self._sizes[self._number]

    def keep(self) -> None:
        """Say that the block is written after all."""
        self._sizes[self._number] = _KEPT


class BoilerplateFilter:
    """The filter that decides which elements are skipped.

    Blocks that look like boilerplate are numbered in order. `kept` are the numbers of those that
    are written after all, because an earlier pass found them to be large.
    """

    def __init__(self, kept: Container[int] = ()) -> None:
        self._kept = kept
        self._sizes: list[int] = []  # characters of text in each block; `_KEPT` for a kept one

    def skip(
        self, name: str, meaning: Meaning | None, parent: str, is_in_form: bool
    ) -> SkippedElement | None:
        """Return the skipped element that begins; None if the element is to be written.

        `meaning` is that of its class and id, `parent` the name of the tag around it.
        """
        is_never_text = meaning is Meaning.NEVER_TEXT or _is_never_text(name, parent, is_in_form)
        if meaning is Meaning.TOGGLE:
            is_never_text = is_in_form
        if is_never_text:
            return SkippedElement(SkipReason.NEVER_TEXT)
        looks_like_boilerplate = meaning is Meaning.BOILERPLATE or name == "nav"
        if not looks_like_boilerplate:
            return None
        return self.skip_block()

    def skip_block(self) -> BoilerplateBlock | None:
        """Return the skipped block that begins; None if an earlier pass found it to be large."""
        if len(self._sizes) in self._kept:
            self._sizes.append(_KEPT)
            return None
        return BoilerplateBlock(self._sizes)

    def large_block(self, text_length: int) -> int | None:
        """Return the number of the first skipped block that holds a large share of the whole text.

        `text_length` are the characters of the text that was written. None: there is no such block.
        """
        whole = text_length + sum(size for size in self._sizes if size != _KEPT)
        for number, size in enumerate(self._sizes):
            if size >= _LARGE_CHARS and size >= _LARGE_SHARE * whole:
                return number
        return None


def button_meaning(meaning: Meaning | None, parent: str, attributes: Attributes) -> Meaning | None:
    """Return the meaning of a button: one that opens a fold or a tab names what it opens."""
    if meaning in (None, Meaning.COLOURED) and parent not in TOGGLE_PARENTS:
        return toggle_meaning(attributes) or meaning
    return meaning


def _is_for_mail(field: Attributes) -> bool:
    names = f"{field.get('type', '')} {field.get('name', '')} {field.get('id', '')}"
    return "mail" in names.lower()


def _is_no_loss(name: str, attributes: Attributes) -> bool:
    """Return whether no text is lost with an element: it is never text, or says what stands below.

    The links of a table of contents lead to headings of the post.
    """
    if name == "a":
        return attributes.get("href", "").startswith("#")
    return name in NEVER_TEXT_TAGS or name == "noscript"


def _is_never_text(name: str, parent: str, is_in_form: bool) -> bool:
    if name not in NEVER_TEXT_TAGS:
        return False
    if name == "label":
        return is_in_form
    if name == "button":
        return parent not in TOGGLE_PARENTS
    return True
