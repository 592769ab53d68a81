"""Hold an element until its end, before it is known whether it is written.

- Builders write a section twice, for wide screens and for narrow ones: one with the text of another
  is left out. What differs in a word is written, because some readers see it only there.
- A script counts a number up from 0: its last number is written.
- A word that scripts write twice, to move it, stands once.
- Words in the colour of the page around links in the same colour are injected spam.
- Of what is hidden, pictures and embeds are written, and what an element inside shows again.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes, EventReceiver
from pipelines.cleaning.rules.boilerplate import (
    NEVER_TEXT_TAGS,
    BoilerplateBlock,
    SkippedElement,
    SkipReason,
)
from pipelines.cleaning.rules.class_names import (
    COUNTER_ATTRIBUTES,
    COUNTER_CLASS,
    NUMBERS_OF_COUNTERS,
    NUMBERS_OF_PARTS,
    OWN_NUMBERS,
    Meaning,
    meaning_of,
)
from pipelines.cleaning.rules.device_names import device_names
from pipelines.cleaning.rules.handlers import Handler
from pipelines.cleaning.rules.hidden import UNUSUAL_ATTRIBUTES, hiding_of_letters, style_of
from pipelines.cleaning.rules.images import handle_hidden_image, write_backgrounds
from pipelines.cleaning.rules.named_embeds import NAMED_EMBED_TAGS, write_attribute_embed
from pipelines.cleaning.rules.players import MEDIA_TAGS
from pipelines.cleaning.rules.tags import HANDLERS, HANDLERS_BY_MEANING
from pipelines.cleaning.write.links_and_media import LinkCollector

_DELIMITERS = ("data-delimiter", "data-separator", "data-number-separator")
_MAX_SIGN = 10  # characters of what stands before and after a number
_NUMBER = re.compile(r"-?\d{1,15}(?:\.(\d{1,6}))?")
_BEGINNING = re.compile(r"0*(?:[.,]0+)?")
_MAX_SPAM = 300
_MAX_TWIN = 300
_HIDES = frozenset({"style", "hidden"})
_MEDIA_HANDLERS: dict[str, Handler] = {
    **{tag: HANDLERS[tag] for tag in (*MEDIA_TAGS, *NAMED_EMBED_TAGS, "param", "noscript")},
    **dict.fromkeys(("img", "amp-img"), handle_hidden_image),
}
"""What writes pictures and embeds, and no text."""
_EMBEDS = frozenset({Meaning.PLAYER, Meaning.TWEET, Meaning.POST})
_NO_MEDIA = frozenset({Meaning.NEVER_TEXT, Meaning.BOILERPLATE})


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


class ShownCounters:
    """The counters of one content."""

    def __init__(self, content: ContentBuilder) -> None:
        self._content = content
        self._number_of_part = ""

    def begin(self, name: str, attributes: Attributes, is_part: bool) -> Counter | None:
        """Return the counter that begins, if an element is one.

        It may name its number. Or it is a part whose number an element around has named.
        """
        if not is_part and COUNTER_ATTRIBUTES.isdisjoint(attributes):
            return None
        last = _last_number(attributes)
        if last is None and is_part:
            last, self._number_of_part = self._number_of_part, ""
        if last:
            return Counter(name, attributes, self._content, last)
        for attribute in NUMBERS_OF_PARTS:
            number = _NUMBER.fullmatch(attributes.get(attribute, "").strip())
            if number is not None:
                self._number_of_part = _shown(number, attributes)
                break
        return None


def _last_number(attributes: Attributes) -> str | None:
    """Return the number at which a counter ends, as it is shown; None if there is no counter."""
    names = OWN_NUMBERS.intersection(attributes)
    if not names and COUNTER_CLASS.search(attributes.get("class", "")):
        names = NUMBERS_OF_COUNTERS.intersection(attributes)
    for name in names:
        number = _NUMBER.fullmatch(attributes[name].strip())
        if number is not None:
            return _shown(number, attributes)
    return None


def _shown(number: re.Match[str], attributes: Attributes) -> str:
    delimiters = (attributes.get(name, "")[:1] for name in _DELIMITERS)
    delimiter = next((sign for sign in delimiters if sign and not sign.isalnum()), "")
    written = number[0]
    if delimiter:
        decimals = len(number[1] or "")
        written = f"{float(number[0]):,.{decimals}f}".replace(",", delimiter)
    before = attributes.get("data-prefix", "")
    after = attributes.get("data-suffix", "") or attributes.get("data-pie-units", "")
    return f"{before[:_MAX_SIGN]}{written}{after[:_MAX_SIGN]}"


class Twin(JudgedElement):
    """An open `span` that is hidden from screen readers.

    Scripts write a word twice that moves or runs through the line; they would read it twice.
    """

    def __init__(self, name: str, attributes: Attributes, content: ContentBuilder) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE, name, attributes)
        self._content = content
        self._has_picture = False

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._has_picture |= name in MEDIA_TAGS

    def is_left_out(self) -> bool:
        """Return whether its words stand right before it, in the same line."""
        words = "".join(event for event in self._events if isinstance(event, str)).split()
        size = sum(map(len, words)) + len(words)
        if self._has_picture or not any(map(str.isalpha, words)) or size > _MAX_TWIN:
            return False
        before = self._content.text.text_before(self._content.text.bookmark(), 2 * size)
        return before.split()[-len(words) :] == words


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


class HiddenElement(JudgedElement):
    """An open element that is hidden. Its pictures and embeds are kept: scripts may show them.

    `block` counts the text that is lost, if it may come back. An element inside that takes back
    what hides it is written, within those around it, whose other text goes.
    """

    def __init__(
        self, content: ContentBuilder, block: SkippedElement, name: str, attributes: Attributes
    ) -> None:
        super().__init__(block.reason, name, attributes)
        self._content = content
        self._block = block
        # What hides the letters of each open element; None where nothing can be shown again.
        self._hiding = [hiding_of_letters("", attributes) or None]
        self._open = [0]  # the open elements, as places in the list of events
        self._around: set[int] = set()  # those of them that hold something shown
        self._shown: set[int] = set()  # those that are shown again

    def start(self, name: str, attributes: Attributes) -> None:
        place = len(self._events)
        super().start(name, attributes)
        self._block.start(name, attributes)
        hiding = self._hiding[-1]
        if hiding:
            hiding = hiding_of_letters(hiding, attributes)
            if hiding == "":
                self._show(place)
        self._hiding.append(hiding)
        self._open.append(place)

    def text(self, data: str) -> None:
        super().text(data)
        self._block.text(data)

    def end(self) -> None:
        super().end()
        self._block.end()
        self._hiding.pop()
        self._open.pop()

    def is_left_out(self) -> bool:
        """Return whether all of it is hidden; then its pictures and embeds are written."""
        if self._shown:
            if isinstance(self._block, BoilerplateBlock):
                self._block.keep()
            return False
        super().replay(_HiddenMedia(self._content))
        return True

    def replay(self, receiver: EventReceiver) -> None:
        """Tell a receiver what is shown again, and of the rest write pictures and embeds."""
        hidden = _HiddenMedia(self._content)
        receivers: list[EventReceiver] = []  # of each open element
        shown_depth = 0
        for place, event in enumerate(self._events):
            if event is None:
                receivers.pop().end()
                if len(receivers) < shown_depth:
                    shown_depth = 0
            elif isinstance(event, str):
                if shown_depth:
                    receiver.text(event)
                else:
                    hidden.text(event)
                    receiver.text(" ")  # what stands on both sides of it is not one word
            else:
                is_written = shown_depth > 0 or place in self._shown or place in self._around
                receivers.append(receiver if is_written else hidden)
                if place in self._shown and not shown_depth:
                    shown_depth = len(receivers)
                name, attributes = event
                if place in self._around:
                    attributes = _without_hiding(attributes)
                receivers[-1].start(name, attributes)

    def _show(self, place: int) -> None:
        self._shown.add(place)
        for around in reversed(self._open):
            if around in self._around:
                break
            self._around.add(around)


def _without_hiding(attributes: Attributes) -> Attributes:
    return {key: value for key, value in attributes.items() if key not in _HIDES}


class _HiddenMedia:
    """A receiver that writes the pictures and embeds of what is hidden, and no text."""

    def __init__(self, content: ContentBuilder) -> None:
        self._content = content
        self._ends: list[Callable[[], None] | None] = []  # of each open element
        self._skipped: SkippedElement | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipped is not None:
            self._skipped.start(name, attributes)
            return
        handled = self._handle(name, attributes)
        if isinstance(handled, SkippedElement):
            self._skipped = handled
        else:
            self._ends.append(handled)

    def text(self, data: str) -> None:
        if self._skipped is not None:
            self._skipped.text(data)

    def comment(self, data: str) -> None:
        """Ignore a comment."""

    def end(self) -> None:
        if self._skipped is None:
            on_end = self._ends.pop()
            if on_end is not None:
                on_end()
            return
        self._skipped.end()
        if self._skipped.depth == 0:
            self._skipped.finish()
            self._skipped = None

    def _handle(
        self, name: str, attributes: Attributes
    ) -> Callable[[], None] | SkippedElement | None:
        meaning = meaning_of(name, attributes)
        if meaning in _EMBEDS:
            return HANDLERS_BY_MEANING[meaning](self._content, attributes)
        if name in _MEDIA_HANDLERS:
            return _MEDIA_HANDLERS[name](self._content, attributes)
        if name == "script" and not attributes.get("type", "").startswith("math/"):
            return HANDLERS[name](self._content, attributes)
        if name in NEVER_TEXT_TAGS or meaning in _NO_MEDIA:
            return SkippedElement(SkipReason.NEVER_TEXT)
        if not UNUSUAL_ATTRIBUTES.isdisjoint(attributes):
            write_backgrounds(self._content, attributes, style_of(attributes).image)
            write_attribute_embed(self._content, attributes)
        return None
