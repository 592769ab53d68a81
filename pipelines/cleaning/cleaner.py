"""Clean rendered HTML: scrub it, parse it, and build the content in one pass.

A second pass is only needed where a large share of the text was taken for boilerplate.
"""

import re
from collections.abc import Container
from html import unescape

from pipelines.cleaner_facts import MAX_CONTENT_BYTES
from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.content import CleanContent
from pipelines.cleaning.dispatcher import EventDispatcher
from pipelines.cleaning.parse.events import Feed, escape_markup_in_code, feed_events, scrub
from pipelines.cleaning.parse.plain_marks import without_marks
from pipelines.cleaning.parse.shortcodes import EnclosingShortcodes, without_shortcodes
from pipelines.cleaning.rules.boilerplate import BoilerplateFilter
from pipelines.cleaning.rules.buttons import ButtonRow
from pipelines.cleaning.rules.lines import lines_of, without_lines
from pipelines.cleaning.rules.post_lines import PostLines
from pipelines.cleaning.rules.stubs import find_stubs
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.blocks import Block, text_of_blocks
from wparchive.model.features import embed_providers_of, features_of, link_domains_of
from wparchive.text.word_count import count_words

_RESOLVED_MAX_CHARS = 20_000_000
"""What all attributes of a content may become where each is an address relative to the page. A
usual address of 100 characters leaves room for 200,000 attributes."""
_MAX_PASSES = 4  # for boilerplate within boilerplate; after that all of it is kept
_MANY_BUTTONS = 3
_MANY_PAGES = 4
_LARGE_SHARE = 0.4
_ALL_BLOCKS = range(1 << 60)
_ONE_PARAGRAPH = re.compile(r"\s*<p>([^<]*)</p>\s*")


def clean_html(
    html: str, base_url: str | None, max_bytes: int = MAX_CONTENT_BYTES, feed: Feed = feed_events
) -> CleanContent:
    """Return the clean content of a post, from its rendered HTML.

    `base_url` is the page's own address, against which relative addresses are resolved; without it
    they are left out, and also where that would make megabytes of them. Bad markup never raises.
    Longer content is cut at `max_bytes` and flagged `truncated`: the caller keeps the original.
    """
    html, flags = scrub(html, max_bytes)
    if not html or html.isspace():
        return CleanContent(flags=flags)
    html = escape_markup_in_code(html)
    if base_url and len(base_url) * html.count("=") > _RESOLVED_MAX_CHARS:
        base_url = None
    kept: set[int] = set()
    content, large = _clean_once(html, base_url, feed, kept)
    while large is not None:
        kept.add(large)
        keeps: Container[int] = kept
        if len(kept) >= _MAX_PASSES:
            keeps = _ALL_BLOCKS
        content, large = _clean_once(html, base_url, feed, keeps)
    if kept:
        flags.append("boilerplate_kept")
    content.flags = flags
    content.word_count = count_words(content.text)
    return content


def _clean_once(
    html: str, base_url: str | None, feed: Feed, kept: Container[int], holds_buttons: bool = True
) -> tuple[CleanContent, int | None]:
    """Return the content, and the number of a skipped block that is a large share of the text."""
    builder = ContentBuilder(base_url, html)
    boilerplate = BoilerplateFilter(kept)
    dispatcher = EventDispatcher(builder, boilerplate, EnclosingShortcodes(html), holds_buttons)
    feed(html, dispatcher)
    dispatcher.finish()
    links = builder.links.links
    embeds = builder.media.embeds
    blocks = _mark_stubs(builder, base_url)
    text = text_of_blocks(blocks)
    if _are_a_list(dispatcher.buttons, len(text)):
        return _clean_once(html, base_url, feed, kept, holds_buttons=False)
    content = CleanContent(
        text=text,
        blocks=blocks,
        html=builder.html.result(),
        links=links,
        images=builder.media.images,
        embeds=embeds,
        embed_providers=embed_providers_of(blocks),
        link_domains=link_domains_of(link["url"] for link in links),
        has=features_of(
            blocks,
            embed_kinds={embed["kind"] for embed in embeds},
            has_image=bool(builder.media.images),
            has_formula=builder.has_formula,
        ),
    )
    return content, boilerplate.large_block(len(text))


def _are_a_list(left_out: ButtonRow, text_length: int) -> bool:
    """Return whether the buttons of a post are a list of links, and what the post is about."""
    if len(left_out.pages_left_out) >= _MANY_PAGES:
        return True
    is_large = left_out.size_left_out > _LARGE_SHARE * text_length
    return left_out.left_out >= _MANY_BUTTONS and is_large


def _mark_stubs(builder: ContentBuilder, base_url: str | None) -> list[Block]:
    """Return the blocks, those that are no text by their structure and position as removed ones."""
    blocks = builder.text.blocks()
    lines = lines_of(blocks, builder.links.links, builder.links.text_before)
    post = PostLines(lines, base_url)
    removed = find_stubs(post, builder.media.embeds, builder.skipped, builder.sign_ups)
    if not removed:
        return blocks
    return without_lines(blocks, lines, removed)


def clean_text(rendered: str, one_line: bool = True) -> str:
    """Return the plain text of a title, name, excerpt or description.

    Tags are removed, and entities are decoded exactly once. Titles and names stand on one line.
    Otherwise line breaks separate blocks, and unexpanded shortcodes are removed.
    """
    rendered, _ = scrub(rendered, MAX_CONTENT_BYTES)
    # Few titles have a tag, and most excerpts are one paragraph: these need no parser.
    inner = rendered
    if not one_line:
        paragraph = _ONE_PARAGRAPH.fullmatch(rendered)
        if paragraph is not None:
            inner = paragraph[1]
    if "<" in inner:
        return parse_text(rendered, one_line)
    return _decode_text(inner, one_line)


def _decode_text(text: str, one_line: bool) -> str:
    text = unescape(text)
    if not one_line:
        text = " ".join(without_marks(part) for part in without_shortcodes(text))
    return collapse_whitespace(text)


def parse_text(html: str, one_line: bool) -> str:
    """Return what `clean_text` returns, for any scrubbed HTML; the oracle of its test."""
    builder = ContentBuilder(None, html)
    shortcodes = None if one_line else EnclosingShortcodes("")
    dispatcher = EventDispatcher(builder, BoilerplateFilter(), shortcodes)
    feed_events(html, dispatcher)
    dispatcher.finish()
    text = builder.text.result()
    if one_line:
        return collapse_whitespace(text)
    return text
