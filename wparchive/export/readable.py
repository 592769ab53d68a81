"""A post as JSON can carry it, for the formats that do."""

import base64
import zlib
from html import escape
from typing import Any, get_type_hints

from wparchive.model.documents import PostDocument

FIELDS_IN_ORDER = tuple(get_type_hints(PostDocument))
"""In documented order, so that both backends export the same bytes."""


def readable(post: PostDocument) -> dict[str, Any]:
    """Return the document as JSON can carry it.

    `raw` becomes text, or base64 as `raw_base64` where it is not UTF-8.
    """
    values: dict[str, Any] = dict(post)
    document = {name: values[name] for name in FIELDS_IN_ORDER if name in values}
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
