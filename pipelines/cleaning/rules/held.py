"""Hold an element until its end, before it is known whether it is written.

- Builders write a section twice, for wide screens and for narrow ones: one with the text of another
  is left out. What differs in a word is written, because some readers see it only there.
- A script counts a number up from 0: its last number is written.
- A form goes with its words.
- Words in the colour of the page around links in the same colour are injected spam.
"""

import re
from abc import ABC, abstractmethod

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes, EventReceiver
from pipelines.cleaning.rules.boilerplate import BoilerplateBlock, SkippedElement, SkipReason
from pipelines.cleaning.rules.device_names import device_names
from pipelines.cleaning.rules.hidden import style_of
from pipelines.cleaning.write.links_and_media import LinkCollector

COUNTER_ATTRIBUTES = frozenset({"data-to-value", "data-to", "data-count", "data-end-value"})
"""Attributes that name the last number of a counter."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.(\d{1,6}))?")
_BEGINNING = re.compile(r"0*(?:[.,]0+)?")
_FIELDS = frozenset({"input", "textarea", "select"})
_PICTURES = frozenset({"img", "amp-img", "picture", "iframe", "video", "audio"})
_MAX_WORDS = 300  # characters: a longer text is a test of the reader, or a form that never ended
_MAX_SPAM = 300


class HeldElement(SkippedElement):
    """An open element that remembers what the parser finds of it, to write it after all."""

    def __init__(self, reason: SkipReason, name: str, attributes: Attributes) -> None:
        super().__init__(reason)
        self._events: list[tuple[str, Attributes] | str | None] = [(name, attributes)]

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._events.append((name, attributes))

    def text(self, data: str) -> None:
        self._events.append(data)

    def end(self) -> None:
        super().end()
        self._events.append(None)

    def replay(self, receiver: EventReceiver) -> None:
        """Tell a receiver what the parser has found of it."""
        for event in self._events:
            if event is None:
                receiver.end()
            elif isinstance(event, str):
                receiver.text(event)
            else:
                receiver.start(*event)

    def words(self) -> str:
        """Return its text with single spaces."""
        return " ".join(" ".join(event for event in self._events if isinstance(event, str)).split())


class JudgedElement(HeldElement, ABC):
    """A held element that is judged at its end: it is left out, or written as it is."""

    @abstractmethod
    def is_left_out(self) -> bool:
        """Return whether it is left out; what stands for it is written then."""


class ForSomeDevices(JudgedElement):
    """An open element that readers see on some devices only.

    `seen` has the texts of those before it, each with the names that choose its devices.
    """

    def __init__(self, name: str, attributes: Attributes, seen: dict[str, frozenset[str]]) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE, name, attributes)
        self._names = device_names(attributes.get("class", ""))
        self._seen = seen

    def is_left_out(self) -> bool:
        """Return whether another element has its text, and is for other devices."""
        words = self.words()
        return words != "" and self._seen.setdefault(words, self._names) != self._names


class Counter(JudgedElement):
    """An open element that a script counts up to `last`.

    It has its own text if that is no beginning of a count, or if it holds other elements.
    """

    def __init__(
        self, name: str, attributes: Attributes, content: ContentBuilder, last: str
    ) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE, name, attributes)
        self._content = content
        self._last = last
        self._is_leaf = True

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._is_leaf = False

    def is_left_out(self) -> bool:
        """Write the last number, if it is a counter."""
        if not self._is_leaf or not _BEGINNING.fullmatch(self.words()):
            return False
        self._content.write(self._last)
        return True


def last_number(attributes: Attributes) -> str | None:
    """Return the number at which a counter ends, as it is shown; None if there is no counter."""
    for name in COUNTER_ATTRIBUTES.intersection(attributes):
        number = _NUMBER.fullmatch(attributes[name].strip())
        if number is not None:
            return _shown(number, attributes.get("data-delimiter", "")[:1])
    return None


def _shown(number: re.Match[str], delimiter: str) -> str:
    if not delimiter:
        return number[0]
    decimals = len(number[1] or "")
    return f"{float(number[0]):,.{decimals}f}".replace(",", delimiter)


class Form(JudgedElement):
    """An open form.

    It is text if it has no field (Movable Type put pictures into such forms), if it holds a
    picture, or a long text.
    """

    def __init__(
        self,
        name: str,
        attributes: Attributes,
        content: ContentBuilder,
        block: BoilerplateBlock,
    ) -> None:
        super().__init__(SkipReason.BOILERPLATE, name, attributes)
        self._content = content
        self._block = block  # it counts the text that is lost with the form
        self._has_field = False
        self._has_picture = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._block.start(name, attributes)
        self._has_field |= name in _FIELDS
        self._has_picture |= name in _PICTURES

    def text(self, data: str) -> None:
        super().text(data)
        self._block.text(data)

    def end(self) -> None:
        super().end()
        self._block.end()

    def is_left_out(self) -> bool:
        """Return whether it is a form and no more."""
        if self._has_field and not self._has_picture and self._block.size <= _MAX_WORDS:
            self._content.pass_over()
            if self._block.is_sign_up:
                self._content.sign_ups.append(self._content.text.size)
            return True
        self._block.keep()
        return False


class WhiteText(JudgedElement):
    """An open element in white letters on no background.

    On a dark page authors write so. But they have no need to make a link as white as its words.
    """

    def __init__(self, name: str, attributes: Attributes, links: LinkCollector) -> None:
        super().__init__(SkipReason.HIDDEN, name, attributes)
        self._links = links
        self._is_spam = False
        self._has_background = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        style = style_of(attributes)
        self._has_background |= style.has_background
        if name == "a" and style.has_white_letters:
            self._is_spam |= self._links.leads_elsewhere(attributes.get("href", ""))

    def is_left_out(self) -> bool:
        """Return whether it holds a white link to another site, and is no whole text."""
        return self._is_spam and not self._has_background and len(self.words()) <= _MAX_SPAM
