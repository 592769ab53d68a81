"""A post as JSON can carry it, for the formats that do."""

import base64
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, get_type_hints

from wparchive.model.documents import PostDocument

FIELDS_IN_ORDER = tuple(get_type_hints(PostDocument))
"""In documented order, so that both backends export the same bytes."""
_MAX_GAP = 400
"""Letters of the HTML that may stand in no block, between two blocks that follow each other."""
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_LETTER_OR_ENTITY = re.compile(r"&[#\w]{1,32};|.", re.DOTALL)
_CONTENT_TAGS = frozenset({"img", "video", "audio", "iframe"})
_VOID_TAGS = frozenset({"br", "hr", "img", "source", "wbr", "col"})
_BREAKS_AT_AN_END = re.compile(r"(?<=<p>)(?:\s*<br ?/?>)+|(?:<br ?/?>\s*)+(?=</p>)")


def readable(stored: Mapping[str, Any], fields: Iterable[str] = FIELDS_IN_ORDER) -> dict[str, Any]:
    """Return the fields of a document, a post's unless others are named, as JSON can carry them.

    `raw` becomes text, or base64 as `raw_base64` where it is not UTF-8.
    """
    document = {name: stored[name] for name in fields if name in stored}
    packed = document.pop("raw", None)
    if packed:
        record = zlib.decompress(packed)
        try:
            document["raw"] = record.decode()
        except UnicodeDecodeError:
            document["raw_base64"] = base64.b64encode(record).decode()
    return document


def html_or_text(post: PostDocument) -> str:
    """Return a post's HTML, or its text as paragraphs where `html` was too big to be kept."""
    if post["html"] or "html_dropped" not in post["flags"]:
        return post["html"]
    paragraphs = (escape(part).replace("\n", "<br>\n") for part in post["text"].split("\n\n"))
    return "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)


def without_removed_blocks(post: PostDocument) -> PostDocument:
    """Return a post whose HTML lacks the text of the blocks that are no part of its text.

    Images in them stay. A removed block whose text the HTML does not hold as it is stays, too.
    """
    blocks = post.get("blocks") or []
    if not any("removed" in block and block["text"] for block in blocks):
        return post
    tokens = _TAG_OR_TEXT.findall(post["html"])
    gone = _letters_of_removed(_letters(tokens), blocks)
    if not gone:
        return post
    html = "".join(_without_empty(*_cut(tokens, gone)))
    shorter: Any = {**post, "html": _BREAKS_AT_AN_END.sub("", html)}
    without: PostDocument = shorter
    return without


@dataclass(slots=True)
class _OpenElement:
    """An element that is open while tokens are gone through."""

    name: str
    place: int
    """Where its start tag stands among the tokens that are kept."""
    has_content: bool = False
    was_cut: bool = False


def _units(text: str) -> list[str]:
    """Return the characters of a text of HTML, those written as an entity in one piece."""
    return _LETTER_OR_ENTITY.findall(text)


def _letters(tokens: Iterable[str]) -> list[str]:
    """Return the letters and digits of the texts among tokens."""
    found: list[str] = []
    for token in tokens:
        if not token.startswith("<"):
            found += [unescape(unit) for unit in _units(token) if _is_letter(unit)]
    return found


def _is_letter(unit: str) -> bool:
    if len(unit) > 1:
        unit = unescape(unit)
    return unit[:1].isalnum()


def _letters_of_removed(
    letters: list[str], blocks: Iterable[Mapping[str, Any]]
) -> list[tuple[int, int]]:
    """Return which stretches of the letters belong to removed blocks; blocks follow in order."""
    # An entity may be several characters, so places in the text are not those in the list.
    starts = [0]
    for letter in letters:
        starts.append(starts[-1] + len(letter))
    whole = "".join(letters)
    found: list[tuple[int, int]] = []
    position = 0
    for block in blocks:
        text = "".join(filter(str.isalnum, block["text"]))
        if not text:
            continue
        place = whole.find(text, position, position + _MAX_GAP + len(text))
        if place < 0:
            continue
        position = place + len(text)
        if "removed" in block:
            found.append((bisect_left(starts, place), bisect_left(starts, position)))
    return found


def _cut(tokens: list[str], gone: list[tuple[int, int]]) -> tuple[list[str], list[bool]]:
    """Return the tokens without these letters and the signs among them, and which were cut."""
    kept_tokens: list[str] = []
    are_cut: list[bool] = []
    stretches = iter([*gone, (1 << 60, 1 << 60)])
    first, end = next(stretches)
    number = 0  # of the next letter
    for token in tokens:
        if token.startswith("<"):
            kept_tokens.append(token)
            are_cut.append(False)
            continue
        kept: list[str] = []
        is_cut = False
        if number == end:  # the signs after a stretch go with it, but not those of the next text
            first, end = next(stretches)
        for unit in _units(token):
            number += _is_letter(unit)
            while number > end:
                first, end = next(stretches)
            if first < number <= end:
                is_cut = True
            else:
                kept.append(unit)
        kept_tokens.append("".join(kept))
        are_cut.append(is_cut)
    return kept_tokens, are_cut


def _without_empty(tokens: list[str], are_cut: list[bool]) -> list[str]:
    """Return tokens without the elements from which all content was cut."""
    result: list[str] = []
    opened = [_OpenElement("", 0)]
    for token, is_cut in zip(tokens, are_cut, strict=True):
        element = opened[-1]
        named = _TAG_NAME.match(token)
        if named is None:
            element.was_cut |= is_cut
            element.has_content |= any(map(_is_letter, _units(token)))
        elif not token.startswith("</"):
            name = named[1].lower()
            if name not in _VOID_TAGS:
                opened.append(_OpenElement(name, len(result)))
            element.has_content |= name in _CONTENT_TAGS
        elif element.name == named[1].lower():
            opened.pop()
            opened[-1].was_cut |= element.was_cut
            opened[-1].has_content |= element.has_content
            if element.was_cut and not element.has_content:
                del result[element.place :]
                continue
        result.append(token)
    return result
