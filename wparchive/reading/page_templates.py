"""The templates of pages: those of `wparchive serve`, and those of a static site."""

from pathlib import Path
from typing import TYPE_CHECKING

from wparchive.errors import extra_missing
from wparchive.reading.views import (
    co_author_names,
    minute_text,
    protected_status,
    ref_name,
    web_address,
)
from wparchive.text.marks import harmless_value

if TYPE_CHECKING:
    from jinja2 import Environment


def page_templates(folder: Path) -> "Environment":
    """Return the templates in a folder. They escape every text, and know how documents are shown.

    Raises ExtraMissing.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise extra_missing("web pages need the package jinja2", "web", "jinja2") from None
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=harmless_value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        co_authors=co_author_names,
        minute=minute_text,
        protected_status=protected_status,
        ref=ref_name,
        web_address=web_address,
    )
    return templates
