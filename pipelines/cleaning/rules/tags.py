"""Say what each tag is: how it is laid out, and which function handles it.

The layout of a tag is a gap in text and a name in safe HTML. What a tag does beyond that, its
handler does (`handlers.py`, `images.py`, `players.py`).
"""

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NamedTuple

from pipelines.cleaning.rules.boilerplate import MAY_BE_SKIPPED
from pipelines.cleaning.rules.class_names import Meaning
from pipelines.cleaning.rules.formulas import handle_math, handle_rendered_formula
from pipelines.cleaning.rules.handlers import (
    Handler,
    handle_aside,
    handle_caption,
    handle_code,
    handle_figure,
    handle_form,
    handle_heading,
    handle_inline,
    handle_keys,
    handle_label,
    handle_line,
    handle_line_break,
    handle_lines_of_code,
    handle_link,
    handle_list,
    handle_list_item,
    handle_ordered_list,
    handle_part,
    handle_preformatted,
    handle_quotation,
    handle_ruby_text,
    handle_table,
    handle_table_cell,
    handle_table_row,
    handle_table_section,
    handle_toggle,
)
from pipelines.cleaning.rules.images import (
    handle_drawing,
    handle_image,
    handle_picture,
    handle_source,
)
from pipelines.cleaning.rules.named_embeds import (
    NAMED_EMBED_TAGS,
    handle_named_embed,
    handle_player_block,
)
from pipelines.cleaning.rules.players import (
    handle_audio,
    handle_embed,
    handle_embed_wrapper,
    handle_frame,
    handle_noscript,
    handle_object,
    handle_object_parameter,
    handle_quote,
    handle_quoted_post,
    handle_script,
    handle_tweet,
    handle_video,
)
from pipelines.cleaning.rules.superscripts import (
    handle_footnote_mark,
    handle_raised_part,
    handle_subscript,
    handle_superscript,
)
from pipelines.cleaning.write.flow import LINE, PARAGRAPH
from pipelines.cleaning.write.safe_html import start_tag


class Layout(NamedTuple):
    """The way in which a tag is written."""

    name: str
    """Its name in safe HTML; empty for a tag that is not written there by this table."""
    gap: int
    """How text before, inside and after it stands apart: 0 not at all, `LINE` or `PARAGRAPH`."""
    opening: str
    """Its start tag in safe HTML, without attributes."""
    closing: str
    """Its end tag in safe HTML; `hr` has none."""


def _layouts(names: str, gap: int, written_as: str | None = None) -> dict[str, Layout]:
    layouts = {}
    for name in names.split():
        safe = written_as or name
        layouts[name] = Layout(safe, gap, start_tag(safe, {}), f"</{safe}>")
    return layouts


UNWRAPPED = Layout("", 0, "", "")
"""The layout of a tag that is not written, while what it holds is."""

LAYOUTS: dict[str, Layout] = {
    **_layouts("p h1 h2 h3 h4 h5 h6", PARAGRAPH),
    **_layouts("div figure figcaption details summary", PARAGRAPH),
    **_layouts("dl dt dd", PARAGRAPH),
    **_layouts("ul ol li", PARAGRAPH),
    **_layouts("dir menu", PARAGRAPH, "ul"),
    **dict.fromkeys(("pre", "xmp", "listing"), Layout("pre", PARAGRAPH, "", "</pre>")),
    **_layouts("table caption", PARAGRAPH),
    **_layouts("thead tbody tfoot tr td th", LINE),
    **_layouts("section article aside header footer main nav hgroup", PARAGRAPH, "div"),
    **_layouts("address center dialog form fieldset legend", PARAGRAPH, "div"),
    **_layouts("em strong b i u s del ins mark small sub sup", 0),
    **_layouts("strike", 0, "s"),
    "code": Layout("code", 0, "", "</code>"),
    **_layouts("kbd samp var", 0),
    **_layouts("q cite abbr dfn time bdi bdo ruby", 0),
    "hr": Layout("hr", PARAGRAPH, "<hr>", ""),
}
"""Every other tag is unwrapped: it is neither a block nor safe HTML, and what it holds stays."""

HANDLERS: dict[str, Handler] = {
    **{f"h{level}": partial(handle_heading, level) for level in range(1, 7)},
    "figure": handle_figure,
    "figcaption": handle_caption,
    "ul": handle_list,
    "dir": handle_list,
    "menu": handle_list,
    "ol": handle_ordered_list,
    "li": handle_list_item,
    "table": handle_table,
    **dict.fromkeys(("thead", "tbody", "tfoot"), handle_table_section),
    "tr": handle_table_row,
    "td": handle_table_cell,
    "th": handle_table_cell,
    "pre": handle_preformatted,
    "xmp": handle_preformatted,
    "listing": handle_preformatted,
    "code": handle_code,
    "kbd": handle_keys,
    "samp": handle_keys,
    "blockquote": handle_quote,
    **dict.fromkeys(("strong", "b", "label"), handle_label),
    "a": handle_link,
    "br": handle_line_break,
    "q": handle_quotation,
    "sup": handle_superscript,
    "sub": handle_subscript,
    "rt": handle_ruby_text,
    "img": handle_image,
    "amp-img": handle_image,
    "iframe": handle_frame,
    "amp-iframe": handle_frame,
    "video": handle_video,
    "audio": handle_audio,
    "object": handle_object,
    "param": handle_object_parameter,
    "embed": handle_embed,
    "noscript": handle_noscript,
    "form": handle_form,
    **dict.fromkeys(("math", "mml:math", "m:math"), handle_math),
    "mjx-container": handle_rendered_formula,
    "script": handle_script,
    "svg": handle_drawing,
    "picture": handle_picture,
    "source": handle_source,
    **{tag: partial(handle_named_embed, tag) for tag in NAMED_EMBED_TAGS},
}
"""What each tag does at its start."""

HANDLERS_BY_MEANING: dict[Meaning, Handler] = {
    Meaning.TWEET: handle_tweet,
    Meaning.POST: handle_quoted_post,
    Meaning.PLAYER: handle_player_block,
    Meaning.EMBED_WRAPPER: handle_embed_wrapper,
    Meaning.TOGGLE: handle_toggle,
    Meaning.PART: handle_part,
    Meaning.ASIDE: handle_aside,
    Meaning.LINE: handle_line,
    Meaning.FOOTNOTE: handle_footnote_mark,
    Meaning.RAISED: handle_raised_part,
    Meaning.INLINE: handle_inline,
    Meaning.CODE: handle_lines_of_code,
    Meaning.FORMULA: handle_rendered_formula,
}
"""What an element does whose class or id means something; this comes before its tag."""

TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
"""Tags that mean something only within a table."""


@dataclass(frozen=True, slots=True)
class TagRule:
    """All that is known of a tag, in one place: a start tag takes one look-up, its end none."""

    tag: str
    safe_name: str
    gap: int
    opening: str
    closing: str
    handler: Handler | None
    may_be_skipped: bool
    is_table_part: bool


def _rule(tag: str) -> TagRule:
    layout = LAYOUTS.get(tag, UNWRAPPED)
    return TagRule(tag, *layout, HANDLERS.get(tag), tag in MAY_BE_SKIPPED, tag in TABLE_PARTS)


@cache
def flat_rule(rule: TagRule) -> TagRule:
    """Return the rule of an element of which only its gap is left.

    Links and media, whose handlers write more than tags, stay as they are.
    """
    if rule.tag == "blockquote":
        return replace(UNKNOWN_TAG, tag=rule.tag, gap=PARAGRAPH)  # its handler makes the gap
    if rule.gap or rule.handler in (None, handle_label):
        return replace(UNKNOWN_TAG, tag=rule.tag, gap=rule.gap)
    return rule


UNKNOWN_TAG = _rule("")
"""The rule of a tag that is in no table."""
TAG_RULES = {tag: _rule(tag) for tag in (*LAYOUTS, *HANDLERS, *MAY_BE_SKIPPED)}
"""The tables above as one, by tag."""
_QUOTE = replace(UNKNOWN_TAG, tag="blockquote")
RULES_BY_MEANING: dict[Meaning | None, TagRule] = {
    meaning: replace(rule, handler=HANDLERS_BY_MEANING[meaning])
    for meaning, rule in {
        Meaning.TWEET: _QUOTE,
        Meaning.POST: _QUOTE,
        Meaning.PLAYER: replace(UNKNOWN_TAG, tag="div"),
        Meaning.EMBED_WRAPPER: TAG_RULES["div"],
        **dict.fromkeys((Meaning.TOGGLE, Meaning.PART, Meaning.ASIDE), UNKNOWN_TAG),
        **dict.fromkeys((Meaning.LINE, Meaning.FORMULA, Meaning.INLINE), UNKNOWN_TAG),
        **dict.fromkeys((Meaning.FOOTNOTE, Meaning.RAISED), TAG_RULES["sup"]),
        Meaning.CODE: replace(UNKNOWN_TAG, tag="pre", gap=PARAGRAPH),
    }.items()
}
"""The rule of an element whose class or id means something, in place of that of its tag."""
