"""Judge a form or a call at its end: it goes with its words, and what is none stays."""

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes, EventReceiver
from pipelines.cleaning.rules.boilerplate import NEVER_TEXT_TAGS, BoilerplateBlock, SkipReason
from pipelines.cleaning.rules.class_names import Meaning
from pipelines.cleaning.rules.held import JudgedElement
from pipelines.cleaning.rules.lines import is_unspaced

_FIELDS = frozenset({"input", "textarea", "select"})
_LEADING = frozenset({"button", "form", "iframe", "amp-iframe"})
_LEADING_ATTRIBUTES = frozenset({"onclick", "data-href", "data-url", "data-link"})
_PICTURES = frozenset({"img", "amp-img", "picture", "iframe", "video", "audio"})
_MAX_WORDS = 300  # characters: a longer text is a test of the reader, or a form that never ended
_PARTS = frozenset({"p", "li", "blockquote"})
_SENTENCE = 40  # characters
_UNSPACED_SENTENCE = 12  # of a script without spaces
_MAX_EVENTS = 200  # of one sentence; it has a few tags
_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟")


class Form(JudgedElement):
    """An open form.

    It is text if it has no field (Movable Type put pictures into such forms), if it holds a
    picture, or a long text. Of a form in which readers write, the sentences are text that stand
    apart from its fields.
    """

    _may_be_text = True

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
        self._asks_for_text = False
        self._written: list[range] | None = None  # the events of its sentences; None for all

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._block.start(name, attributes)
        self._has_field |= name in _FIELDS
        self._has_picture |= name in _PICTURES
        self._asks_for_text |= name == "textarea"

    def text(self, data: str) -> None:
        super().text(data)
        self._block.text(data)

    def end(self) -> None:
        super().end()
        self._block.end()

    def is_left_out(self) -> bool:
        """Return whether it is a form and no more."""
        is_text = not self._has_field or self._has_picture or self._block.size > _MAX_WORDS
        if is_text and self._may_be_text:
            self._block.keep()
            return False
        if self._asks_for_text:
            self._written = self._sentences()
            if self._written:
                self._content.break_apart()
                self._block.keep()
                return False
        self._pass_over()
        return True

    def _pass_over(self) -> None:
        self._content.pass_over()
        if self._block.is_sign_up:
            self._content.sign_ups.append(self._content.text.size)

    def replay(self, receiver: EventReceiver) -> None:
        """Tell a receiver all of it, or its sentences."""
        if self._written is None:
            super().replay(receiver)
            return
        for places in self._written:
            for event in self._events[places.start : places.stop]:
                if event is None:
                    receiver.end()
                elif isinstance(event, str):
                    receiver.text(event)
                else:
                    receiver.start(*event)

    def _sentences(self) -> list[range]:
        """Return where paragraphs stand that hold a sentence and no field, label or button."""
        found: list[range] = []
        begins: list[int] = []
        last_field = -1
        for place, event in enumerate(self._events):
            if isinstance(event, tuple):
                begins.append(place)
                if event[0] in NEVER_TEXT_TAGS:
                    last_field = place
            elif event is None:
                begin = begins.pop()
                if last_field < begin and self._is_sentence(begin, place):
                    while found and found[-1].start > begin:
                        found.pop()
                    found.append(range(begin, place + 1))
        return found

    def _is_sentence(self, begin: int, end: int) -> bool:
        opening = self._events[begin]
        if not isinstance(opening, tuple) or opening[0] not in _PARTS:
            return False
        if end - begin > _MAX_EVENTS:
            return False
        pieces = [event for event in self._events[begin:end] if isinstance(event, str)]
        text = " ".join("".join(pieces).split())
        least = _UNSPACED_SENTENCE if is_unspaced(text) else _SENTENCE
        return len(text) >= least and text.endswith(_ENDS)


class NamedForm(Form):
    """An open form of a plug-in, with what stands around it: it is a form whatever it holds."""

    _may_be_text = False


class Call(Form):
    """An open box that calls to do something, or lists other posts, by its class.

    One in which nothing can be followed or filled in is text: a name alone proves too little.
    """

    def __init__(
        self,
        name: str,
        attributes: Attributes,
        content: ContentBuilder,
        block: BoilerplateBlock,
    ) -> None:
        super().__init__(name, attributes, content, block)
        self._leads_somewhere = _leads_somewhere(name, attributes)

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._leads_somewhere |= _leads_somewhere(name, attributes)

    def is_left_out(self) -> bool:
        """Return whether it leads somewhere, or is empty until a script fills it."""
        if not self._leads_somewhere and self._block.size:
            self._block.keep()
            return False
        self._pass_over()
        return True


def _leads_somewhere(name: str, attributes: Attributes) -> bool:
    if name == "a":
        return "href" in attributes
    return name in _FIELDS or name in _LEADING or not _LEADING_ATTRIBUTES.isdisjoint(attributes)


BOXES: dict[Meaning | None, type[Form]] = {Meaning.CALL: Call, Meaning.FORM: NamedForm}
"""What judges an element whose class says that it is a form or a call."""
