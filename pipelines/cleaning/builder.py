"""Build the content: one place that feeds every writer and collector.

Writers know nothing of each other. What concerns more than one of them is done here. Text, for
example, goes into the plain text, into the safe HTML and into the title of an open link.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipelines.cleaning.parse.lookahead import Lookahead
from pipelines.cleaning.write.flow import PARAGRAPH
from pipelines.cleaning.write.links_and_media import LinkCollector, MediaCollector
from pipelines.cleaning.write.safe_html import SafeHtmlWriter
from pipelines.cleaning.write.text import Bookmark, TextWriter
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.document_parts import Embed
from wparchive.model.features import provider_of

# Ways back from a footnote, and the place of what the link stands beside.
_SIGNS_OF_PLACES = frozenset({"↩", "↩︎", "↩️", "↑", "^", "⤴", "↵", "¶"})
_SIGNS_IN_HEADINGS = frozenset({"#", "§", "🔗", "🔗︎", "🔗️", "⚓", "⚓︎", "∞", "⌗"})

# Fonts of icons use letters that mean nothing by themselves.
_SIGNS_OF_ICON_FONT = re.compile(r"[\ue000-\uf8ff\s]+")

# A letter or digit of a script that has spaces, or the sign of a currency.
_BEGINS_WORD = re.compile("[0-9A-Za-z$€£\u00c0-\u1fff]")


@dataclass(slots=True)
class Superscript:
    """A `sup`: where it begins in text, HTML and recordings; whether it is a footnote's mark."""

    text: Bookmark
    html: int
    recordings: list[int]
    is_footnote_mark: bool


class ContentBuilder:
    """The content of one post while it is being read.

    Handlers (`rules/handlers.py`) are given a builder. They use the writers directly for what
    concerns one of them, and the methods here for what concerns several.
    """

    def __init__(self, base_url: str | None, source: str = "") -> None:
        self.lookahead = Lookahead(source)
        """What stands further on in the source."""
        self.base_url = base_url
        """The address of the page, against which others are resolved."""
        self.text = TextWriter()
        self.html = SafeHtmlWriter()
        self.links = LinkCollector(base_url)
        self.media = MediaCollector(base_url)
        self.open_tables = 0
        self.open_forms = 0
        self.open_pictures = 0
        self.open_code = 0
        """How many open elements hold code, where shortcodes are examples."""
        self.superscripts: list[Superscript] = []
        """The open ones, innermost last."""
        self.last_superscript: Superscript | None = None
        """The last one that was written as an exponent: it may be the upper half of a fraction."""
        self.on_next_text: Callable[[str], None] | None = None
        """What is told of the next text, once: what follows a superscript may tell what it is."""
        self.open_quotations = 0
        """How many open `q` elements there are."""
        self.is_in_quoted_post = False
        self.has_formula = False
        """Whether there is a formula, alone or within a line."""
        self._last_link_end = ((-1, 0), "")  # where, and the address
        self.last_part_end: Bookmark | None = None
        """Where the last `span` ended that is shown as a part or a line of its own."""
        self.skipped: list[int] = []
        """How many characters of text stand before each block that was skipped as boilerplate."""
        self.sign_ups: list[int] = []
        """The same for those of them that ask for an e-mail address."""
        self._embeds_in_link: list[Embed] = []
        self._recordings: list[list[str]] = []
        self._write_text = self.text.write
        self._write_html = self.html.write

    def write(self, data: str) -> None:
        """Write text to everything that is open."""
        if data.isspace() and not self.text.preformatted:
            # White space shrinks to one character. A line break stays one, so that the HTML is
            # as readable as its source.
            data = "\n" if "\n" in data else " "
            # At the beginning of a line it would only have to be taken away again.
            if self.text.is_within_line():
                self._write_text(data)
            self.html.write_space(data)
            if self._recordings:
                self._record(data)
            return
        if self.links.is_within_page and self._is_sign_of_place(data.strip()):
            return
        if "\ue000" <= data[:1] <= "\uf8ff" and self._is_sign_of_icon_font(data):
            return
        if self.on_next_text is not None:
            on_next_text = self.on_next_text
            self.on_next_text = None
            on_next_text(data)
        self._write_text(data)
        self._write_html(data)
        if self._recordings:
            self._record(data)

    def write_end_of_line(self) -> None:
        """Write a line break of the source: most of them stand between two blocks."""
        if self._recordings or self.text.preformatted or self.text.is_within_line():
            self.write("\n")
        else:
            self.html.write_space("\n")

    def _is_sign_of_place(self, text: str) -> bool:
        """Return whether the text of a link within the page is only its sign."""
        if text in _SIGNS_OF_PLACES:
            return True
        return text in _SIGNS_IN_HEADINGS and self.text.kind == "heading"

    def _is_sign_of_icon_font(self, text: str) -> bool:
        return not self.open_code and _SIGNS_OF_ICON_FONT.fullmatch(text) is not None

    def separate(self, gap: int = PARAGRAPH) -> bool:
        """End the line or the paragraph; return whether there was something to end."""
        has_ended = self.text.break_line(gap)
        if self._recordings:
            self._record(" ")
        return has_ended

    def break_apart(self) -> None:
        """Separate what stands before and after something that leaves no tag behind.

        Then the safe HTML needs line breaks, or it would read differently from the text.
        """
        if self.separate():
            self.html.write_tag("<br><br>")
        elif self.html.ends_with_break():
            self.html.write_tag("<br>")

    def pass_over(self) -> None:
        """Say that a block is skipped here, and separate what stands before and after."""
        self.break_apart()
        self.skipped.append(self.text.size)

    def write_space(self) -> None:
        """Write a space into text and titles, where safe HTML has a tag that separates words."""
        self._write_text(" ")
        if self._recordings:
            self._record(" ")

    def break_line(self) -> None:
        """Write a line break."""
        self.text.line_feed()
        self.html.write_tag("<br>")
        if self._recordings:
            self._record(" ")

    def write_mark(self, mark: str) -> None:
        """Write a sign that safe HTML says with a tag, as `q` says quotation marks."""
        self._write_text(mark)
        if self._recordings:
            self._record(mark)

    def mark_superscript(self, is_footnote_mark: bool) -> Superscript:
        """Return a superscript that begins at the present place."""
        return Superscript(
            text=self.text.bookmark(),
            html=self.html.position(),
            recordings=[len(recording) for recording in self._recordings],
            is_footnote_mark=is_footnote_mark,
        )

    def replace_text(self, superscript: Superscript, text: str) -> None:
        """Replace what was written since a superscript began, everywhere but in the safe HTML.

        The line must not have ended since.
        """
        self.on_next_text = None  # it may be about what is replaced
        self.text.replace_since(superscript.text, text)
        # Recordings that began within the superscript do not matter: its link is only a mark.
        for recording, begin in zip(self._recordings, superscript.recordings, strict=False):
            recording[begin:] = [text]

    def start_code(self) -> None:
        """Begin code: brackets in it are text."""
        self.open_code += 1

    def end_code(self) -> None:
        """End code."""
        self.open_code -= 1

    def start_recording(self) -> None:
        """Begin to collect the text that is written, for a title.

        Recordings nest: what is written goes to all of them.
        """
        self._recordings.append([])

    def stop_recording(self) -> str:
        """End the recording that began last; return its text on one line."""
        return collapse_whitespace("".join(self._recordings.pop()))

    def write_embed(self, embed: Embed) -> None:
        """Write an embed: in safe HTML as a link that says what it was, in text as nothing.

        Links do not nest: one within a link is written at the end of that link.
        """
        self.media.add_embed(embed)
        if self.links.has_open_link:
            self.write_space()
            self.html.write_space(" ")
            self._embeds_in_link.append(embed)
            return
        self._write_embed(embed)

    def start_link(self, url: str) -> Callable[[], None]:
        """Begin a link; return what its end does."""
        place, last_url = self._last_link_end
        if place == self.text.place() and last_url != url:
            begin = self.text.bookmark()
            if _BEGINS_WORD.match(self.text.character_before(begin)):
                self.on_next_text = partial(self._part_links, begin)
        self.html.open_link(url)
        self.start_recording()
        return partial(self._end_link, url, self.text.size)

    def _part_links(self, place: Bookmark, next_text: str) -> None:
        """Write a space between two links side by side, which themes show as two things."""
        if place == self.text.bookmark() and _BEGINS_WORD.match(next_text):
            self.write(" ")

    def _end_link(self, url: str, text_before: int) -> None:
        """End an open link, and write the embeds within it."""
        self.links.close_link(url, self.stop_recording(), text_before)
        self.html.write_tag("</a>")
        self._last_link_end = (self.text.place(), url)
        if self._embeds_in_link:
            embeds = self._embeds_in_link
            self._embeds_in_link = []
            for embed in embeds:
                self._write_embed(embed)

    def _write_embed(self, embed: Embed) -> None:
        self._add_block(embed, embed["title"])
        self.write_space()
        self.html.open("a", {}, {"href": embed["url"], "data-embed": embed["kind"]})
        self.html.write(embed["title"] or embed["url"])
        self.html.write_tag("</a>")

    def add_embed(self, embed: Embed, title: str) -> None:
        """Keep an embed, and add its block, which has this title."""
        self.media.add_embed(embed)
        self._add_block(embed, title)

    def _add_block(self, embed: Embed, title: str) -> None:
        url = embed["url"]
        self.text.add_media(
            {
                "kind": "embed",
                "text": "",
                "url": url,
                "provider": provider_of(url),
                "title": title,
            }
        )

    def _record(self, data: str) -> None:
        for recording in self._recordings:
            recording.append(data)
