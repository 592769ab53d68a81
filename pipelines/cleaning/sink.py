"""The one pass: start, text, comment and end events in; text, safe HTML, links, images and embeds out.

No tree and no ancestor walks: what an open element means for what follows is a counter or a stack. Events must be balanced, each `start`
closed by its `end`, innermost first; libxml2 and a walk over a tree both guarantee that.
"""

from collections.abc import Callable, Container
from enum import IntEnum
from typing import NamedTuple

from archive.documents import Embed
from pipelines.cleaning.gather import Attrs, Gatherer
from pipelines.cleaning.lazy import frame_source, is_pixel
from pipelines.cleaning.rules import HARD_TAGS, TAGS, Tag, Verdict, verdict
from pipelines.cleaning.safe_html import escape, open_tag
from pipelines.cleaning.shortcodes import split_at_shortcodes
from pipelines.cleaning.text import one_line

_TOGGLE_PARENTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"})
_TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
_EMBED_KINDS = frozenset({"iframe", "video", "audio", "tweet", "post", "object"})
_PAGE_COMMENTS = ("nextpage", "more")
_LONGEST_MARK = 4


class _Mute(IntEnum):
    """Why nothing is being written."""

    HARD = 1
    FURNITURE = 2
    NOSCRIPT = 3
    MEDIA = 4
    EMBED_LINK = 5


class _Rule(NamedTuple):
    """What to do with a tag: one look-up at its start, and nothing to look up at its end."""

    name: str
    safe: str
    gap: int
    opening: str
    closing: str
    suspect: bool
    """Its name alone may mean that it is not content."""
    table_part: bool
    special: "Callable[[Sink, Attrs, Verdict], bool] | None"
    """A meaning of its own; True when nothing more is to be done at its start."""
    begin: "Callable[[Sink, Attrs], None] | None"
    """Layout of text, at its start."""
    finish: "Callable[[Sink], None] | None"
    """What its end does."""


class _Mark(NamedTuple):
    """An open `sup`: where its text and HTML begin, and whether it marks a footnote."""

    line: int
    pieces: int
    html: int
    is_mark: bool


class Sink(Gatherer):
    """Receives the events of one piece of HTML.

    `kept` are the positions, among all blocks taken for furniture, of those to be kept.
    """

    def __init__(self, base_url: str | None, kept: Container[int] = (), shortcodes: bool = True) -> None:
        super().__init__(base_url)
        self.furniture: list[int] = []
        """Characters of text in each block that was taken for furniture, in order; -1 for one that was kept."""
        self._kept = kept
        self._strip_shortcodes = shortcodes
        self._open: list[_Rule] = []
        self._muted = 0  # open elements since writing stopped
        self._mute = _Mute.HARD
        self._hard = 0  # within furniture: at which depth something began that would not be text anyway
        self._verbatim = 0
        self._tables = 0
        self._forms = 0
        self._marks: list[_Mark] = []
        self._media: Embed | None = None
        self._media_text: list[str] = []

    def start(self, name: str, attrs: Attrs) -> None:
        if self._muted:
            self._muted += 1
            self._start_muted(name, attrs)
            return
        rule = _RULES.get(name, _UNKNOWN)
        found = Verdict.NONE
        if attrs and ("class" in attrs or "id" in attrs):
            found = verdict(name, attrs.get("class", ""), attrs.get("id", ""))
        if (found or rule.suspect) and self._is_judged(name, attrs, found):
            return
        if rule.special is not None and rule.special(self, attrs, found):
            return
        if rule.table_part and not self._tables:
            rule = _RULES["div"]  # browsers would drop its tag and glue its text
        if rule.gap:
            self.separate(rule.gap)
        if rule.begin is not None:
            rule.begin(self, attrs)
        if rule.opening:
            self.html.append(open_tag(rule.safe, attrs) if attrs else rule.opening)
        self._open.append(rule)

    def text(self, data: str) -> None:
        if self._muted:
            if self._mute is _Mute.FURNITURE and not self._hard:
                self.furniture[-1] += len(data.strip())
            elif self._mute is _Mute.EMBED_LINK:
                self._media_text.append(data)
        elif "[" in data and self._strip_shortcodes and not self._verbatim:
            first, *others = split_at_shortcodes(data)
            self.write(first)
            for part in others:
                self.break_apart()
                self.write(part)
        else:
            self.write(data)

    def comment(self, data: str) -> None:
        """`<!--more-->` and `<!--nextpage-->` separate what stands before and after; no other comment means anything."""
        if not self._muted and not self._verbatim and data.strip().startswith(_PAGE_COMMENTS):
            self.break_apart()

    def end(self) -> None:
        if self._muted:
            if self._hard == self._muted:
                self._hard = 0
            self._muted -= 1
            if not self._muted:
                self._resume()
            return
        opened = self._open.pop()
        if opened.finish is not None:
            opened.finish(self)
        if opened.gap:
            self.separate(opened.gap)
        if opened.closing:
            self.html.append(opened.closing)
        if self.quote is not None and self.quote.level == len(self._open):
            self.close_quote(self.quote)

    def _unwrap(self, name: str) -> bool:
        self._open.append(_UNWRAPPED[name])
        return True

    # What is not written

    def _is_judged(self, name: str, attrs: Attrs, found: Verdict) -> bool:
        """Deal with what name, class or id say is not ordinary content; False when it is content after all."""
        if found is Verdict.HARD or (name in HARD_TAGS and not self._is_content_control(name)):
            return self._stop(_Mute.HARD)
        if (found is Verdict.FURNITURE or name == "nav") and self._is_removed():
            self.break_apart()
            return self._stop(_Mute.FURNITURE)
        if name in ("blockquote", "div") and (found is Verdict.TWEET or found is Verdict.POST):
            self._start_quote("tweet" if found is Verdict.TWEET else "post", attrs)
            return True
        return False

    def _is_content_control(self, name: str) -> bool:
        if name == "label":
            return not self._forms
        return name == "button" and bool(self._open) and self._open[-1].name in _TOGGLE_PARENTS

    def _is_removed(self) -> bool:
        keep = len(self.furniture) in self._kept
        self.furniture.append(-1 if keep else 0)
        return not keep

    def _stop(self, why: _Mute) -> bool:
        self._muted, self._mute, self._hard = 1, why, 0
        return True

    def _start_muted(self, name: str, attrs: Attrs) -> None:
        if self._mute is _Mute.FURNITURE:
            if not self._hard and (name in HARD_TAGS or name == "noscript"):
                self._hard = self._muted
        elif self._mute is _Mute.NOSCRIPT:
            if name == "img" and not is_pixel(attrs):
                self.add_image(attrs, twin=True)
            elif name == "iframe" and not is_pixel(attrs):
                self.add_frame(attrs, twin=True)
        elif self._mute is _Mute.MEDIA and name == "source" and self._media is not None and not self._media["url"]:
            self._media["url"] = self.web(frame_source(attrs)) or ""

    def _resume(self) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        if self._mute is _Mute.EMBED_LINK:
            title = one_line("".join(self._media_text))
            media["title"] = "" if title == media["url"] else title
            self._media_text.clear()
        self.add_embed(media)

    # Tags with a meaning of their own

    def _start_anchor(self, attrs: Attrs, found: Verdict) -> bool:
        href, kind = attrs.get("href", ""), attrs.get("data-embed")
        if kind in _EMBED_KINDS and (url := self.web(href)):
            self._media = {"kind": kind, "url": url, "title": ""}
            return self._stop(_Mute.EMBED_LINK)
        if self._marks and href.startswith("#"):
            self._marks[-1] = self._marks[-1]._replace(is_mark=True)
        self._open.append(_RULES["a"] if self.open_link(href) else _UNWRAPPED["a"])
        return True

    def _start_image(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self.add_image(attrs, twin=False)
        return self._unwrap("img")

    def _start_frame(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self.add_frame(attrs, twin=False)
        return self._stop(_Mute.HARD)

    def _start_media(self, kind: str, attrs: Attrs, address: str | None) -> bool:
        self._media = {"kind": kind, "url": self.web(address) or "", "title": one_line(attrs.get("title") or attrs.get("aria-label") or "")}
        return self._stop(_Mute.MEDIA)

    def _start_video(self, attrs: Attrs, found: Verdict) -> bool:
        return self._start_media("video", attrs, frame_source(attrs))

    def _start_audio(self, attrs: Attrs, found: Verdict) -> bool:
        return self._start_media("audio", attrs, frame_source(attrs))

    def _start_object(self, attrs: Attrs, found: Verdict) -> bool:
        """One without an address is unwrapped: its `param` or inner `embed` has it."""
        address = attrs.get("data")
        return self._start_media("object", attrs, address) if self.web(address) else self._unwrap("object")

    def _start_param(self, attrs: Attrs, found: Verdict) -> bool:
        if attrs.get("name", "").lower() in ("movie", "src"):
            self.add_object(attrs.get("value"))
        return self._unwrap("param")

    def _start_embed(self, attrs: Attrs, found: Verdict) -> bool:
        self.add_object(attrs.get("src"))
        return self._unwrap("embed")

    def _start_noscript(self, attrs: Attrs, found: Verdict) -> bool:
        return self._stop(_Mute.NOSCRIPT)

    def _start_blockquote(self, attrs: Attrs, found: Verdict) -> bool:
        kind = attrs.get("data-embed")
        if kind not in _EMBED_KINDS:
            return False
        self._start_quote(kind, attrs)
        return True

    def _start_quote(self, kind: str, attrs: Attrs) -> None:
        self.open_quote(kind, attrs, len(self._open))
        self._open.append(_RULES["blockquote"])

    def _start_br(self, attrs: Attrs, found: Verdict) -> bool:
        self.line_feed()
        self.html.append("<br>")
        return self._unwrap("br")

    def _start_sup(self, attrs: Attrs, found: Verdict) -> bool:
        self._marks.append(_Mark(self.lines_begun, len(self.pieces), len(self.html), found is Verdict.FOOTNOTE))
        return False

    def _start_ruby_text(self, attrs: Attrs, found: Verdict) -> bool:
        self.write("(")
        return self._unwrap("rt")

    def _end_ruby_text(self) -> None:
        self.write(")")

    def _end_sup(self) -> None:
        """A footnote's mark is written `[1]`, or it would become part of the word before it."""
        sup = self._marks.pop()
        if not sup.is_mark or sup.line != self.lines_begun or len(self.pieces) - sup.pieces > _LONGEST_MARK:
            return
        mark = "".join(self.pieces[sup.pieces :]).strip()
        if mark.isalnum() and len(mark) <= _LONGEST_MARK:
            self.pieces[sup.pieces :] = [f"[{mark}]"]
            self.html[sup.html + 1 :] = [f"[{escape(mark)}]"]

    # Layout of text

    def _begin_verbatim(self, attrs: Attrs) -> None:
        self._verbatim += 1

    def _end_verbatim(self) -> None:
        self._verbatim -= 1

    def _begin_pre(self, attrs: Attrs) -> None:
        self._verbatim += 1
        self.start_preformatted()

    def _end_pre(self) -> None:
        self._verbatim -= 1
        self.end_preformatted()

    def _begin_bullets(self, attrs: Attrs) -> None:
        self.start_list(None)

    def _begin_numbers(self, attrs: Attrs) -> None:
        first = _number(attrs.get("start"))
        self.start_list(1 if first is None else first)

    def _begin_item(self, attrs: Attrs) -> None:
        self.start_item(_number(attrs.get("value")))

    def _begin_table(self, attrs: Attrs) -> None:
        self._tables += 1
        self.start_table()

    def _end_table(self) -> None:
        self._tables -= 1
        self.end_table()

    def _begin_form(self, attrs: Attrs) -> None:
        self._forms += 1

    def _end_form(self) -> None:
        self._forms -= 1

    def _begin_row(self, attrs: Attrs) -> None:
        self.start_row()

    def _begin_cell(self, attrs: Attrs) -> None:
        self.start_cell()


def _number(value: str | None) -> int | None:
    """A list's number; None for what is not one, or too long to be meant."""
    try:
        return int(value) if value is not None and len(value) <= 9 else None
    except ValueError:
        return None


_SPECIAL: dict[str, Callable[[Sink, Attrs, Verdict], bool]] = {
    "a": Sink._start_anchor,
    "img": Sink._start_image,
    "amp-img": Sink._start_image,
    "iframe": Sink._start_frame,
    "amp-iframe": Sink._start_frame,
    "video": Sink._start_video,
    "audio": Sink._start_audio,
    "object": Sink._start_object,
    "param": Sink._start_param,
    "embed": Sink._start_embed,
    "noscript": Sink._start_noscript,
    "blockquote": Sink._start_blockquote,
    "br": Sink._start_br,
    "sup": Sink._start_sup,
    "rt": Sink._start_ruby_text,
}
_LAYOUT: dict[str, Callable[[Sink, Attrs], None]] = {
    **dict.fromkeys(("pre", "xmp", "listing"), Sink._begin_pre),
    **dict.fromkeys(("code", "kbd", "samp"), Sink._begin_verbatim),
    **dict.fromkeys(("ul", "dir", "menu"), Sink._begin_bullets),
    "ol": Sink._begin_numbers,
    "li": Sink._begin_item,
    "table": Sink._begin_table,
    "form": Sink._begin_form,
    "tr": Sink._begin_row,
    **dict.fromkeys(("td", "th"), Sink._begin_cell),
}
_ENDS: dict[str, Callable[[Sink], None]] = {
    "a": Sink.close_link,
    "sup": Sink._end_sup,
    "rt": Sink._end_ruby_text,
    **dict.fromkeys(("pre", "xmp", "listing"), Sink._end_pre),
    **dict.fromkeys(("code", "kbd", "samp"), Sink._end_verbatim),
    **dict.fromkeys(("ul", "ol", "dir", "menu"), Sink.end_list),
    "li": Sink.end_item,
    "table": Sink._end_table,
    "form": Sink._end_form,
    "tr": Sink.end_row,
    **dict.fromkeys(("td", "th"), Sink.end_cell),
}


def _rule(name: str) -> _Rule:
    tag = TAGS.get(name, Tag("", 0, "", ""))
    suspect = name in HARD_TAGS or name == "nav"
    return _Rule(name, *tag, suspect, name in _TABLE_PARTS, _SPECIAL.get(name), _LAYOUT.get(name), _ENDS.get(name))


_RULES = {name: _rule(name) for name in (*TAGS, *_SPECIAL, *HARD_TAGS)}
_UNWRAPPED = {name: rule._replace(gap=0, closing="") for name, rule in _RULES.items()}
_UNKNOWN = _rule("")
