"""From a request to a page. Each function answers one kind of address."""

import json
import mimetypes
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape, unescape
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse

from wparchive.backends.reader import EVENT_KINDS, Group
from wparchive.duplicates.groups import CopyGroup
from wparchive.errors import InvalidQuery, NotFound
from wparchive.export import export_posts
from wparchive.model.documents import EventKind, PostDocument
from wparchive.model.file_records import FileRecord, stored_path
from wparchive.reading.events import LISTED_EVENTS, changes_between
from wparchive.reading.library import Archive
from wparchive.reading.monitoring import prometheus_text
from wparchive.reading.suggestions import Unknown
from wparchive.reading.views import (
    CHART_HEIGHT,
    CHART_WIDTH,
    age_text,
    bars,
    iso_time,
    marked_pieces,
    minute_text,
    months_of,
    public_fields,
    ranked_counts,
    ref_name,
    shares,
    span_text,
    text_difference,
)
from wparchive.text.diff import Piece
from wparchive.web.question import FACET_GROUPS, SHOWN, PostQuestion, facets_of, question_of

ROWS = 20
"""Posts on a page of a list."""
_TOP_GROUPS: tuple[Group, ...] = ("tag", "category", "author", "domain")
_LINKS_LOOKED_UP = 50
_SPOOLED_BYTES = 1 << 20
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""Types of files that are shown as pictures: none of them can hold code."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PICTURE_SOURCE = re.compile(r'(<img\b[^>]*?\b)src="([^"]*)"')
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
_MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


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


_templates = Environment(
    loader=PackageLoader("wparchive.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(
    age=lambda at: age_text(at, datetime.now(UTC)),
    iso=iso_time,
    marked=_marked,
    minute=minute_text,
    pieces=_pieces,
    ref=ref_name,
    span=span_text,
)


def rendered(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made of a template, which knows its `status` too."""
    drawn = _templates.get_template(name).render(status=status, **values)
    return HTMLResponse(drawn, status)


def archive_of(request: Request) -> Archive:
    """Return the archive that the application shows."""
    return cast(Archive, request.app.state.archive)


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
    counts, total = _counts(archive, question)
    unknown: list[Unknown] = []
    if not total:
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
    drawn = _templates.get_template("chart.svg").render(
        chart=bars(counts), width=CHART_WIDTH, height=CHART_HEIGHT
    )
    return Response(drawn, media_type="image/svg+xml", headers=_download("posts-by-month.svg"))


def chart_figures(request: Request) -> Response:
    """Send the figures of that chart."""
    lines = [f"{month},{count}" for month, count in _months(request).items()]
    text = "\r\n".join(["month,posts", *lines, ""])
    return Response(text, media_type="text/csv", headers=_download("posts-by-month.csv"))


def _months(request: Request) -> dict[str, int]:
    question = question_of(request.query_params.multi_items())
    return months_of(question.meant(archive_of(request)).by("month"))


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def exported_posts(request: Request) -> Response:
    """Send the posts of a question as CSV or as JSON, one object a line."""
    form = request.path_params["form"]
    if form not in _MEDIA_TYPES:
        raise NotFound(f"no format {form!r}: take posts.csv or posts.jsonl")
    archive = archive_of(request)
    question = question_of(request.query_params.multi_items())
    posts = question.meant(archive)
    # Written before it is sent, so that an error is an error and not half a file.
    out = SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 - `_chunks` closes it
    export_posts(archive, posts, cast(BinaryIO, out), form)
    out.seek(0)
    return StreamingResponse(
        _chunks(out), media_type=_MEDIA_TYPES[form], headers=_download(f"posts.{form}")
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
    note = None
    if as_of:
        version = archive.as_of(key, as_of)
        document = cast(PostDocument, version.post)
        note = version.note
    else:
        document = archive.get(key)
    show_pictures = "pictures" in request.query_params
    files = _readable_files(archive, document)
    return rendered(
        "post.html",
        post=document,
        as_of=as_of,
        note=note,
        show_pictures=show_pictures,
        article=Markup(_article(_with_kept_pictures(document["html"], files), show_pictures)),
        files=list({record["sha256"]: record for record in files.values()}.values()),
        links=_links_within(archive, document),
        removed=[block for block in document["blocks"] if "removed" in block],
        group=_group(archive, document["_id"]),
        events=archive.events_of(document["_id"]),
    )


def _readable_files(archive: Archive, document: PostDocument) -> dict[str, FileRecord]:
    """Return the records of the kept files that a post names and that are there, by address."""
    found = archive.files.of_document(document)
    return {url: record for url, record in found.items() if archive.files.path(record)}


def _with_kept_pictures(html: str, files: Mapping[str, FileRecord]) -> str:
    """Return safe HTML in which kept pictures come from the archive itself."""

    def local(found: re.Match[str]) -> str:
        record = files.get(unescape(found[2]))
        if record is None or record["mime_type"] not in SHOWN_TYPES:
            return found[0]
        return f'{found[1]}src="/file/{record["sha256"]}?type={record["mime_type"]}"'

    return _PICTURE_SOURCE.sub(local, html)


def kept_file(request: Request) -> Response:
    """Give a file that was kept, by its hash.

    Only pictures without code are shown as what they are. Anything else (SVG, HTML, PDF) is handed
    over as bytes to be saved, and never as a page of this address.
    """
    digest = request.path_params["digest"]
    folder = archive_of(request).files.folder
    if not _DIGEST.fullmatch(digest) or folder is None:
        raise NotFound("a file is named by the 64 digits of its hash")
    path = folder / stored_path(digest)
    if not path.is_file():
        raise NotFound(f"no file {digest} is kept")
    type_ = request.query_params.get("type", "")
    if type_ in SHOWN_TYPES:
        return FileResponse(path, media_type=type_)
    name = f"{digest}{mimetypes.guess_extension(type_) or ''}"
    return FileResponse(path, media_type="application/octet-stream", filename=name)


def _article(html: str, show_pictures: bool) -> str:
    """Return the safe HTML of a post, its pictures as links unless they are to be shown.

    A page of the archive asks no other server for anything until its reader wants it.
    """
    if show_pictures:
        return html
    return _IMAGE.sub(lambda found: _picture_link(found[0]), html)


def _picture_link(tag: str) -> str:
    attributes = dict(_ATTRIBUTE.findall(tag))
    if attributes.get("src", "").startswith("/file/"):
        return tag
    name = attributes.get("alt") or "picture"
    if "src" not in attributes:
        return ""
    # Both values are escaped already: the cleaner wrote them.
    return f'<span class="picture"><span class="address">{attributes["src"]}</span>{name}</span>'


def _links_within(archive: Archive, document: PostDocument) -> list[PostDocument]:
    """Return the posts of the archive that a post links to, each once."""
    found: dict[str, PostDocument] = {}
    for link in document["links"][:_LINKS_LOOKED_UP]:
        try:
            kind, other = archive.find(link["url"])
        except (NotFound, InvalidQuery):
            continue
        if kind == "posts" and other["_id"] != document["_id"]:
            found[other["_id"]] = cast(PostDocument, other)
    return list(found.values())


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
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise InvalidQuery(f"no version {text!r}: there are versions 1 to {most}")
    return int(text)


def document_json(request: Request) -> Response:
    """Send a document with its record as the site sent it, as JSON."""
    _, document = archive_of(request).find(request.path_params["key"])
    value: dict[str, Any] = public_fields(document)
    packed = document.get("raw")
    if packed:
        value["record"] = json.loads(zlib.decompress(packed))
    return Response(
        json.dumps(value, ensure_ascii=False, indent=1, default=_plain),
        media_type="application/json",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_time(value)
    return str(value)


def sites_page(request: Request) -> Response:
    """Show what is held of each site and how its last run ended."""
    return rendered("sites.html", summaries=archive_of(request).sites())


def site_page(request: Request) -> Response:
    """Show one site: what is held, its posts in time, its runs, its failures."""
    archive = archive_of(request)
    key = request.path_params["key"]
    found = [summary for summary in archive.sites() if summary.key == key]
    if not found:
        raise NotFound(f"no site {key!r} in {archive.address}")
    posts = archive.posts(site=key)
    tops = {}
    for name in _TOP_GROUPS:
        counts = ranked_counts(posts.by(name), name, ROWS)
        tops[name] = [(value, counts[value], share) for value, share in shares(counts).items()]
    return rendered(
        "site.html",
        summary=found[0],
        question=PostQuestion(filters={"site": (key,)}),
        chart=bars(months_of(posts.by("month"))),
        chart_size=(CHART_WIDTH, CHART_HEIGHT),
        tops=tops,
        runs=archive.runs(key).page(size=ROWS).items,
        failures=archive.failures(site=key).page(size=ROWS).items,
    )


def runs_page(request: Request) -> Response:
    """Show the reports of crawls, the newest first."""
    found = archive_of(request).runs().page(ROWS, request.query_params.get("after"))
    return rendered("runs.html", found=found)


def run_page(request: Request) -> Response:
    """Show the report of one run."""
    key = request.path_params["key"]
    archive = archive_of(request)
    site_key = key.rpartition("@")[0]
    for report in archive.runs(site_key):
        if report["_id"] == key:
            return rendered("run.html", run=report)
    raise NotFound(f"no run {key!r} in {archive.address}")


def events_page(request: Request) -> Response:
    """Show what happened at the sites, the newest first."""
    chosen = _event_kinds(request)
    selection = archive_of(request).events(chosen, site=request.query_params.get("site"))
    found = selection.page(ROWS * 2, request.query_params.get("after"))
    return rendered("events.html", found=found, kinds=EVENT_KINDS, chosen=chosen)


def events_feed(request: Request) -> Response:
    """Send the newest events as an Atom feed."""
    archive = archive_of(request)
    selection = archive.events(_event_kinds(request), site=request.query_params.get("site"))
    drawn = _templates.get_template("events.atom").render(
        events=list(islice(selection, ROWS * 2)),
        base=str(request.base_url).rstrip("/"),
        now=datetime.now(UTC),
    )
    return Response(drawn, media_type="application/atom+xml")


def _event_kinds(request: Request) -> tuple[EventKind, ...]:
    chosen = request.query_params.getlist("what")
    return cast(tuple[EventKind, ...], tuple(chosen)) or LISTED_EVENTS


def metrics(request: Request) -> Response:
    """Send the figures of the sites in Prometheus' text format."""
    text = prometheus_text(archive_of(request).sites())
    return Response(text, media_type="text/plain; version=0.0.4")


def duplicates_page(request: Request) -> Response:
    """Show how many posts repeat others, who copies whom, and the largest groups."""
    found = archive_of(request).duplicates
    return rendered(
        "duplicates.html",
        totals=found.totals(),
        flows=found.flows()[:ROWS],
        groups=found.groups()[:ROWS],
    )


def copies_page(request: Request) -> Response:
    """Show a group of copies, each beside what it is a copy of."""
    archive = archive_of(request)
    group = archive.duplicates.group(request.path_params["key"])
    original = archive.get(group.original)
    shown = []
    for copy, _ in islice(archive.duplicates.changes(group), ROWS):
        document = archive.get(copy.post.key)
        pieces = text_difference(original["text"], document["text"], full=True)
        shown.append((copy, document, pieces))
    return rendered("copies.html", group=group, original=original, copies=shown)


STATIC = Path(__file__).parent / "static"
