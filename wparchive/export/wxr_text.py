"""Write texts, names, slugs and times of a WXR file: in XML, as WordPress stores them."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from wparchive.text.marks import HIDDEN_CONTROLS

NO_DATE = "0000-00-00 00:00:00"
"""Stands where there is no date: MySQL's zero date, which WordPress's tables and exporter use."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot write (its production `Char`); copy and paste brings them."""

_REFERENCES = {code: f"&#{code};" for code in HIDDEN_CONTROLS}
"""The same characters to a parser of XML, and harmless to a terminal or an editor."""
_REFERENCES_BETWEEN = {code: f"]]>&#{code};<![CDATA[" for code in HIDDEN_CONTROLS}
"""Within a section of CDATA there are no references, so the section ends for each."""
_LONGEST_SECTION = 2_000_000
"""Characters of one section: the parser of WordPress's importer refuses more than 10 MB."""


def xml_text(text: str) -> str:
    """Return text for an element, or for an attribute in double quotes."""
    return escape(_writable(text), {'"': "&quot;"}).translate(_REFERENCES)


def cdata(text: str) -> str:
    """Return a text in CDATA; a `]]>` inside is split over two sections, and so is a long text."""
    plain = _writable(text)
    starts = range(0, max(len(plain), 1), _LONGEST_SECTION)
    sections = "".join(_section(plain[start : start + _LONGEST_SECTION]) for start in starts)
    return sections.translate(_REFERENCES_BETWEEN)


def _writable(text: str) -> str:
    """Return a text that XML can write, with the ends of lines that a parser makes of all."""
    return _UNWRITABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _section(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def plain_as_html(text: str) -> str:
    """Return plain text for a field that WordPress shows as HTML: no tag begins in it."""
    return text.replace("<", "&lt;")


def element(name: str, content: str) -> str:
    """Return an element; `name` may carry attributes."""
    return f"<{name}>{content}</{name.partition(' ')[0]}>"


def stored_slug(slug: str) -> str:
    """Return a slug as WordPress's database has it: percent-encoded in small letters.

    Source: `utf8_uri_encode()` in wp-includes/formatting.php.
    """
    if slug.isascii():
        return slug
    return quote(slug).lower()


def stored_name(name: str) -> str:
    """Return a term's name as WordPress's database has it: escaped, but for quotes.

    Source: `pre_term_name` in wp-includes/default-filters.php.
    """
    return escape(name)


def rfc822_time(at: datetime | None) -> str:
    """Return a time as RSS writes it; empty for none."""
    if at is None:
        return ""
    return format_datetime(at.astimezone(UTC))


def mysql_time(at: datetime | None) -> str:
    """Return a time in UTC as MySQL writes it."""
    if at is None:
        return NO_DATE
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def mysql_local_time(text: str | None) -> str:
    """Return a site's own local time as MySQL writes it."""
    if not text:
        return NO_DATE
    return text.replace("T", " ")
