"""Write text that may hold shortcodes, bare addresses, or Markdown that nobody rendered."""

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import EventReceiver
from pipelines.cleaning.parse.plain_marks import MAX_MARKS, Mark, split_at_marks
from pipelines.cleaning.parse.shortcodes import (
    EnclosingShortcodes,
    ShortcodeMedia,
    split_at_media,
    split_at_shortcodes,
)
from pipelines.cleaning.rules.named_embeds import write_shortcode


class PlainSigns:
    """The writer of texts with such signs, for one content."""

    def __init__(
        self, content: ContentBuilder, receiver: EventReceiver, enclosing: EnclosingShortcodes
    ) -> None:
        """Take the content; the receiver is told of what the signs stand for, as of tags."""
        self._content = content
        self._receiver = receiver
        self._enclosing = enclosing
        self._marks_left = MAX_MARKS

    def write(self, data: str) -> None:
        """Write a text. What stood on both sides of a shortcode of layout is separated."""
        begins_line = self._content.text.bookmark().pieces == 0
        if "[" not in data:
            self._write_marked(data, begins_line)
            return
        for part in split_at_media(data):
            if isinstance(part, ShortcodeMedia):
                self._write_media(part)
                begins_line = True
                continue
            first, *others = map(self._enclosing.without_ends, split_at_shortcodes(part))
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
                self._content.write(part)
                continue
            self._marks_left = max(0, self._marks_left - 1)
            if part.tag == "img":
                self._receiver.start("img", {"src": part.href, "alt": part.text})
                self._receiver.end()
            elif part.tag == "a" and (part.text == part.href or self._content.links.has_open_link):
                self._write_address(part)
            else:
                self._receiver.start(part.tag, {"href": part.href})
                self._write_marked(part.text, begins_line=False)
                self._receiver.end()

    def _write_address(self, address: Mark) -> None:
        if self._content.links.has_open_link:
            self._content.write(address.text)
            return
        self._receiver.start("a", {"href": address.href})
        self._content.write(address.text)
        self._receiver.end()
