"""Say what single tags do beyond their layout: one function a tag, found by its name.

A tag is first laid out as `tags.py` says: text before it ends, its start tag is written. Then its
handler is called. It returns what its end does, before the end tag is written, or None if that is
nothing. A handler of a tag without layout may also return a `SkippedElement`: then nothing is
written until the end of the tag, and that object is told what stands there.

A tag that is not in `tags.HANDLERS` (`p`, `h2`, `figure`, `em`) is only laid out. Images, players
and frames are in `images.py` and `players.py`.
"""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.boilerplate import NEVER_TEXT_TAGS, SkippedElement, SkipReason
from pipelines.cleaning.rules.class_names import Meaning, code_language, meaning_of
from pipelines.cleaning.rules.players import marked_embed
from pipelines.cleaning.write.table import MAX_ROWS, CellSpan
from pipelines.cleaning.write.text import Bookmark
from wparchive.model.blocks import BlockKind

OnEnd = Callable[[], None]
"""What is done at the end of a tag."""
Handler = Callable[[ContentBuilder, Attributes], OnEnd | SkippedElement | None]
"""What is done at the start of a tag."""

_LINES = frozenset({"div", "li", "ol", "ul", "p", "pre", "tr", "table", "br"})
_NO_CODE = frozenset({Meaning.NEVER_TEXT, Meaning.BOILERPLATE, Meaning.BUTTON})
_VERSE = "wp-block-verse"  # a poem, whose white space counts
_QUOTATION_MARKS = ("“”", "‘’")  # those of a quotation, and of one within it
_OPENING_MARKS = frozenset("\"'“”„‟‘‚’«»‹›「『《〈")
_MAX_QUOTED_PIECES = 64
_MAX_LABEL_PIECES = 8
# `tt:` and `C:` are the beginnings of names.
_LABEL = re.compile(r"\s*(.).*[^\W\d_]{2}\)?:", re.DOTALL)
_NO_BEGINNING = frozenset(".,;:!?%°)]}…、。，．！？：；％）」』”’»")
# A letter or digit of a script that has spaces.
_VALUE_BEGIN = re.compile("[0-9A-Za-z$€£\u00c0-\u1fff]")
_LABEL_NAME = re.compile(r"(?:^|[\s_-])(?:label|key)(?:\s|$)")
# Of the plug-in footnotes.
_LISTED_NOTE = "footnote_tooltip"
_LIST_OF_NOTES = "footnote_plugin_text"
_SPAN = re.compile(r"[0-9]{1,6}")  # as in safe HTML
_MAX_NUMBER_LENGTH = 9  # a longer number of a list is not meant


def handle_heading(level: int, content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a heading of a level."""
    content.text.start_kind("heading", level)
    return content.text.end_kind


def handle_figure(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a figure."""
    content.text.start_figure()
    return content.text.end_figure


def handle_caption(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin the caption of a figure."""
    content.text.start_caption()
    return content.text.end_caption


def handle_list(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a list of bullets."""
    content.text.start_list(None)
    return content.text.end_list


def handle_ordered_list(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a numbered list."""
    first = _number(attributes.get("start"))
    # Not `or 1`: a list may begin at 0.
    if first is None:
        first = 1
    content.text.start_list(first)
    return content.text.end_list


def handle_list_item(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a list item."""
    content.text.start_item(_number(attributes.get("value")))
    return content.text.end_item


def handle_table(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a table."""
    content.open_tables += 1
    content.text.start_table()
    return partial(_end_table, content)


def _end_table(content: ContentBuilder) -> None:
    content.open_tables -= 1
    content.text.end_table()


def handle_table_section(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin the head, the foot or a body of a table."""
    content.text.divide_sections()
    return content.text.divide_sections


def handle_table_row(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a row of a table."""
    content.text.start_row()
    return content.text.end_row


def handle_table_cell(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a cell of a table."""
    columns = _span(attributes.get("colspan")) or 1
    rows = _span(attributes.get("rowspan")) or MAX_ROWS
    content.text.start_cell(CellSpan(columns, rows))
    return content.text.end_cell


def _span(value: str | None) -> int:
    """Return how many columns or rows a cell spans; 0 means all of them that are left."""
    if value is None or not _SPAN.fullmatch(value):
        return 1
    return int(value)


def handle_preformatted(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a block that keeps its white space."""
    content.start_code()
    kind: BlockKind = "code"
    if _VERSE in attributes.get("class", ""):
        kind = "paragraph"
    language = code_language(attributes)
    content.html.open("pre", attributes, _language_class(language))
    content.text.start_preformatted(kind, language)
    return partial(_end_preformatted, content)


def _end_preformatted(content: ContentBuilder) -> None:
    content.end_code()
    content.text.end_preformatted()


def handle_lines_of_code(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin a block of code whose lines are elements: it becomes a `pre`."""
    return _LinesOfCode(content, attributes)


class _LinesOfCode(SkippedElement):
    """An open block of code. Its lines are elements, or rows of a table, beside numbers of lines.

    Where it holds a `pre`, that is the code, and what stands around it are labels and buttons.
    Safe HTML has its text alone: a parser would take blocks and tables out of a `pre`.
    """

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._attributes = attributes
        self._pieces: list[str] = []
        self._open: list[str] = []  # the names of the elements that are open inside
        self._never_text_depth = 0  # where something began that is no code
        self._has_pre = False
        self._open_pres = 0

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._open.append(name)
        self._open_pres += name == "pre"
        if self._never_text_depth:
            return
        if name in NEVER_TEXT_TAGS or meaning_of(name, attributes) in _NO_CODE:
            self._never_text_depth = self.depth
            return
        if name == "pre" and not self._has_pre:
            self._has_pre = True
            self._pieces.clear()
        if name in _LINES:
            self._end_line()
        # Some highlighters name the language at the outermost element, others at one inside.
        if not code_language(self._attributes) and code_language(attributes):
            self._attributes = attributes

    def text(self, data: str) -> None:
        if self._never_text_depth or (self._has_pre and not self._open_pres):
            return
        self._pieces.append(data)

    def end(self) -> None:
        if self._open:
            name = self._open.pop()
            self._open_pres -= name == "pre"
            if not self._never_text_depth and name in _LINES and name != "br":
                self._end_line()
        if self._never_text_depth == self.depth:
            self._never_text_depth = 0
        super().end()

    def finish(self) -> None:
        """Write the code."""
        on_end = handle_preformatted(self._content, self._attributes)
        self._content.write("".join(self._pieces))
        on_end()
        self._content.html.write_tag("</pre>")

    def _end_line(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")


def handle_code(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin code, within a line or within a block that keeps its white space."""
    language = code_language(attributes)
    content.html.open("code", attributes, _language_class(language))
    content.start_code()
    # In `<pre><code class="language-x">`, as HTML advises, only the inner element names it.
    if content.text.preformatted and not content.text.code_language:
        content.text.code_language = language
    return content.end_code


def _language_class(language: str) -> dict[str, str | None]:
    """Return the attribute by which safe HTML names the language of code."""
    if not language:
        return {}
    return {"class": f"language-{language}"}


def handle_keys(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin what is typed or printed, which is like code."""
    content.start_code()
    return content.end_code


def handle_link(content: ContentBuilder, attributes: Attributes) -> OnEnd | SkippedElement:
    """Begin an anchor: a link, a place to jump to, or an embed that cleaned HTML marks as one."""
    if "data-embed" in attributes:
        embed = marked_embed(content, attributes)
        if embed is not None:
            return embed
    if attributes.get("role") == "tab":
        content.break_apart()  # the names of tabs stand side by side
    href = attributes.get("href", "")
    url = content.links.open_anchor(href)
    # A raised link to a place below leads to a footnote.
    if content.superscripts and content.links.is_within_page:
        content.superscripts[-1].is_footnote_mark = True
    if url is None:
        return content.links.close_anchor
    return content.start_link(url)


def handle_line_break(content: ContentBuilder, attributes: Attributes) -> None:
    """Write a line break."""
    content.break_line()


def handle_quotation(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a quotation within a line: browsers write its marks, so the source has none."""
    begin = content.text.bookmark()
    marks = _QUOTATION_MARKS[content.open_quotations % 2]
    content.open_quotations += 1
    content.write_mark(marks[0])
    return partial(_end_quotation, content, begin, marks)


def _end_quotation(content: ContentBuilder, begin: Bookmark, marks: str) -> None:
    content.open_quotations -= 1
    written = content.text.since(begin, _MAX_QUOTED_PIECES)
    if written is not None:
        quoted = written[1:].strip()
        if not quoted or quoted[0] in _OPENING_MARKS:  # somebody has written them all the same
            content.text.remove_piece(begin)
            return
    content.write_mark(marks[1])


def handle_toggle(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a button that opens a fold or a tab: the question, or the name of the tab."""
    content.break_apart()
    return content.break_apart


def handle_line(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a span that is a line of code, if it stands in code: a line break follows another."""
    if content.text.preformatted and content.last_part_end == content.text.bookmark():
        content.write("\n")
    return partial(_end_line_of_code, content)


def _end_line_of_code(content: ContentBuilder) -> None:
    content.last_part_end = content.text.bookmark()
    if content.text.character_before(content.last_part_end) == "\n":
        content.last_part_end = None


def handle_label(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin strong letters or a label, which may stand right before a value: `Author:`."""
    return partial(_end_label, content, content.text.bookmark())


def _end_label(content: ContentBuilder, begin: Bookmark) -> None:
    written = content.text.since(begin, _MAX_LABEL_PIECES)
    if not written or content.open_code:
        return
    label = _LABEL.fullmatch(written)
    if label is not None and not label[1].islower():
        content.on_next_text = partial(_write_gap, content, content.text.bookmark())


def _write_gap(content: ContentBuilder, place: Bookmark, next_text: str) -> None:
    """Write a space between a label and a value that follows at once, as a reader would."""
    if place == content.text.bookmark() and _VALUE_BEGIN.match(next_text):
        content.write(" ")


def handle_part(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a span that is shown as a part of its own: a gap stands between two of them."""
    place = content.text.bookmark()
    if not content.open_code and content.last_part_end == place:
        content.on_next_text = partial(_part, content, place)
    is_label = _LABEL_NAME.search(attributes.get("class", "")) is not None
    return partial(_end_part, content, is_label)


def _part(content: ContentBuilder, place: Bookmark, next_text: str) -> None:
    """Write a space between two parts, unless the second one ends a word or a number."""
    if place == content.text.bookmark() and next_text[0] not in _NO_BEGINNING:
        content.write(" ")


def _end_part(content: ContentBuilder, is_label: bool) -> None:
    content.last_part_end = content.text.bookmark()
    if is_label and content.text.is_within_line() and not content.open_code:
        content.on_next_text = partial(_write_gap, content, content.last_part_end)


def handle_aside(content: ContentBuilder, attributes: Attributes) -> OnEnd | SkippedElement:
    """Begin a text beside a word; it stands in parentheses, or where a plug-in lists all notes."""
    is_listed = _LISTED_NOTE in attributes.get("class", "").split()
    if is_listed and content.lookahead.holds(_LIST_OF_NOTES):
        return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    content.write(" (")
    return partial(content.write, ")")


def handle_inline(content: ContentBuilder, attributes: Attributes) -> None:
    """Begin a block that is shown in the line before it."""


def handle_ruby_text(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin the reading of a character; it stands in parentheses."""
    content.write("(")
    return partial(content.write, ")")


def handle_form(content: ContentBuilder, attributes: Attributes) -> OnEnd:
    """Begin a form: the labels in it belong to its fields."""
    content.open_forms += 1
    return partial(_end_form, content, content.text.size)


def _end_form(content: ContentBuilder, text_before: int) -> None:
    content.open_forms -= 1
    content.separate()
    if content.text.size == text_before:  # nothing but fields
        content.skipped.append(text_before)


def _number(value: str | None) -> int | None:
    if value is None or len(value) > _MAX_NUMBER_LENGTH:
        return None
    try:
        return int(value)
    except ValueError:
        return None
