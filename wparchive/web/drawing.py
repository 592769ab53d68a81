"""Draw pages: templates, the archive that is shown, and the form of downloads."""

import shlex
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from wparchive.reading.library import Archive
from wparchive.reading.page_templates import page_templates
from wparchive.reading.views import (
    age_text,
    iso_time,
    marked_pieces,
    objects_found,
    share_text,
    span_text,
)
from wparchive.text.diff import Piece

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
ROWS = 20
"""Items on a page of a list."""


def _pieces(pieces: list[Piece]) -> Markup:
    """Return a difference as HTML."""

    def removed(text: str) -> str:
        return f"<del>{escape(text)}</del>"

    def added(text: str) -> str:
        return f"<ins>{escape(text)}</ins>"

    return Markup(marked_pieces(pieces, removed, added, escape))


def _marked(snippet: Any) -> Markup:
    """Return a snippet as HTML, its hits marked."""
    return Markup(snippet.marked(lambda text: f"<mark>{escape(text)}</mark>", escape))


templates = page_templates(_HERE / "templates")
templates.filters.update(
    found=objects_found,
    python=repr,
    age=lambda at: age_text(at, datetime.now(UTC)),
    iso=iso_time,
    marked=_marked,
    pieces=_pieces,
    quoted=shlex.quote,
    sentence=lambda text: text[:1].upper() + text[1:],
    share=share_text,
    span=span_text,
)


def rendered(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made of a template, which knows its `status` too."""
    drawn = templates.get_template(name).render(status=status, **values)
    return HTMLResponse(drawn, status)


def archive_of(request: Request) -> Archive:
    """Return the archive that the application shows."""
    return cast(Archive, request.app.state.archive)


def saved_as(name: str) -> dict[str, str]:
    """Return the headers that make a browser save what it gets."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
