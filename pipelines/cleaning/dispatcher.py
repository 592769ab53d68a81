"""Go once through the events of a content, and give each tag to its handler.

There is no tree, and no search for ancestors, which would take quadratic time. What an open element
means for those after it is kept in counters and stacks. This needs balanced events, see
`EventReceiver`.
"""

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import EnclosingShortcodes
from pipelines.cleaning.rules.boilerplate import (
    BoilerplateBlock,
    BoilerplateFilter,
    SkippedElement,
    SkipReason,
    button_meaning,
)
from pipelines.cleaning.rules.buttons import ButtonRow, HeldButton, NamedButton
from pipelines.cleaning.rules.class_names import Meaning, is_coloured_name, meaning_of
from pipelines.cleaning.rules.forms import BOXES, Form
from pipelines.cleaning.rules.handlers import OnEnd
from pipelines.cleaning.rules.held import (
    Counter,
    ForSomeDevices,
    HiddenElement,
    JudgedElement,
    ShownCounters,
    Twin,
    WhiteText,
)
from pipelines.cleaning.rules.hidden import (
    UNUSUAL_ATTRIBUTES,
    HiddenText,
    Hiding,
    hides_letters,
    is_button,
    is_coloured,
    style_of,
)
from pipelines.cleaning.rules.images import write_backgrounds
from pipelines.cleaning.rules.named_embeds import write_attribute_embed
from pipelines.cleaning.rules.plain_signs import PlainSigns
from pipelines.cleaning.rules.players import MEDIA_TAGS
from pipelines.cleaning.rules.polls import write_poll
from pipelines.cleaning.rules.tags import (
    RULES_BY_MEANING,
    TAG_RULES,
    UNKNOWN_TAG,
    TagRule,
    flat_rule,
)

# Media may be hidden until they are loaded. The parser opens the other two by itself.
_NEVER_HIDDEN = frozenset(MEDIA_TAGS | {"body", "html"})
_TELLING = frozenset({"li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})
_JUDGED = frozenset({Meaning.SOME_DEVICES, Meaning.COUNTER})
_LOOKS = frozenset({Meaning.COLOURED, Meaning.SOME_DEVICES})
_MAX_BLANK_PIECES = 8
_MAX_HIDDEN = 4  # parts hidden in parts shown again; deeper ones stay, or time would be quadratic
# `<!--more-->` and `<!--nextpage-->` separate what stands before and after; WordPress writes no
# other comment that means anything. `<!--:de-->` is qTranslate's, before another language.
_PAGE_COMMENTS = ("nextpage", "more", ":")


_DEEPEST = 300
"""How deep elements nest in safe HTML. No browser nests much deeper, and every reader would pay for
it. What is deeper keeps its text, its gaps, its links and its pictures, without tags."""


class EventDispatcher:
    """A receiver of events that knows which elements are open, and calls the handler of each.

    It asks `boilerplate` which elements to skip. Without `shortcodes` it leaves them
    in the text, because a title may be about one. Without `holds_buttons` it writes links that
    look like buttons.
    """

    def __init__(
        self,
        content: ContentBuilder,
        boilerplate: BoilerplateFilter,
        shortcodes: EnclosingShortcodes | None,
        holds_buttons: bool = True,
    ) -> None:
        self._content = content
        self._boilerplate = boilerplate
        self._hidden = HiddenText(content.lookahead)
        self._signs: PlainSigns | None = None
        if shortcodes is not None:
            self._signs = PlainSigns(content, self, shortcodes)
        self._counters = ShownCounters(content)
        self._seen_on_devices: dict[str, frozenset[str]] = {}
        self._written_at_last: list[type[JudgedElement]] = []
        self._holds_buttons = holds_buttons
        # What is called for nearly every event is looked up once.
        self._write = content.write
        self._write_tag = content.html.write_tag
        self._separate = content.separate
        self._open: list[TagRule] = []
        # What the end does of each open element that has a handler; most have none.
        self._ends: list[OnEnd | None] = []
        self._skipped: SkippedElement | None = None
        self._backgrounds: list[int] = []  # how many elements are open within each
        self.buttons = ButtonRow(content)
        """The buttons of which it is not known yet whether they are written."""
        self._held = self.buttons.held
        self._is_replaying = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipped is not None:
            self._skipped.start(name, attributes)
            return
        rule = TAG_RULES.get(name, UNKNOWN_TAG)
        meaning = None
        is_unusual = False
        if attributes:
            if "class" in attributes or "id" in attributes:
                meaning = meaning_of(name, attributes)
            is_unusual = not UNUSUAL_ATTRIBUTES.isdisjoint(attributes)
        if self._held and meaning is not Meaning.BUTTON:
            if not (name == "a" and is_button(attributes)):
                self._end_buttons(is_alone=rule.gap > 0 or name == "br")
        if is_unusual or meaning in _JUDGED:
            self._skipped = self._judged(name, meaning, attributes)
            if self._skipped is not None:
                return
        if meaning is not None or rule.may_be_skipped:
            if name == "button":
                meaning = button_meaning(meaning, self._parent(), attributes)
            self._skipped = self._skip(name, meaning, attributes)
            if self._skipped is not None:
                return
            rule = RULES_BY_MEANING.get(meaning, rule)
        if is_unusual and name not in _NEVER_HIDDEN:
            self._skipped = self._hide(name, rule.gap, attributes)
            if self._skipped is not None:
                return
        has_look = is_unusual or meaning in _LOOKS
        if has_look and name == "a" and self._may_be_held(attributes):
            self._skipped = HeldButton(name, attributes)
            return
        if self._open_element(rule, attributes) and has_look:
            self._begin_background(meaning, attributes)

    def _open_element(self, rule: TagRule, attributes: Attributes) -> bool:
        """Write the start of an element; return False where its handler skips it."""
        if len(self._open) >= _DEEPEST:
            rule = flat_rule(rule)
        if rule.is_table_part and not self._content.open_tables:
            rule = TAG_RULES["div"]  # browsers would drop the tag and glue its text to the next one
        if rule.gap:
            self._separate(rule.gap)
        if rule.opening:
            if attributes:
                self._content.html.open(rule.safe_name, attributes)
            else:
                self._write_tag(rule.opening)
        if rule.handler is not None:
            handled = rule.handler(self._content, attributes)
            if isinstance(handled, SkippedElement):
                self._skipped = handled
                return False
            self._ends.append(handled)
        self._open.append(rule)
        return True

    def text(self, data: str) -> None:
        if self._skipped is not None:
            self._skipped.text(data)
        elif self._held:
            self._hold_text(data)
        elif data == "\n":
            self._content.write_end_of_line()
        elif "[" in data or "://" in data or "**" in data or "##" in data:
            if self._signs is None or self._content.open_code:
                self._write(data)
            else:
                self._signs.write(data)
        else:
            self._write(data)

    def comment(self, data: str) -> None:
        if self._skipped is not None or self._content.open_code:
            return
        if data.strip().startswith(_PAGE_COMMENTS):
            self._content.break_apart()

    def end(self) -> None:
        if self._skipped is not None:
            self._end_within(self._skipped)
            return
        rule = self._open.pop()
        if self._held and rule.gap:
            self._end_buttons(is_alone=True)
        if self._backgrounds and self._backgrounds[-1] > len(self._open):
            self._backgrounds.pop()
        if rule.handler is not None:
            on_end = self._ends.pop()
            if on_end is not None:
                on_end()
        if rule.gap:
            self._separate(rule.gap)
        if rule.closing:
            self._write_tag(rule.closing)

    def finish(self) -> None:
        """Decide about what is held when the content ends."""
        if self._held:
            self._end_buttons(is_alone=True)

    def _may_be_held(self, attributes: Attributes) -> bool:
        """Return whether a link looks like a button, and begins its line but not the post."""
        if not is_button(attributes) or not self._holds_buttons or self._is_replaying:
            return False
        begin = self._content.text.bookmark()
        # In a cell, an item or a heading it is what the row, the list or the part is about.
        is_within = self._content.open_tables or (self._open and self._open[-1].tag in _TELLING)
        if is_within or self._content.open_code or not begin.line:
            return False
        written = self._content.text.since(begin._replace(pieces=0), _MAX_BLANK_PIECES)
        return written is not None and not written.strip()

    def _named_button(self, name: str, attributes: Attributes) -> SkippedElement | None:
        """Return the button that begins, by its class; None if it is to be written."""
        if self._is_replaying:
            return None
        block = self._boilerplate.skip_block()
        if block is None:
            return None
        self._content.break_apart()
        return NamedButton(name, attributes, block)

    def _box(self, kind: type[Form], name: str, attributes: Attributes) -> Form | None:
        """Return the form or the call that begins; None if it is to be written."""
        if kind in self._written_at_last:
            return None
        block = self._boilerplate.skip_block()
        if block is None:
            return None
        return kind(name, attributes, self._content, block)

    def _hold_text(self, data: str) -> None:
        if data.isspace():
            self.buttons.add_space(data)
            return
        self._end_buttons(is_alone=False)
        self.text(data)

    def _end_buttons(self, is_alone: bool) -> None:
        """Decide about the buttons that are held: those alone in their line are not written."""
        self._is_replaying = True
        for button in self.buttons.end(is_alone):
            button.replay(self)
        self._is_replaying = False

    def _skip(
        self, name: str, meaning: Meaning | None, attributes: Attributes
    ) -> SkippedElement | None:
        if meaning is Meaning.BUTTON:
            return self._named_button(name, attributes)
        if meaning in BOXES:
            return self._box(BOXES[meaning], name, attributes)
        if name == "form" and meaning is not Meaning.BOILERPLATE:
            return self._box(Form, name, attributes)
        is_in_form = self._content.open_forms > 0
        skipped = self._boilerplate.skip(name, meaning, self._parent(), is_in_form)
        if skipped is not None and skipped.reason is SkipReason.BOILERPLATE:
            self._content.pass_over()
        return skipped

    def _parent(self) -> str:
        """Return the name of the innermost open tag; empty for none."""
        return self._open[-1].tag if self._open else ""

    def _hide(self, name: str, gap: int, attributes: Attributes) -> SkippedElement | None:
        hiding = self._hidden.hiding(attributes)
        if name == "a" and hiding is None and self._is_white_link(attributes):
            hiding = Hiding.FOR_GOOD
        if hiding is None or (self._is_deep_in_hidden() and hides_letters(attributes)):
            return None
        block: SkippedElement | None = SkippedElement(SkipReason.HIDDEN)
        if hiding is Hiding.UNTIL_SHOWN:
            block = self._boilerplate.skip_block()
        if block is None:
            return None
        if gap:
            self._content.break_apart()
        return HiddenElement(self._content, block, name, attributes)

    def _is_deep_in_hidden(self) -> bool:
        return self._written_at_last.count(HiddenElement) >= _MAX_HIDDEN

    def _judged(
        self, name: str, meaning: Meaning | None, attributes: Attributes
    ) -> JudgedElement | None:
        """Return the element that begins if it is judged at its end; None for any other.

        Within one that is written at last, others of its kind are not judged.
        """
        written = self._written_at_last
        if meaning is Meaning.SOME_DEVICES:
            if ForSomeDevices in written:
                return None
            return ForSomeDevices(name, attributes, self._seen_on_devices)
        if Counter not in written:
            counter = self._counters.begin(name, attributes, meaning is Meaning.COUNTER)
            if counter is not None:
                return counter
        if name == "span" and attributes.get("aria-hidden") == "true" and Twin not in written:
            return Twin(name, attributes, self._content)
        style = style_of(attributes)
        if not style.has_white_letters or style.has_background or meaning is Meaning.COLOURED:
            return None
        if name == "a" or self._backgrounds or WhiteText in written:
            return None
        return WhiteText(name, attributes, self._content.links)

    def _is_white_link(self, attributes: Attributes) -> bool:
        """Return whether a link to another site is white on nothing, which is how spam hides."""
        if self._backgrounds or not style_of(attributes).has_white_letters:
            return False
        if is_coloured(attributes):
            return False
        return self._content.links.leads_elsewhere(attributes.get("href", ""))

    def _begin_background(self, meaning: Meaning | None, attributes: Attributes) -> None:
        """Remember that what follows stands on a background, and write its picture."""
        style = style_of(attributes)
        if meaning is Meaning.SOME_DEVICES and is_coloured_name(attributes):
            meaning = Meaning.COLOURED
        # Where an author writes in white, the page is dark.
        if meaning is Meaning.COLOURED or style.has_background or style.has_white_letters:
            self._backgrounds.append(len(self._open))
        write_backgrounds(self._content, attributes, style.image)
        write_attribute_embed(self._content, attributes)
        write_poll(self._content, attributes)

    def _end_within(self, skipped: SkippedElement) -> None:
        skipped.end()
        if skipped.depth == 0:
            self._skipped = None
            skipped.finish()
            if isinstance(skipped, HeldButton):
                self.buttons.add(skipped)
            elif isinstance(skipped, BoilerplateBlock):
                if skipped.is_sign_up:
                    self._content.sign_ups.append(self._content.text.size)
            elif isinstance(skipped, JudgedElement) and not skipped.is_left_out():
                kind = type(skipped)
                self._written_at_last.append(kind)
                skipped.replay(self)
                self._written_at_last.pop()
