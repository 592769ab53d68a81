"""The one pass: start, text and end events in; text, safe HTML, links, images and embeds out.

No tree, no ancestor walks: what an open element means for what follows is a counter or a stack. Events must be balanced, each `start`
closed by its `end`, innermost first; libxml2 and a walk over a tree both guarantee that.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from archive.documents import Embed, Image, Link
from pipelines.cleaning.lazy import frame_source, image_source, is_pixel, same_file
from pipelines.cleaning.rules import HARD_TAGS, TAGS, Tag, Verdict, verdict
from pipelines.cleaning.safe_html import escape, open_tag
from pipelines.cleaning.shortcodes import split_at_shortcodes
from pipelines.cleaning.text import PARAGRAPH, TextWriter, one_line
from pipelines.cleaning.urls import resolve, resolve_web

Attrs = Mapping[str, str]

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"})
_TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
_VERBATIM = frozenset({"pre", "code", "kbd", "samp", "xmp", "listing"})
_BACK_ARROWS = frozenset({"↩", "↩︎", "↩️", "↑", "^", "⤴", "↵"})
_EMBED_KINDS = frozenset({"iframe", "video", "audio", "tweet", "post", "object"})
_PAGE_COMMENTS = ("nextpage", "more")


class _Mute(IntEnum):
    """Why nothing is being written."""

    HARD = 1
    FURNITURE = 2
    NOSCRIPT = 3
    MEDIA = 4
    EMBED_LINK = 5


class _Open(NamedTuple):
    """An open element: what to do at its end."""

    name: str
    gap: int
    closing: str


class _Quote:
    """A quoted post while it is open: its text and its links are the post's too."""

    def __init__(self, kind: str, url: str | None, level: int) -> None:
        self.kind = kind
        self.url = url
        self.level = level
        self.text: list[str] = []
        self.links: list[str] = []


class Sink(TextWriter):
    """Receives the events of one piece of HTML."""

    def __init__(self, base_url: str | None, kept: frozenset[int] = frozenset(), shortcodes: bool = True) -> None:
        super().__init__()
        self.base_url = base_url
        self.html: list[str] = []
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.embeds: list[Embed] = []
        self.furniture: list[int] = []
        """Characters of text in each block that was taken for furniture, in order; -1 for one that was kept."""
        self._kept = kept
        self._strip_shortcodes = shortcodes
        self._open: list[_Open] = []
        self._muted = 0
        self._mute = _Mute.HARD
        self._hard = 0  # the level within furniture at which something hard began
        self._verbatim = 0
        self._tables = 0
        self._anchors: list[tuple[str | None, list[str]]] = []
        self._quote: _Quote | None = None
        self._footnotes: list[tuple[int, int, bool]] = []
        self._media: Embed | None = None
        self._media_text: list[str] = []
        self._twin = False  # the last image came from a noscript
        self._frame_twin = False

    # Events

    def start(self, name: str, attrs: Attrs) -> None:
        if self._muted:
            self._muted += 1
            self._start_muted(name, attrs)
            return
        if name in HARD_TAGS and not (name == "button" and self._open and self._open[-1].name in _HEADINGS):
            self._begin_mute(_Mute.HARD)
            return
        found = Verdict.NONE
        if attrs and ("class" in attrs or "id" in attrs):
            found = verdict(name, attrs.get("class", ""), attrs.get("id", ""))
        if name == "nav" or name == "form":
            found = Verdict.FURNITURE
        if found is Verdict.HARD:
            self._begin_mute(_Mute.HARD)
        elif found is Verdict.FURNITURE and self._is_removed():
            self._begin_mute(_Mute.FURNITURE)
        else:
            self._start_content(name, attrs, found)

    def text(self, data: str) -> None:
        if self._muted:
            if self._mute is _Mute.FURNITURE:
                if not self._hard:
                    self.furniture[-1] += len(data.strip())
            elif self._mute is _Mute.EMBED_LINK:
                self._media_text.append(data)
            return
        if "[" in data and self._strip_shortcodes and not self._verbatim:
            parts = split_at_shortcodes(data)
            self._write(parts[0])
            for part in parts[1:]:
                self._page_break()
                self._write(part)
        else:
            self._write(data)

    def comment(self, data: str) -> None:
        """`<!--more-->` and `<!--nextpage-->` separate what stands before and after; no other comment means anything."""
        if not self._muted and data.strip().startswith(_PAGE_COMMENTS):
            self._page_break()

    def end(self) -> None:
        if self._muted:
            if self._hard == self._muted:
                self._hard = 0
            self._muted -= 1
            if not self._muted:
                self._end_mute()
            return
        opened = self._open.pop()
        end = _ENDS.get(opened.name)
        if end is not None:
            end(self)
        if opened.gap:
            self._break(opened.gap)
        if opened.closing:
            self.html.append(opened.closing)
        if self._quote is not None and self._quote.level == len(self._open):
            self._end_quote(self._quote)

    # Content

    def _start_content(self, name: str, attrs: Attrs, found: Verdict) -> None:
        special = _STARTS.get(name)
        if special is not None and special(self, attrs, found):
            return
        tag = TAGS.get(name)
        if tag is None:
            self._open.append(_Open(name, 0, ""))
            return
        if found is Verdict.TWEET or found is Verdict.POST:
            self._start_quote("tweet" if found is Verdict.TWEET else "post", attrs)
            return
        self._start_tag(name, tag, attrs)

    def _start_tag(self, name: str, tag: Tag, attrs: Attrs) -> None:
        if tag.gap:
            self._break(tag.gap)
        start = _LAYOUT.get(name)
        if start is not None:
            start(self, attrs)
        if name in _TABLE_PARTS and not self._tables:
            self._open.append(_Open(name, tag.gap, ""))
            return
        self.html.append(open_tag(tag.opening[1:-1], attrs) if attrs else tag.opening)
        self._open.append(_Open(name, tag.gap, tag.closing))

    def _write(self, data: str) -> None:
        if not data:
            return
        if data.isspace() and not self.preformatted:
            data = "\n" if "\n" in data else " "
        elif self._anchors and self._anchors[-1][0] is None and data.strip() in _BACK_ARROWS:
            return
        self.pieces.append(data)
        self._tap(data)
        self.html.append(escape(data))

    def _tap(self, data: str) -> None:
        if self._anchors:
            self._anchors[-1][1].append(data)
        if self._quote is not None:
            self._quote.text.append(data)

    def _break(self, gap: int = PARAGRAPH) -> None:
        self.break_line(gap)
        if self._anchors or self._quote is not None:
            self._tap(" ")

    def _page_break(self) -> None:
        self._break()
        if self.html and self.html[-1] != "<br><br>":
            self.html.append("<br><br>")

    # What is not written

    def _is_removed(self) -> bool:
        if len(self.furniture) in self._kept:
            self.furniture.append(-1)
            return False
        self.furniture.append(0)
        return True

    def _begin_mute(self, why: _Mute) -> None:
        if why is _Mute.FURNITURE:
            self._break()
        self._muted, self._mute, self._hard = 1, why, 0

    def _start_muted(self, name: str, attrs: Attrs) -> None:
        if self._mute is _Mute.FURNITURE:
            if not self._hard and (name in HARD_TAGS or name == "noscript"):
                self._hard = self._muted
        elif self._mute is _Mute.NOSCRIPT:
            if name == "img" and not is_pixel(attrs):
                self._add_image(attrs, twin=True)
            elif name == "iframe" and not is_pixel(attrs):
                self._add_frame(attrs, twin=True)
        elif self._mute is _Mute.MEDIA and name == "source" and self._media is not None and not self._media["url"]:
            self._media["url"] = self._web(frame_source(attrs)) or ""

    def _end_mute(self) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        if self._mute is _Mute.EMBED_LINK:
            title = one_line("".join(self._media_text))
            media["title"] = "" if title == media["url"] else title
            self._media_text.clear()
        self._add_embed(media)

    # Links, images, embeds

    def _web(self, url: str | None) -> str | None:
        return resolve_web(url, self.base_url) if url else None

    def _start_anchor(self, attrs: Attrs, found: Verdict) -> bool:
        href = attrs.get("href", "").strip()
        kind = attrs.get("data-embed")
        if kind in _EMBED_KINDS and (url := self._web(href)):
            self._media = {"kind": kind, "url": url, "title": ""}
            self._begin_mute(_Mute.EMBED_LINK)
            return True
        inside = href.startswith("#")
        resolved = None if inside or not href else resolve(href, self.base_url)
        if inside and self._footnotes:
            pieces, html, _ = self._footnotes[-1]
            self._footnotes[-1] = pieces, html, True
        if resolved is None or any(url for url, _ in self._anchors):
            self._open.append(_Open("a", 0, ""))
            self._anchors.append((None if inside else "", []))
        else:
            self.html.append(open_tag("a", {}, href=resolved))
            self._open.append(_Open("a", 0, "</a>"))
            self._anchors.append((resolved, []))
        return True

    def _end_anchor(self) -> None:
        url, text = self._anchors.pop()
        if url:
            self.links.append({"url": url, "text": one_line("".join(text))})
            if self._quote is not None:
                self._quote.links.append(url)
        elif self._anchors:
            self._anchors[-1][1].extend(text)

    def _start_image(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self._add_image(attrs, twin=False)
        self._open.append(_Open("img", 0, ""))
        return True

    def _add_image(self, attrs: Attrs, twin: bool) -> None:
        alt = one_line(attrs.get("alt", ""))
        classes = attrs.get("class", "").split()
        if alt and ("emoji" in classes or "wp-smiley" in classes):
            if not twin:
                self._write(alt)
            return
        url = self._web(image_source(attrs))
        if url is None:
            return
        if (twin or self._twin) and self.images and same_file(self.images[-1]["url"], url):
            self._twin = False
            return
        self._twin = twin
        self.images.append({"url": url, "alt": alt})
        self.pieces.append(" ")
        size = {key: attrs[key] for key in ("width", "height") if key in attrs}
        self.html.append(open_tag("img", size, src=url, alt=alt))

    def _start_frame(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self._add_frame(attrs, twin=False, post=found is Verdict.POST or "wp-embedded-content" in attrs.get("class", ""))
        self._begin_mute(_Mute.HARD)
        return True

    def _add_frame(self, attrs: Attrs, twin: bool, post: bool = False) -> None:
        url = self._web(frame_source(attrs))
        if url is None:
            return
        last = self.embeds[-1] if self.embeds else None
        if post:
            if last is not None and last["kind"] == "post":
                return  # the frame of a card whose quoted form was just read
            url = url.partition("#")[0]
        elif last is not None and (twin or self._frame_twin) and same_file(last["url"], url):
            self._frame_twin = False
            return
        self._frame_twin = twin
        self._add_embed({"kind": "post" if post else "iframe", "url": url, "title": one_line(attrs.get("title", ""))})

    def _start_media(self, kind: str, attrs: Attrs) -> bool:
        url = self._web(frame_source(attrs))
        self._media = {"kind": kind, "url": url or "", "title": one_line(attrs.get("title", "") or attrs.get("aria-label", ""))}
        self._begin_mute(_Mute.MEDIA)
        return True

    def _start_object(self, attrs: Attrs, found: Verdict) -> bool:
        """An `object` with its address; one without is unwrapped, its `embed` or `param` has the address."""
        url = self._web(attrs.get("data"))
        if url is None:
            self._open.append(_Open("object", 0, ""))
        else:
            self._media = {"kind": "object", "url": url, "title": one_line(attrs.get("title", ""))}
            self._begin_mute(_Mute.MEDIA)
        return True

    def _start_param(self, attrs: Attrs, found: Verdict) -> bool:
        if attrs.get("name", "").lower() in ("movie", "src"):
            self._add_object(attrs.get("value"))
        self._open.append(_Open("param", 0, ""))
        return True

    def _start_embed(self, attrs: Attrs, found: Verdict) -> bool:
        self._add_object(attrs.get("src"))
        self._open.append(_Open("embed", 0, ""))
        return True

    def _add_object(self, source: str | None) -> None:
        url = self._web(source)
        if url and not (self.embeds and self.embeds[-1]["kind"] == "object" and self.embeds[-1]["url"] == url):
            self._add_embed({"kind": "object", "url": url, "title": ""})

    def _add_embed(self, embed: Embed) -> None:
        if not embed["url"]:
            return
        self.embeds.append(embed)
        self.pieces.append(" ")
        opening = open_tag("a", {}, **{"href": embed["url"], "data-embed": embed["kind"]})
        self.html.append(f"{opening}{escape(embed['title'] or embed['url'])}</a>")

    # Quoted posts

    def _start_blockquote(self, attrs: Attrs, found: Verdict) -> bool:
        kind = attrs.get("data-embed")
        if kind in _EMBED_KINDS and self._quote is None:
            self._start_quote(kind, attrs)
            return True
        return False

    def _start_quote(self, kind: str, attrs: Attrs) -> None:
        self._break()
        url = self._web(
            attrs.get("cite") or attrs.get("data-instgrm-permalink") or attrs.get("data-text-post-permalink") or attrs.get("data-href")
        )
        outermost = self._quote is None
        self.html.append(open_tag("blockquote", {}, **{"cite": url, "data-embed": kind if outermost else None}))
        if outermost:
            self._quote = _Quote(kind, url, len(self._open))
        self._open.append(_Open("blockquote", PARAGRAPH, "</blockquote>"))

    def _end_quote(self, quote: _Quote) -> None:
        self._quote = None
        statuses = [url for url in quote.links if "/status/" in url]
        last = (statuses or quote.links or [""])[-1] if quote.kind == "tweet" else (quote.links or [""])[0]
        if quote.url or last:
            self.embeds.append({"kind": quote.kind, "url": quote.url or last, "title": one_line("".join(quote.text))})

    # Footnotes

    def _start_sup(self, attrs: Attrs, found: Verdict) -> bool:
        self._footnotes.append((len(self.pieces), len(self.html), found is Verdict.FOOTNOTE))
        return False

    def _end_sup(self) -> None:
        """A footnote's mark is written `[1]`, or it would glue to the word before it."""
        pieces, html, is_mark = self._footnotes.pop()
        mark = "".join(self.pieces[pieces:]).strip()
        if is_mark and mark.isalnum() and len(mark) <= 4:
            self.pieces[pieces:] = [f"[{mark}]"]
            self.html[html + 1 :] = [f"[{escape(mark)}]"]

    # Layout of text

    def _start_verbatim(self, attrs: Attrs) -> None:
        self._verbatim += 1

    def _end_verbatim(self) -> None:
        self._verbatim -= 1

    def _start_pre(self, attrs: Attrs) -> None:
        self._verbatim += 1
        self.start_preformatted()

    def _end_pre(self) -> None:
        self._verbatim -= 1
        self.end_preformatted()

    def _start_ordered(self, attrs: Attrs) -> None:
        first = _number(attrs.get("start"))
        self.start_list(1 if first is None else first)

    def _start_item(self, attrs: Attrs) -> None:
        self.start_item(_number(attrs.get("value")))

    def _start_table(self, attrs: Attrs) -> None:
        self._tables += 1
        self.start_table()

    def _end_table(self) -> None:
        self._tables -= 1
        self.end_table()

    def _start_break(self, attrs: Attrs, found: Verdict) -> bool:
        self.line_feed()
        if self._anchors or self._quote is not None:
            self._tap(" ")
        self.html.append("<br>")
        self._open.append(_Open("br", 0, ""))
        return True

    def _start_noscript(self, attrs: Attrs, found: Verdict) -> bool:
        self._begin_mute(_Mute.NOSCRIPT)
        return True


def _number(value: str | None) -> int | None:
    if value is None or len(value) > 9:
        return None
    try:
        return int(value)
    except ValueError:
        return None


_STARTS = {
    "a": Sink._start_anchor,
    "img": Sink._start_image,
    "amp-img": Sink._start_image,
    "iframe": Sink._start_frame,
    "amp-iframe": Sink._start_frame,
    "video": lambda sink, attrs, found: sink._start_media("video", attrs),
    "audio": lambda sink, attrs, found: sink._start_media("audio", attrs),
    "object": Sink._start_object,
    "param": Sink._start_param,
    "embed": Sink._start_embed,
    "blockquote": Sink._start_blockquote,
    "sup": Sink._start_sup,
    "br": Sink._start_break,
    "noscript": Sink._start_noscript,
}
"""Tags with a meaning of their own; True when nothing more is to be done at their start."""

_LAYOUT = {
    "pre": Sink._start_pre,
    "xmp": Sink._start_pre,
    "listing": Sink._start_pre,
    "code": Sink._start_verbatim,
    "kbd": Sink._start_verbatim,
    "samp": Sink._start_verbatim,
    "ul": lambda sink, attrs: sink.start_list(None),
    "dir": lambda sink, attrs: sink.start_list(None),
    "menu": lambda sink, attrs: sink.start_list(None),
    "ol": Sink._start_ordered,
    "li": Sink._start_item,
    "table": Sink._start_table,
    "tr": lambda sink, attrs: sink.start_row(),
    "td": lambda sink, attrs: sink.start_cell(),
    "th": lambda sink, attrs: sink.start_cell(),
}

_ENDS = {
    "a": Sink._end_anchor,
    "sup": Sink._end_sup,
    "pre": Sink._end_pre,
    "xmp": Sink._end_pre,
    "listing": Sink._end_pre,
    "code": Sink._end_verbatim,
    "kbd": Sink._end_verbatim,
    "samp": Sink._end_verbatim,
    "ul": TextWriter.end_list,
    "dir": TextWriter.end_list,
    "menu": TextWriter.end_list,
    "ol": TextWriter.end_list,
    "li": TextWriter.end_item,
    "table": Sink._end_table,
    "tr": TextWriter.end_row,
    "td": TextWriter.end_cell,
    "th": TextWriter.end_cell,
}
