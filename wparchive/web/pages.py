"""The pages about posts: search, a post, its versions and its copies."""

import json
import mimetypes
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

import msgspec
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from wparchive.backends.questions import Group
from wparchive.duplicates.groups import CopyGroup
from wparchive.errors import InvalidQuery, NotFound
from wparchive.export import export_documents, export_posts
from wparchive.model.documents import PostDocument
from wparchive.model.file_records import FileRecord, is_digest, stored_path
from wparchive.reading.events import changes_between
from wparchive.reading.files import HeldFiles
from wparchive.reading.library import Archive
from wparchive.reading.links import LINKING_LOOKED_AT, linked_posts, linking_posts
from wparchive.reading.pictures import (
    SHOWN_TYPES,
    with_local_pictures,
    with_remote_pictures_named,
)
from wparchive.reading.suggestions import Unknown
from wparchive.reading.views import (
    CHART_HEIGHT,
    CHART_WIDTH,
    bars,
    iso_time,
    months_of,
    public_fields,
    text_difference,
)
from wparchive.text.marks import unbroken
from wparchive.web.drawing import ROWS, archive_of, rendered, saved_as, templates
from wparchive.web.question import FACET_GROUPS, SHOWN, PostQuestion, facets_of, question_of

_SPOOLED_BYTES = 1 << 20
_PART_BYTES = 1 << 16
_MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def search_page(request: Request) -> Response:
    """Show what a question finds, with facets, counts and the ways to take it away."""
    archive = archive_of(request)
    question = question_of(request.query_params.multi_items())
    posts = question.posts(archive)
    after = request.query_params.get("after")
    found: Any
    if question.words:
        order = question.search_order()
        found = posts.search_page(question.words, order=order, size=ROWS, after=after)
    else:
        found = posts.page(size=ROWS, after=after)
    # One pass gives facets, chart and total. Similar names are looked for where the total is 0.
    counts, total = _counts(archive, question)
    unknown: list[Unknown] = []
    if not total:
        archive.require_sites(question.values("site"))
        unknown = posts.unknown(question.words or None)
    return rendered(
        "search.html",
        question=question,
        found=found,
        total=total,
        facets=facets_of(question, total, counts),
        unknown=unknown,
        shown=SHOWN,
        chart=bars(months_of(counts["month"])),
        chart_size=(CHART_WIDTH, CHART_HEIGHT),
        python=question.as_python(archive.address),
    )


def _counts(
    archive: Archive, question: PostQuestion
) -> tuple[dict[Group, dict[str | None, int]], int]:
    """Return the counts of a question's posts for its facets and chart, and how many there are."""
    meant = question.meant(archive)
    counts = meant.by_each((*FACET_GROUPS, "month"))
    return counts, sum(counts["state"].values())  # each post has one state


def chart_picture(request: Request) -> Response:
    """Send the chart of a question's posts by month as a picture."""
    counts = _months(request)
    drawn = templates.get_template("chart.svg").render(
        chart=bars(counts), width=CHART_WIDTH, height=CHART_HEIGHT
    )
    return Response(drawn, media_type="image/svg+xml", headers=saved_as("posts-by-month.svg"))


def chart_figures(request: Request) -> Response:
    """Send the figures of that chart."""
    lines = [f"{month},{count}" for month, count in _months(request).items()]
    text = "\r\n".join(["month,posts", *lines, ""])
    return Response(text, media_type="text/csv", headers=saved_as("posts-by-month.csv"))


def _months(request: Request) -> dict[str, int]:
    question = question_of(request.query_params.multi_items())
    return months_of(question.meant(archive_of(request)).by("month"))


def exported_posts(request: Request) -> Response:
    """Send the posts of a question, or the one that is named, as CSV or as JSON Lines."""
    form = request.path_params["form"]
    if form not in _MEDIA_TYPES:
        raise NotFound(f"no format {form!r}: take posts.csv or posts.jsonl")
    archive = archive_of(request)
    # Written before it is sent, so that an error is an error and not half a file.
    out = SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 - `_chunks` closes it
    if name := request.query_params.get("post"):
        document, _ = _post_at(archive, name, request.query_params.get("as_of"))
        export_documents([document], "posts", cast(BinaryIO, out), form)
    else:
        question = question_of(request.query_params.multi_items())
        export_posts(archive, question.meant(archive), cast(BinaryIO, out), form)
    out.seek(0)
    return StreamingResponse(
        _chunks(out), media_type=_MEDIA_TYPES[form], headers=saved_as(f"posts.{form}")
    )


def _chunks(out: Any) -> Iterator[bytes]:
    with out:
        while chunk := out.read(1 << 16):
            yield chunk


def post_page(request: Request) -> Response:
    """Show a post: as it is, or as it was at a time (`as_of`)."""
    archive = archive_of(request)
    key = request.path_params["key"]
    as_of = request.query_params.get("as_of")
    document, note = _post_at(archive, key, as_of)
    show_pictures = "pictures" in request.query_params
    files = _readable_files(archive, document)
    return rendered(
        "post.html",
        address=archive.address,
        post=document,
        as_of=as_of,
        note=note,
        show_pictures=show_pictures,
        article=Markup(_article(document["html"], files, show_pictures)),
        files=list({record["sha256"]: record for record in files.values()}.values()),
        translations=archive.translations(document["_id"]),
        links=linked_posts(archive.reader, document),
        removed=[block for block in document["blocks"] if "removed" in block],
        group=_group(archive, document["_id"]),
        events=archive.events_of(document["_id"]),
    )


def _post_at(archive: Archive, name: str, as_of: str | None) -> tuple[PostDocument, str | None]:
    """Return a post as it is, or as it was at a time, with what is to be said of that state."""
    if not as_of:
        return archive.get(name), None
    version = archive.as_of(name, as_of)
    return cast(PostDocument, version.post), version.note


def _readable_files(archive: Archive, document: PostDocument) -> dict[str, FileRecord]:
    """Return the records of the kept files that a post names and that are there, by address."""
    found = archive.files.of_document(document)
    return {url: record for url, record in found.items() if archive.files.where(record)}


def _places(files: Mapping[str, FileRecord]) -> dict[str, str]:
    """Return where the archive itself shows kept pictures, by their addresses."""
    return {
        url: f"/file/{record['sha256']}?type={record['mime_type']}"
        for url, record in files.items()
        if record["mime_type"] in SHOWN_TYPES
    }


def kept_file(request: Request) -> Response:
    """Give a file that was kept, by its hash.

    Only pictures without code are shown as what they are. Anything else (SVG, HTML, PDF) is handed
    over as bytes to be saved, and never as a page of this address.
    """
    digest = request.path_params["digest"]
    files = archive_of(request).files
    if not is_digest(digest):
        raise NotFound("a file is named by the 64 digits of its hash")
    type_ = request.query_params.get("type", "")
    name = None
    if type_ not in SHOWN_TYPES:
        name = f"{digest}{mimetypes.guess_extension(type_) or ''}"
        type_ = "application/octet-stream"
    if files.folder is None:
        return _from_bucket(files, digest, type_, name)
    path = files.folder / stored_path(digest)
    if not path.is_file():
        raise NotFound(f"no file {digest} is kept")
    return FileResponse(path, media_type=type_, filename=name)


def _from_bucket(files: HeldFiles, digest: str, type_: str, name: str | None) -> Response:
    """Give a file of a bucket, as it comes. Raises NotFound, ArchiveUnreachable."""
    opened = ExitStack()
    source = opened.enter_context(files.open(digest))
    if source is None:
        raise NotFound(f"no file {digest} is kept")
    headers = {} if name is None else {"Content-Disposition": f'attachment; filename="{name}"'}
    # It ends at the first empty answer, which is the end of the file.
    parts = iter(lambda: source.read(_PART_BYTES), b"")
    # The file stays open until the last part is sent, long after this function has returned.
    closing = BackgroundTask(opened.close)
    return StreamingResponse(parts, media_type=type_, headers=headers, background=closing)


def _article(html: str, files: Mapping[str, FileRecord], show_pictures: bool) -> str:
    """Return the safe HTML of a post; pictures that were not kept are named unless they are wanted.

    A page of the archive asks no other server for anything until its reader wants it.
    """
    html = with_local_pictures(html, _places(files))
    return html if show_pictures else with_remote_pictures_named(html)


def _group(archive: Archive, key: str) -> CopyGroup | None:
    try:
        return archive.duplicates.group(key)
    except NotFound:
        return None


def versions_page(request: Request) -> Response:
    """Show the versions of an object, and what changed from one to the next."""
    archive = archive_of(request)
    key = request.path_params["key"]
    every = archive.history(key)
    number = _number(request.query_params.get("version"), len(every))
    version = every[number - 1]
    changes: list[Any] = []
    if number > 1:
        changes = list(changes_between(every[number - 2], version))
    return rendered(
        "versions.html",
        address=archive.address,
        key=key,
        title=version.post.get("title") or version.post.get("name") or key,
        versions=every,
        number=number,
        version=version,
        changes=changes,
        events=archive.events_of(key),
    )


def _number(text: str | None, most: int) -> int:
    """Return the number of a version, the last one where none is named."""
    if text is None:
        return most
    # Nine digits are enough to be too many. Python refuses to read thousands of them.
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise InvalidQuery(f"no version {text!r}: there are versions 1 to {most}")
    return int(text)


def document_json(request: Request) -> Response:
    """Send a document with its record as the site sent it, as JSON."""
    _, document = archive_of(request).find(request.path_params["key"])
    value: dict[str, Any] = public_fields(document)
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    # Half of a surrogate pair, which UTF-8 cannot express, becomes `\ud800`: its escape in JSON.
    content = text.encode("utf-8", "backslashreplace")
    packed = document.get("raw")
    if packed:
        # Not decoded, so that numbers stay as the site wrote them: 1e999 is no number of Python's.
        content = content[:-1] + b', "record": ' + zlib.decompress(packed) + b"}"
    return Response(unbroken(_indented(content)), media_type="application/json")


def _indented(content: bytes) -> bytes:
    """Return JSON on several lines, or on one if only a lax reader would accept a text in it."""
    try:
        return msgspec.json.format(content, indent=1)
    except msgspec.DecodeError:
        return content


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_time(value)
    return str(value)


def copies_page(request: Request) -> Response:
    """Show a group of copies, each beside what it is a copy of."""
    archive = archive_of(request)
    original: PostDocument = archive.get(request.path_params["key"])
    group = _group(archive, original["_id"])
    if group is None:
        return rendered("copies.html", address=archive.address, original=original, copies=[])
    original = archive.get(group.original)
    shown = []
    for copy, _ in islice(archive.duplicates.changes(group), ROWS):
        document = archive.get(copy.post.key)
        pieces = text_difference(original["text"], document["text"], full=True)
        shown.append((copy, document, pieces))
    return rendered("copies.html", address=archive.address, original=original, copies=shown)


def links_page(request: Request) -> Response:
    """Show the posts of the archive that link to a post."""
    archive = archive_of(request)
    document = archive.get(request.path_params["key"])
    linking = linking_posts(archive.reader, document)
    return rendered(
        "links.html",
        address=archive.address,
        post=document,
        found=linking.found,
        domain=linking.domain,
        is_all=linking.is_all,
        most=LINKING_LOOKED_AT,
    )
