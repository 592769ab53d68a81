"""The one pass: start, text, comment and end events in; text, safe HTML, links, images and embeds out.

No tree and no ancestor walks: what an open element means for what follows is a counter or a stack. Events must be balanced, each `start`
closed by its `end`, innermost first; libxml2 and a walk over a tree both guarantee that.
"""

from collections.abc import Container

from pipelines.cleaning.elements import RULES, UNKNOWN, Elements, Mute
from pipelines.cleaning.gather import Attrs
from pipelines.cleaning.lazy import frame_source, is_pixel
from pipelines.cleaning.rules import HARD_TAGS, Verdict, verdict
from pipelines.cleaning.safe_html import open_tag
from pipelines.cleaning.shortcodes import split_at_shortcodes

_TOGGLE_PARENTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"})
_LONGEST = 500  # of what a verdict is cached by, or hostile classes would fill the memory
_PAGE_COMMENTS = ("nextpage", "more")


class Sink(Elements):
    """Receives the events of one piece of HTML.

    `kept` are the positions, among all blocks taken for furniture, of those to be kept.
    """

    def __init__(
        self, base_url: str | None, kept: Container[int] = (), shortcodes: bool = True
    ) -> None:
        super().__init__(base_url)
        self.furniture: list[int] = []
        """Characters of text in each block that was taken for furniture, in order; -1 for one that was kept."""
        self._kept = kept
        self._strip_shortcodes = shortcodes

    def start(self, name: str, attrs: Attrs) -> None:
        if self._muted:
            self._muted += 1
            self._start_muted(name, attrs)
            return
        rule = RULES.get(name, UNKNOWN)
        found = Verdict.NONE
        if attrs and ("class" in attrs or "id" in attrs):
            found = verdict(
                name[:_LONGEST], attrs.get("class", "")[:_LONGEST], attrs.get("id", "")[:_LONGEST]
            )
        if (found or rule.suspect) and self._is_judged(name, attrs, found):
            return
        if rule.special is not None and rule.special(self, attrs, found):
            return
        if rule.table_part and not self._tables:
            rule = RULES["div"]  # browsers would drop its tag and glue its text
        if rule.gap:
            self.separate(rule.gap)
        if rule.begin is not None:
            rule.begin(self, attrs)
        if rule.opening:
            self.html.append(open_tag(rule.safe, attrs) if attrs else rule.opening)
        self._open.append(rule)

    def text(self, data: str) -> None:
        if self._muted:
            if self._mute is Mute.FURNITURE and not self._hard:
                self.furniture[-1] += len(data.strip())
            elif self._mute is Mute.EMBED_LINK:
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

    # What is not written

    def _is_judged(self, name: str, attrs: Attrs, found: Verdict) -> bool:
        """Deal with what name, class or id say is not ordinary content; False when it is content after all."""
        if found is Verdict.HARD or (name in HARD_TAGS and not self._is_content_control(name)):
            return self._stop(Mute.HARD)
        if (found is Verdict.FURNITURE or name == "nav") and self._is_removed():
            self.break_apart()
            return self._stop(Mute.FURNITURE)
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

    def _start_muted(self, name: str, attrs: Attrs) -> None:
        if self._mute is Mute.FURNITURE:
            if not self._hard and (name in HARD_TAGS or name == "noscript"):
                self._hard = self._muted
        elif self._mute is Mute.NOSCRIPT:
            if name == "img" and not is_pixel(attrs):
                self.add_image(attrs, twin=True)
            elif name == "iframe" and not is_pixel(attrs):
                self.add_frame(attrs, twin=True)
        elif (
            self._mute is Mute.MEDIA
            and name == "source"
            and self._media is not None
            and not self._media["url"]
        ):
            self._media["url"] = self.web(frame_source(attrs)) or ""
