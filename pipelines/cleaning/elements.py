"""What single elements mean: special tags, layout of text, and when writing stops."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from pipelines.cleaning.gather import Attrs, Gatherer
from pipelines.cleaning.lazy import frame_source, is_pixel
from pipelines.cleaning.rules import HARD_TAGS, TAGS, Tag, Verdict
from pipelines.cleaning.safe_html import escape
from pipelines.cleaning.text import one_line
from wparchive.model.documents import Embed

_TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
_EMBED_KINDS = frozenset({"iframe", "video", "audio", "tweet", "post", "object"})
_LONGEST_MARK = 4


class Mute(IntEnum):
    """Why nothing is being written."""

    HARD = 1
    FURNITURE = 2
    NOSCRIPT = 3
    MEDIA = 4
    EMBED_LINK = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with a tag: one look-up at its start, and nothing to look up at its end."""

    name: str
    safe: str
    gap: int
    opening: str
    closing: str
    suspect: bool
    """Its name alone may mean that it is not content."""
    table_part: bool
    special: "Callable[[Elements, Attrs, Verdict], bool] | None"
    """A meaning of its own; True when nothing more is to be done at its start."""
    begin: "Callable[[Elements, Attrs], None] | None"
    """Layout of text, at its start."""
    finish: "Callable[[Elements], None] | None"
    """What its end does."""


class _Mark(NamedTuple):
    """An open `sup`: where its text and HTML begin, and whether it marks a footnote."""

    line: int
    pieces: int
    html: int
    is_mark: bool


class Elements(Gatherer):
    """Knows which elements are open and what each start and end of one does."""

    def __init__(self, base_url: str | None) -> None:
        super().__init__(base_url)
        self._open: list[Rule] = []
        self._muted = 0  # open elements since writing stopped
        self._mute = Mute.HARD
        self._hard = (
            0  # within furniture: at which depth something began that would not be text anyway
        )
        self._verbatim = 0
        self._tables = 0
        self._forms = 0
        self._marks: list[_Mark] = []
        self._media: Embed | None = None
        self._media_text: list[str] = []

    def _unwrap(self, name: str) -> bool:
        self._open.append(_UNWRAPPED[name])
        return True

    def _stop(self, why: Mute) -> bool:
        self._muted, self._mute, self._hard = 1, why, 0
        return True

    def _resume(self) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        if self._mute is Mute.EMBED_LINK:
            title = one_line("".join(self._media_text))
            media["title"] = "" if title == media["url"] else title
            self._media_text.clear()
        self.add_embed(media)

    # Tags with a meaning of their own

    def _start_anchor(self, attrs: Attrs, found: Verdict) -> bool:
        href, kind = attrs.get("href", ""), attrs.get("data-embed")
        if kind in _EMBED_KINDS and (url := self.web(href)):
            self._media = {"kind": kind, "url": url, "title": ""}
            return self._stop(Mute.EMBED_LINK)
        if self._marks and href.startswith("#"):
            self._marks[-1] = self._marks[-1]._replace(is_mark=True)
        self._open.append(RULES["a"] if self.open_link(href) else _UNWRAPPED["a"])
        return True

    def _start_image(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self.add_image(attrs, twin=False)
        return self._unwrap("img")

    def _start_frame(self, attrs: Attrs, found: Verdict) -> bool:
        if not is_pixel(attrs):
            self.add_frame(attrs, twin=False)
        return self._stop(Mute.HARD)

    def _start_media(self, kind: str, attrs: Attrs, address: str | None) -> bool:
        self._media = {
            "kind": kind,
            "url": self.web(address) or "",
            "title": one_line(attrs.get("title") or attrs.get("aria-label") or ""),
        }
        return self._stop(Mute.MEDIA)

    def _start_video(self, attrs: Attrs, found: Verdict) -> bool:
        return self._start_media("video", attrs, frame_source(attrs))

    def _start_audio(self, attrs: Attrs, found: Verdict) -> bool:
        return self._start_media("audio", attrs, frame_source(attrs))

    def _start_object(self, attrs: Attrs, found: Verdict) -> bool:
        """One without an address is unwrapped: its `param` or inner `embed` has it."""
        address = attrs.get("data")
        return (
            self._start_media("object", attrs, address)
            if self.web(address)
            else self._unwrap("object")
        )

    def _start_param(self, attrs: Attrs, found: Verdict) -> bool:
        if attrs.get("name", "").lower() in ("movie", "src"):
            self.add_object(attrs.get("value"))
        return self._unwrap("param")

    def _start_embed(self, attrs: Attrs, found: Verdict) -> bool:
        self.add_object(attrs.get("src"))
        return self._unwrap("embed")

    def _start_noscript(self, attrs: Attrs, found: Verdict) -> bool:
        return self._stop(Mute.NOSCRIPT)

    def _start_blockquote(self, attrs: Attrs, found: Verdict) -> bool:
        kind = attrs.get("data-embed")
        if kind not in _EMBED_KINDS:
            return False
        self._start_quote(kind, attrs)
        return True

    def _start_quote(self, kind: str, attrs: Attrs) -> None:
        self.open_quote(kind, attrs, len(self._open))
        self._open.append(RULES["blockquote"])

    def _start_br(self, attrs: Attrs, found: Verdict) -> bool:
        self.line_feed()
        self.html.append("<br>")
        return self._unwrap("br")

    def _start_sup(self, attrs: Attrs, found: Verdict) -> bool:
        self._marks.append(
            _Mark(self.lines_begun, len(self.pieces), len(self.html), found is Verdict.FOOTNOTE)
        )
        return False

    def _start_ruby_text(self, attrs: Attrs, found: Verdict) -> bool:
        self.write("(")
        return self._unwrap("rt")

    def _end_ruby_text(self) -> None:
        self.write(")")

    def _end_sup(self) -> None:
        """A footnote's mark is written `[1]`, or it would become part of the word before it."""
        sup = self._marks.pop()
        if (
            not sup.is_mark
            or sup.line != self.lines_begun
            or len(self.pieces) - sup.pieces > _LONGEST_MARK
        ):
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


_SPECIAL: dict[str, Callable[[Elements, Attrs, Verdict], bool]] = {
    "a": Elements._start_anchor,
    "img": Elements._start_image,
    "amp-img": Elements._start_image,
    "iframe": Elements._start_frame,
    "amp-iframe": Elements._start_frame,
    "video": Elements._start_video,
    "audio": Elements._start_audio,
    "object": Elements._start_object,
    "param": Elements._start_param,
    "embed": Elements._start_embed,
    "noscript": Elements._start_noscript,
    "blockquote": Elements._start_blockquote,
    "br": Elements._start_br,
    "sup": Elements._start_sup,
    "rt": Elements._start_ruby_text,
}
_LAYOUT: dict[str, Callable[[Elements, Attrs], None]] = {
    **dict.fromkeys(("pre", "xmp", "listing"), Elements._begin_pre),
    **dict.fromkeys(("code", "kbd", "samp"), Elements._begin_verbatim),
    **dict.fromkeys(("ul", "dir", "menu"), Elements._begin_bullets),
    "ol": Elements._begin_numbers,
    "li": Elements._begin_item,
    "table": Elements._begin_table,
    "form": Elements._begin_form,
    "tr": Elements._begin_row,
    **dict.fromkeys(("td", "th"), Elements._begin_cell),
}
_ENDS: dict[str, Callable[[Elements], None]] = {
    "a": Elements.close_link,
    "sup": Elements._end_sup,
    "rt": Elements._end_ruby_text,
    **dict.fromkeys(("pre", "xmp", "listing"), Elements._end_pre),
    **dict.fromkeys(("code", "kbd", "samp"), Elements._end_verbatim),
    **dict.fromkeys(("ul", "ol", "dir", "menu"), Elements.end_list),
    "li": Elements.end_item,
    "table": Elements._end_table,
    "form": Elements._end_form,
    "tr": Elements.end_row,
    **dict.fromkeys(("td", "th"), Elements.end_cell),
}


def _rule(name: str) -> Rule:
    tag = TAGS.get(name, Tag("", 0, "", ""))
    suspect = name in HARD_TAGS or name == "nav"
    return Rule(
        name,
        *tag,
        suspect,
        name in _TABLE_PARTS,
        _SPECIAL.get(name),
        _LAYOUT.get(name),
        _ENDS.get(name),
    )


RULES = {name: _rule(name) for name in (*TAGS, *_SPECIAL, *HARD_TAGS)}
_UNWRAPPED = {name: replace(rule, gap=0, closing="") for name, rule in RULES.items()}
UNKNOWN = _rule("")
"""For tags that are unwrapped."""
