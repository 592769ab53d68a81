"""What a sink writes and gathers: text and safe HTML side by side, and the links, images and embeds among them."""

from collections.abc import Mapping

from pipelines.cleaning.lazy import frame_source, image_source, same_file
from pipelines.cleaning.safe_html import escape, escape_value, open_tag
from pipelines.cleaning.text import PARAGRAPH, TextWriter, one_line
from pipelines.cleaning.urls import resolve, resolve_web
from wparchive.model.documents import Embed, Image, Link

Attrs = Mapping[str, str]

_BACK_ARROWS = frozenset({"↩", "↩︎", "↩️", "↑", "^", "⤴", "↵"})
_PERMALINKS = ("cite", "data-instgrm-permalink", "data-text-post-permalink", "data-href")
_WITHIN_PAGE, _NOWHERE = "#", ""


class _Quote:
    """A quoted post while it is open: its text and its links are the post's too."""

    def __init__(self, kind: str, url: str | None, level: int) -> None:
        self.kind = kind
        self.url = url
        self.level = level
        self.text: list[str] = []
        self.links: list[str] = []


class Gatherer(TextWriter):
    """Writes text and safe HTML, resolves addresses, keeps what was found in order."""

    def __init__(self, base_url: str | None) -> None:
        super().__init__()
        self.base_url = base_url
        self.html: list[str] = []
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.embeds: list[Embed] = []
        self.quote: _Quote | None = None
        self._anchors: list[
            str
        ] = []  # addresses of the open ones; `_WITHIN_PAGE` and `_NOWHERE` are no links
        self._link_text: list[str] | None = None  # of the open link; there is one at most
        self._image_twin = False  # the last image came from a noscript
        self._frame_twin = False

    def write(self, data: str) -> None:
        """Text, to everything that is open."""
        if not data:
            return
        if data.isspace() and not self.preformatted:
            data = "\n" if "\n" in data else " "
        elif self._anchors and self._anchors[-1] == _WITHIN_PAGE and data.strip() in _BACK_ARROWS:
            return  # the way back from a footnote
        self.pieces.append(data)
        if self._link_text is not None or self.quote is not None:
            self._tap(data)
        self.html.append(escape(data))

    def separate(self, gap: int = PARAGRAPH) -> bool:
        """End the line or paragraph, in the text of an open link or quote too. True when there was something to end."""
        ended = self.break_line(gap)
        if self._link_text is not None or self.quote is not None:
            self._tap(" ")
        return ended

    def break_apart(self) -> None:
        """Separate what stands before and after something that leaves no tag of its own behind, in safe HTML too."""
        if self.separate():
            self.html.append("<br><br>")

    def _tap(self, data: str) -> None:
        if self._link_text is not None:
            self._link_text.append(data)
        if self.quote is not None:
            self.quote.text.append(data)

    def web(self, url: str | None) -> str | None:
        """The absolute http(s) address, if it is one."""
        return resolve_web(url, self.base_url) if url else None

    def open_link(self, href: str) -> bool:
        """Begin a link; False when it leads nowhere or stands within another one, and only its text counts."""
        href = href.strip()
        within = href.startswith("#")
        resolved = None if within or not href else resolve(href, self.base_url)
        if resolved is None or self._link_text is not None:
            self._anchors.append(_WITHIN_PAGE if within else _NOWHERE)
            return False
        self.html.append(f'<a href="{escape_value(resolved)}">')
        self._anchors.append(resolved)
        self._link_text = []
        return True

    def close_link(self) -> None:
        url = self._anchors.pop()
        if url in (_WITHIN_PAGE, _NOWHERE) or self._link_text is None:
            return
        self.links.append({"url": url, "text": one_line("".join(self._link_text))})
        self._link_text = None
        if self.quote is not None:
            self.quote.links.append(url)

    def add_image(self, attrs: Attrs, twin: bool) -> None:
        """An image, or an emoji's character; a `twin` is what a noscript holds for browsers without lazy loading."""
        alt = one_line(attrs.get("alt", ""))
        classes = attrs.get("class", "").split()
        if alt and ("emoji" in classes or "wp-smiley" in classes):
            self.write("" if twin else alt)
            return
        url = self.web(image_source(attrs))
        if url is None:
            return
        if (twin or self._image_twin) and self.images and same_file(self.images[-1]["url"], url):
            self._image_twin = False
            return
        self._image_twin = twin
        self.images.append({"url": url, "alt": alt})
        self.pieces.append(" ")  # what stands on both sides of a picture is not one word
        size = {key: attrs[key] for key in ("width", "height") if key in attrs}
        self.html.append(open_tag("img", size, src=url, alt=alt))

    def add_frame(self, attrs: Attrs, twin: bool) -> None:
        url = self.web(frame_source(attrs))
        if url is None:
            return
        last = self.embeds[-1] if self.embeds else None
        is_post = "wp-embedded-content" in attrs.get("class", "")
        if is_post:
            if last is not None and last["kind"] == "post":
                return  # the frame of a card whose quoted form was just read
            url = url.partition("#")[0]
        elif last is not None and (twin or self._frame_twin) and same_file(last["url"], url):
            self._frame_twin = False
            return
        self._frame_twin = twin
        self.add_embed(
            {
                "kind": "post" if is_post else "iframe",
                "url": url,
                "title": one_line(attrs.get("title", "")),
            }
        )

    def add_object(self, source: str | None) -> None:
        """A plug-in's object; its `param` and its inner `embed` name the same address and count once."""
        url = self.web(source)
        if url and not (
            self.embeds and self.embeds[-1]["kind"] == "object" and self.embeds[-1]["url"] == url
        ):
            self.add_embed({"kind": "object", "url": url, "title": ""})

    def add_embed(self, embed: Embed) -> None:
        """An embed stands in safe HTML as a link that says what it was; it has no text of its own."""
        if not embed["url"]:
            return
        self.embeds.append(embed)
        self.pieces.append(" ")
        opening = open_tag("a", {}, **{"href": embed["url"], "data-embed": embed["kind"]})
        self.html.append(f"{opening}{escape(embed['title'] or embed['url'])}</a>")

    def open_quote(self, kind: str, attrs: Attrs, level: int) -> None:
        """Begin the quoted form of a post; one within another is only a quotation."""
        self.separate()
        url = self.web(next((attrs[name] for name in _PERMALINKS if attrs.get(name)), None))
        outermost = self.quote is None
        self.html.append(
            open_tag("blockquote", {}, **{"cite": url, "data-embed": kind if outermost else None})
        )
        if outermost:
            self.quote = _Quote(kind, url, level)

    def close_quote(self, quote: _Quote) -> None:
        self.quote = None
        url = quote.url or _permalink(quote)
        if url:
            self.embeds.append(
                {"kind": quote.kind, "url": url, "title": one_line("".join(quote.text))}
            )


def _permalink(quote: _Quote) -> str | None:
    """A card's first link leads to the post; a tweet's own link is the last one to a status."""
    if not quote.links:
        return None
    if quote.kind != "tweet":
        return quote.links[0]
    return next((url for url in reversed(quote.links) if "/status/" in url), quote.links[-1])
