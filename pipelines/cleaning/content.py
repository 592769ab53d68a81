"""Say what cleaning one piece of HTML yields."""

from dataclasses import dataclass, field

from wparchive.model.blocks import Block
from wparchive.model.document_parts import Embed, Image, Link
from wparchive.model.features import Feature


@dataclass(slots=True)
class CleanContent:
    """The content of a post, once as text and once as safe HTML, and what it points to."""

    text: str = ""
    """Plain text. A blank line separates blocks; a line break ends list items, table rows and
    `<br>`."""
    blocks: list[Block] = field(default_factory=list)
    """The content in order, part by part. `text` is written from it."""
    html: str = ""
    """Allow-listed tags and attributes only, absolute addresses, ready to be shown."""
    links: list[Link] = field(default_factory=list)
    """In order; without links into the same page and without `javascript:`."""
    images: list[Image] = field(default_factory=list)
    """In order, lazy loading resolved."""
    embeds: list[Embed] = field(default_factory=list)
    """In order."""
    word_count: int = 0
    """Words of `text`, see `count_words`."""
    has: list[Feature] = field(default_factory=list)
    """What there is in it."""
    link_domains: list[str] = field(default_factory=list)
    """Where its links lead to."""
    embed_providers: list[str] = field(default_factory=list)
    """Who serves its embeds."""
    flags: list[str] = field(default_factory=list)
    """`truncated`: longer than the cap; `surrogates`: lone ones were replaced; `boilerplate_kept`:
    a block that looked like boilerplate was a large share of the text."""
