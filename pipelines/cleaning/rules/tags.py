"""Say how each tag is laid out: in text by a gap, in safe HTML by a name.

What a tag does beyond that is in `handlers.py`.
"""

from typing import NamedTuple

from pipelines.cleaning.write.text import LINE, PARAGRAPH


class Layout(NamedTuple):
    """How a tag is written."""

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
        layouts[name] = Layout(safe, gap, f"<{safe}>", f"</{safe}>")
    return layouts


UNWRAPPED = Layout("", 0, "", "")
"""The layout of a tag that is not written, while what it holds is."""

LAYOUTS: dict[str, Layout] = {
    **_layouts("p h1 h2 h3 h4 h5 h6", PARAGRAPH),
    **_layouts("div figure figcaption details summary", PARAGRAPH),
    **_layouts("dl dt dd", PARAGRAPH),
    **_layouts("ul ol li", PARAGRAPH),
    **_layouts("dir menu", PARAGRAPH, "ul"),
    **_layouts("pre", PARAGRAPH),
    **_layouts("xmp listing", PARAGRAPH, "pre"),
    **_layouts("table caption", PARAGRAPH),
    **_layouts("thead tbody tfoot tr td th", LINE),
    **_layouts("section article aside header footer main nav hgroup", PARAGRAPH, "div"),
    **_layouts("address center dialog form fieldset legend", PARAGRAPH, "div"),
    **_layouts("em strong b i u s del ins mark small sub sup", 0),
    **_layouts("strike", 0, "s"),
    **_layouts("code kbd samp var", 0),
    **_layouts("q cite abbr dfn time bdi bdo ruby", 0),
    "hr": Layout("hr", PARAGRAPH, "<hr>", ""),
}
"""Every other tag is unwrapped: it is neither a block nor safe HTML, and what it holds stays."""

TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot", "caption"})
"""Tags that mean something only within a table."""

SAFE_TAGS = frozenset(layout.name for layout in LAYOUTS.values()) | {"a", "blockquote", "br", "img"}
"""All tags that safe HTML may have. The handlers of the four write them themselves."""
