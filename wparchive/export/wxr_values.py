"""Values as WordPress's database, and hence its exporter, writes them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

NO_DATE = "0000-00-00 00:00:00"
"""What WordPress writes where there is no date."""


def stored_slug(slug: str) -> str:
    """As WordPress's database has it: percent-encoded in small letters (`utf8_uri_encode()` in wp-includes/formatting.php)."""
    return slug if slug.isascii() else quote(slug).lower()


def stored_name(name: str) -> str:
    """As WordPress's database has names of terms: escaped, but for quotes (`pre_term_name` in wp-includes/default-filters.php)."""
    return escape(name)


def rfc822(at: datetime | None) -> str:
    return format_datetime(at.astimezone(UTC)) if at else ""


def mysql(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else NO_DATE


def mysql_local(text: str | None) -> str:
    return text.replace("T", " ") if text else NO_DATE
