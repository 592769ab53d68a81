"""Go once through the events of a content, and give each tag to its handler.

There is no tree, and no search for ancestors, which would take quadratic time. What an open element
means for those after it is kept in counters and stacks. This needs balanced events, see
`EventReceiver`.
"""

from dataclasses import dataclass, replace
from functools import cache

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.plain_marks import MAX_MARKS, Mark, split_at_marks
from pipelines.cleaning.parse.shortcodes import ShortcodeMedia, split_at_media, split_at_shortcodes
from pipelines.cleaning.rules.boilerplate import (
    MAY_BE_SKIPPED,
    TOGGLE_PARENTS,
    BoilerplateFilter,
    SkippedElement,
    SkipReason,
)
from pipelines.cleaning.rules.buttons import ButtonRow, HeldButton, NamedButton
from pipelines.cleaning.rules.class_names import Meaning, meaning_of, toggle_meaning
from pipelines.cleaning.rules.handlers import Handler, OnEnd
from pipelines.cleaning.rules.hidden import (
    UNUSUAL_ATTRIBUTES,
    HiddenText,
    Hiding,
    is_button,
    is_coloured,
    style_of,
)
from pipelines.cleaning.rules.images import HiddenElement, write_background
from pipelines.cleaning.rules.named_embeds import write_shortcode
from pipelines.cleaning.rules.players import MEDIA_TAGS
from pipelines.cleaning.rules.tags import (
    HANDLERS,
    HANDLERS_BY_MEANING,
    LAYOUTS,
    TABLE_PARTS,
    UNWRAPPED,
)
from pipelines.cleaning.write.flow import PARAGRAPH

# Media may be hidden until they are loaded. The parser opens the other two by itself.
_NEVER_HIDDEN = frozenset(MEDIA_TAGS | {"body", "html"})
_TELLING = frozenset({"li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})
_MAX_BLANK_PIECES = 8
# `<!--more-->` and `<!--nextpage-->` separate what stands before and after; WordPress writes no
# other comment that means anything.
_PAGE_COMMENTS = ("nextpage", "more")


@dataclass(frozen=True, slots=True)
class Rule:
    """All that is known of a tag, in one place: a start tag takes one look-up, its end none."""

    tag: str
    safe_name: str
    gap: int
    opening: str
    closing: str
    handler: Handler | None
    may_be_skipped: bool
    is_table_part: bool


def _rule(tag: str) -> Rule:
    layout = LAYOUTS.get(tag, UNWRAPPED)
    return Rule(tag, *layout, HANDLERS.get(tag), tag in MAY_BE_SKIPPED, tag in TABLE_PARTS)


@cache
def _flat(rule: Rule) -> Rule:
    """Return the rule of an element of which only its gap is left.

    Links and media, whose handlers write more than tags, stay as they are.
    """
    if rule.tag == "blockquote":
        return replace(_UNKNOWN, tag=rule.tag, gap=PARAGRAPH)  # its handler makes the gap
    if rule.gap or rule.handler is None:
        return replace(_UNKNOWN, tag=rule.tag, gap=rule.gap)
    return rule


_UNKNOWN = _rule("")
_DEEPEST = 300
"""How deep elements nest in safe HTML. No browser nests much deeper, and every reader would pay for
it. What is deeper keeps its text, its gaps, its links and its pictures, without tags."""
_RULES = {tag: _rule(tag) for tag in (*LAYOUTS, *HANDLERS, *MAY_BE_SKIPPED)}
_QUOTE = replace(_UNKNOWN, tag="blockquote")
_RULES_BY_MEANING: dict[Meaning | None, Rule] = {
    meaning: replace(rule, handler=HANDLERS_BY_MEANING[meaning])
    for meaning, rule in {
        Meaning.TWEET: _QUOTE,
        Meaning.POST: _QUOTE,
        Meaning.PLAYER: replace(_UNKNOWN, tag="div"),
        Meaning.EMBED_WRAPPER: _RULES["div"],
        Meaning.TOGGLE: _UNKNOWN,
        Meaning.PART: _UNKNOWN,
        Meaning.FOOTNOTE: _RULES["sup"],
        Meaning.CODE: replace(_UNKNOWN, tag="pre", gap=PARAGRAPH),
    }.items()
}


class EventDispatcher:
    """A receiver of events that knows which elements are open, and calls the handler of each.

    It asks `boilerplate` and `hidden` which elements to skip. With `keeps_shortcodes` it leaves
    shortcodes in the text, because a title may be about one. Without `holds_buttons` it writes
    links that look like buttons.
    """

    def __init__(
        self,
        content: ContentBuilder,
        boilerplate: BoilerplateFilter,
        hidden: HiddenText,
        keeps_shortcodes: bool = False,
        holds_buttons: bool = True,
    ) -> None:
        self._content = content
        self._boilerplate = boilerplate
        self._hidden = hidden
        self._keeps_shortcodes = keeps_shortcodes
        self._holds_buttons = holds_buttons
        # What is called for nearly every event is looked up once.
        self._write = content.write
        self._write_tag = content.html.write_tag
        self._separate = content.separate
        self._open: list[Rule] = []
        # What the end does of each open element that has a handler; most have none.
        self._ends: list[OnEnd | None] = []
        self._skipped: SkippedElement | None = None
        self._backgrounds: list[int] = []  # how many elements are open within each
        self.buttons = ButtonRow(content)
        """The buttons of which it is not known yet whether they are written."""
        self._is_replaying = False
        self._marks_left = MAX_MARKS

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipped is not None:
            self._skipped.start(name, attributes)
            return
        rule = _RULES.get(name, _UNKNOWN)
        meaning = None
        is_unusual = False
        if attributes:
            if "class" in attributes or "id" in attributes:
                meaning = meaning_of(name, attributes)
            is_unusual = not UNUSUAL_ATTRIBUTES.isdisjoint(attributes)
        if self.buttons and meaning is not Meaning.BUTTON:
            if not (name == "a" and is_button(attributes)):
                self._end_buttons(is_alone=rule.gap > 0 or name == "br")
        if meaning is not None or rule.may_be_skipped:
            if name == "button":
                meaning = _button_meaning(meaning, self._parent(), attributes)
            self._skipped = self._skip(name, meaning, attributes)
            if self._skipped is not None:
                return
            rule = _RULES_BY_MEANING.get(meaning, rule)
        if is_unusual and name not in _NEVER_HIDDEN:
            self._skipped = self._hide(name, attributes)
            if self._skipped is not None:
                if rule.gap:
                    self._content.break_apart()
                return
        has_look = is_unusual or meaning is Meaning.COLOURED
        if has_look and name == "a" and self._may_be_held(attributes):
            self._skipped = HeldButton(name, attributes)
            return
        if not self._open_element(rule, attributes):
            return
        if has_look:
            self._begin_background(meaning, attributes)

    def _open_element(self, rule: Rule, attributes: Attributes) -> bool:
        """Write the start of an element; return False where its handler skips it."""
        if len(self._open) >= _DEEPEST:
            rule = _flat(rule)
        if rule.is_table_part and not self._content.open_tables:
            rule = _RULES["div"]  # browsers would drop the tag and glue its text to the next one
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
        elif self.buttons:
            self._hold_text(data)
        elif "[" in data or "://" in data or "**" in data or "##" in data:
            self._write_plain_signs(data)
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
        if self.buttons and rule.gap:
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
        if self.buttons:
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
        is_in_form = self._content.open_forms > 0
        skipped = self._boilerplate.skip(name, meaning, self._parent(), is_in_form)
        if skipped is not None and skipped.reason is SkipReason.BOILERPLATE:
            self._content.pass_over()
        return skipped

    def _parent(self) -> str:
        """Return the name of the innermost open tag; empty for none."""
        if not self._open:
            return ""
        return self._open[-1].tag

    def _hide(self, name: str, attributes: Attributes) -> SkippedElement | None:
        hiding = self._hidden.hiding(attributes)
        if name == "a" and hiding is None and self._is_white_link(attributes):
            hiding = Hiding.FOR_GOOD
        if hiding is None:
            return None
        block: SkippedElement | None = SkippedElement(SkipReason.HIDDEN)
        if hiding is Hiding.UNTIL_SHOWN:
            block = self._boilerplate.skip_block()
        if block is None:
            return None
        return HiddenElement(self._content, block)

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
        # Where an author writes in white, the page is dark.
        if meaning is Meaning.COLOURED or style.has_background or style.has_white_letters:
            self._backgrounds.append(len(self._open))
        image = style.image
        for name in ("data-background", "data-background-image", "data-bg"):
            image = attributes.get(name) or image
        if image:
            write_background(self._content, image, attributes.get("aria-label", ""))

    def _end_within(self, skipped: SkippedElement) -> None:
        skipped.end()
        if skipped.depth == 0:
            self._skipped = None
            skipped.finish()
            if isinstance(skipped, HeldButton):
                self.buttons.add(skipped)

    def _write_plain_signs(self, data: str) -> None:
        """Write text that may hold shortcodes, bare addresses, or Markdown that nobody rendered.

        What stood on both sides of a shortcode of layout is separated.
        """
        if self._keeps_shortcodes or self._content.open_code:
            self._write(data)
            return
        begins_line = self._content.text.bookmark().pieces == 0
        if "[" not in data:
            self._write_marked(data, begins_line)
            return
        for part in split_at_media(data):
            if isinstance(part, ShortcodeMedia):
                self._write_media(part)
                begins_line = True
                continue
            first, *others = split_at_shortcodes(part)
            self._write_marked(first, begins_line)
            for other in others:
                self._content.break_apart()
                self._write_marked(other, begins_line=True)

    def _write_media(self, media: ShortcodeMedia) -> None:
        self._content.break_apart()
        if self._marks_left:
            self._marks_left -= 1
            write_shortcode(self._content, media)
        self._content.break_apart()

    def _write_marked(self, text: str, begins_line: bool) -> None:
        for part in split_at_marks(text, begins_line, self._marks_left):
            if isinstance(part, str):
                self._write(part)
                continue
            self._marks_left = max(0, self._marks_left - 1)
            if part.tag == "img":
                self.start("img", {"src": part.href, "alt": part.text})
                self.end()
            elif part.tag == "a" and (part.text == part.href or self._content.links.has_open_link):
                self._write_address(part)
            else:
                self.start(part.tag, {"href": part.href})
                self._write_marked(part.text, begins_line=False)
                self.end()

    def _write_address(self, address: Mark) -> None:
        if self._content.links.has_open_link:
            self._write(address.text)
            return
        self.start("a", {"href": address.href})
        self._write(address.text)
        self.end()


def _button_meaning(meaning: Meaning | None, parent: str, attributes: Attributes) -> Meaning | None:
    """Return the meaning of a button: one that opens a fold or a tab names what it opens."""
    if meaning in (None, Meaning.COLOURED) and parent not in TOGGLE_PARENTS:
        return toggle_meaning(attributes) or meaning
    return meaning
