"""Tell whether an answer with status 200 or 203 is the whole file that was asked for. Pure.

A login page or the error of a database comes with status 200, and with the type of the picture that
was asked for. Such pages are text, and pictures, documents and recordings are not. So a type whose
files are never text is enough to tell: the many formats need not be known, and one that nobody has
heard of is kept.
"""

import codecs
import json
import re
from dataclasses import dataclass

from scrapy.http import Response

from crawler.files.ends import End, look_for_end
from crawler.files.planning import MediaFile, type_by_name

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_ANYTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_UP_TO_THE_END = "partial"
"""Scrapy's flag for a body whose server stated no length and closed the connection."""

HEAD_BYTES = 1024
"""The first bytes tell. A PDF may begin so far behind other things."""
_LONGEST_JSON = 1_000_000
_BINARY = re.compile(
    r"image/(?:jpe?g|pjpeg|png|x-png|gif|webp|avif|hei[cf]|bmp|x-ms-bmp|tiff|x-icon|jxl"
    r"|vnd\.microsoft\.icon)"
    r"|application/(?:pdf|x-pdf|zip|x-zip-compressed|gzip|x-gzip|x-rar(?:-compressed)?|vnd\.rar"
    r"|x-7z-compressed|epub\+zip|vnd\.openxmlformats-[\w.-]+|vnd\.oasis\.opendocument\.[\w-]+"
    r"|msword|vnd\.ms-(?:excel|powerpoint)|ogg|mp4|font-woff2?|x-font-\w+|java-archive"
    r"|vnd\.android\.package-archive)"
    r"|audio/(?:mpeg|mp3|mp4|x-m4a|aac|ogg|opus|(?:x-)?wav|wave|(?:x-)?flac|webm|x-ms-wma|x-aiff)"
    r"|video/(?:mp4|x-m4v|mpeg|ogg|webm|quicktime|x-msvideo|avi|x-ms-wmv|x-flv|x-matroska|3gpp2?)"
    r"|font/(?:woff2?|ttf|otf|collection)"
)
"""Types whose files hold other bytes than text."""
_OLD_OFFICE = re.compile(r"application/(?:msword|vnd\.ms-(?:excel|powerpoint))")
_OFFICE_IN_TEXT = re.compile(
    rb"\{\\rtf|urn:schemas-microsoft-com:office|<\?mso-application|MIME-Version:|\A\s*<table",
    re.IGNORECASE,
)
_NO_PAGES = re.compile(
    r"image/svg\+xml|text/(?:csv|css|calendar|vcard|vtt|rtf|javascript)"
    r"|application/(?:json|rtf|javascript|rss\+xml|atom\+xml|gpx\+xml|vnd\.google-earth\.kml\+xml)"
)
"""Types whose files are text, and no web pages."""
_FORMATS = re.compile(
    rb"\xff\xd8|\x89PNG|GIF8[79]a|RIFF....|PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|\x1f\x8b"
    rb"|ID3|OggS|fLaC|FORM|wOF[F2]|....ftyp",
    re.DOTALL,
)
"""Beginnings that no text has. What is behind them may look like text in a small file."""
_FORMATS_BEHIND_OTHERS = re.compile(rb"%PDF-|%!PS|<svg[\s>]", re.IGNORECASE)
"""Files that may have nothing but text in their first bytes, and something else before it."""
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|style|title|meta|div|span|p|br"
    r"|b|h[1-6]|form|table|center|font|pre|section|main)\b",
    re.IGNORECASE | re.DOTALL,
)
# Control characters that no text has. ESC is in texts of old Japanese encodings.
_NOT_IN_TEXTS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ASCII_IN_TEXTS = 0.8
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A reason why an answer is not the file."""

    cause: str
    message: str


def problem_with(response: Response, file: MediaFile) -> FileProblem | None:
    """Return why an answer is not the file, or not all of it; None where it may be."""
    declared = declared_type(response)
    wanted = file.mime_type or "a file"
    kind = text_in_place_of(_expected_type(file, declared), response.body)
    if kind:
        return FileProblem("page", f"answers with a page in place of the file: {kind} for {wanted}")
    is_page = declared in _PAGES and file.mime_type not in _PAGES
    if is_page and not is_binary(response.body):
        return FileProblem("page", f"a web page where {wanted} was expected")
    if _rests_on_its_end(response, file) and look_for_end(response.body) is End.MISSING:
        message = (
            f"cut off: its server states no length, and its {len(response.body):,} bytes stop "
            "before the end that its format has"
        )
        return FileProblem("cut_off", message)
    return None


def may_be_cut_off(response: Response, file: MediaFile) -> bool:
    """Tell whether nothing shows that a file is whole: neither its length nor its format."""
    return _rests_on_its_end(response, file) and look_for_end(response.body) is not End.REACHED


def kept_type(response: Response, file: MediaFile) -> str:
    """Return the media type under which a file is kept."""
    declared = declared_type(response)
    # A server that calls everything a page says nothing about the file.
    if declared in _PAGES and file.mime_type:
        return file.mime_type
    return declared or file.mime_type


def declared_type(response: Response) -> str:
    """Return the media type that an answer declares, without its parameters."""
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return declared.partition(";")[0].strip().lower()


def with_known_end(response: Response) -> Response:
    """Return an answer whose body is known to be whole, although its server states no length."""
    return response.replace(flags=[flag for flag in response.flags if flag != _UP_TO_THE_END])


def _expected_type(file: MediaFile, declared: str) -> str:
    """Return the type by which a file is judged: what the site says, its name, its server."""
    if file.mime_type not in _ANYTHING:
        return file.mime_type
    guessed = type_by_name(file.url)
    return guessed if is_never_text(guessed) or _NO_PAGES.fullmatch(guessed) else declared


def _rests_on_its_end(response: Response, file: MediaFile) -> bool:
    is_stated = _UP_TO_THE_END not in response.flags or file.size_bytes == len(response.body)
    return not is_stated


def is_never_text(mime_type: str) -> bool:
    """Tell whether files of a media type are known to hold other bytes than text."""
    return _BINARY.fullmatch(mime_type) is not None


def text_in_place_of(mime_type: str, body: bytes) -> str:
    """Return what kind of text stands in place of a file of a type; empty where none does."""
    head = body[:HEAD_BYTES]
    if _NO_PAGES.fullmatch(mime_type):
        kind = kind_of_text(body)
        return kind if kind == "a web page" and not _FORMATS_BEHIND_OTHERS.search(head) else ""
    if not is_never_text(mime_type) or not head.strip():
        return ""
    if _FORMATS.match(head) or _FORMATS_BEHIND_OTHERS.search(head):
        return ""
    kind = kind_of_text(body)
    if _OLD_OFFICE.fullmatch(mime_type) and kind:
        # Such files may be RTF, HTML for Office, or a table of commas under Excel's name.
        is_office = _OFFICE_IN_TEXT.search(body[: 8 * HEAD_BYTES]) is not None
        return "" if is_office or kind == "text" else kind
    return kind


def kind_of_text(body: bytes) -> str:
    """Return `a web page`, `JSON` or `text`; empty for bytes that are no text."""
    head = body[:HEAD_BYTES]
    if head.startswith(_WIDE):
        text = head.decode("utf-16", "replace")
    elif is_binary(head):
        return ""
    else:
        text = head.decode("utf-8", "replace")
    text = text.lstrip("\ufeff")
    if _HTML.match(text):
        return "a web page"
    if head.startswith(_WIDE):
        return ""
    if text.lstrip()[:1] in ("{", "[") and _is_json(body):
        return "JSON"
    return "text" if _is_utf8(head) or _is_mostly_ascii(head) else ""


def is_binary(body: bytes) -> bool:
    """Tell whether bytes begin with some that no text has."""
    head = body[:HEAD_BYTES]
    return not head.startswith(_WIDE) and _NOT_IN_TEXTS.search(head) is not None


def _is_utf8(head: bytes) -> bool:
    """Tell whether bytes are UTF-8, but for a character that is cut off at their end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_ascii(head: bytes) -> bool:
    """Tell whether bytes look like a text in an old encoding of a Latin script."""
    return sum(byte < 0x80 for byte in head) >= _ASCII_IN_TEXTS * len(head)


def _is_json(body: bytes) -> bool:
    if len(body) > _LONGEST_JSON:
        return True
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
