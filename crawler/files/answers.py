"""Whether an answer with status 200 is the file that was asked for, and all of it. Pure."""

import mimetypes
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.files.contents import is_binary, is_never_text, text_in_place_of
from crawler.files.ends import End, look_for_end
from crawler.files.phase import MediaFile

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_ANYTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_UP_TO_THE_END = "partial"
"""Scrapy's flag for a body whose server stated no length and closed the connection."""


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
    guessed = mimetypes.guess_type(urlsplit(file.url).path)[0] or ""
    return guessed if is_never_text(guessed) else declared


def _rests_on_its_end(response: Response, file: MediaFile) -> bool:
    is_stated = _UP_TO_THE_END not in response.flags or file.size_bytes == len(response.body)
    return not is_stated
