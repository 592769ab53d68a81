"""`wparchive export`: write what an archive holds to a file or folder."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

from wparchive.backends.address import redacted
from wparchive.backends.questions import Filter
from wparchive.commands import NOT_AS_IT_WAS
from wparchive.commands.options import (
    archive_option,
    event_options,
    filter_options,
    hint_at_reclean,
    json_option,
    require_named,
    require_some_site,
)
from wparchive.commands.output import STANDARD_OUTPUT, output_name, print_json, styled, tell
from wparchive.errors import InvalidQuery
from wparchive.model.documents import KINDS, EventKind
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.views import counted_text

FORMAT_NAMES = [
    "jsonl",
    "csv",
    "xlsx",
    "parquet",
    "partitions",
    "markdown",
    "site",
    "wxr",
    "bundle",
]
"""The formats, spelt out so that `--help` need not import them."""
_MISSING_SHOWN = 20
_KINDS = (*KINDS, "revisions", "events")


@click.command("export")
@archive_option
@click.argument("names", nargs=-1, metavar="[KEY]...")
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="File to write; - is standard output."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMAT_NAMES),
    help="Format, if the name of FILE does not tell it.",
)
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="What to write (default: posts); --kind events takes --deleted, --edited, ..., too.",
)
@click.option(
    "--fields",
    metavar="NAMES",
    help="Only these columns: title,tags,extra.acf.rating; extra.* is every plugin field.",
)
@click.option(
    "--with-raw", is_flag=True, help="jsonl, parquet: each record as the site sent it, too."
)
@click.option(
    "--keep-removed",
    is_flag=True,
    help="markdown, site, wxr: also what is left out of texts: furniture, share lines.",
)
@click.option(
    "--bom", is_flag=True, help="csv: begin with a byte-order mark, as spreadsheets want it."
)
@click.option(
    "--with-files",
    is_flag=True,
    help="markdown, wxr: also the files that were kept (-a media), with links to them.",
)
@click.option(
    "--files-at",
    metavar="URL",
    help="wxr: the address of the folder of files, once it is on a web server.",
)
@click.option(
    "--warc",
    "warc_folders",
    multiple=True,
    metavar="DIR",
    help="bundle: a folder with WARC files of the runs, if they have been moved.",
)
@click.option("--without-warc", is_flag=True, help="bundle: leave WARC files out.")
@event_options(hidden=True)
@filter_options
@json_option
def export_command(
    archive: Archive,
    posts: Posts,
    names: tuple[str, ...],
    output: str,
    form: str | None,
    kind: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Write posts, or other documents, to a file.

    --kind writes other documents, KEYs single ones. An interrupted export changes no file.

    \b
    wparchive export -o posts.parquet --site example.com --since 2024 --unique
    wparchive export -o pumps.xlsx --fields title,link,tags --matching pump
    wparchive export -o posts --format markdown --tag climate
    wparchive export -o lake --format partitions       Parquet by site and month
    wparchive export -o pages --format site            web pages with a search
    wparchive export -o site.xml --site example.com    for WordPress's importer
    wparchive export -o all.zip --site example.com     for `wparchive import`
    wparchive export -o terms.csv --kind terms --type post_tag
    wparchive export -o gone.csv --kind events --deleted --since 30d
    wparchive export -o - --format csv | head
    """
    plan = _planned(archive, names, output, form, kind, options)
    _require_known(archive, posts, plan.kind)
    _require_fitting(plan)
    if plan.form == "bundle":
        _export_bundle(archive, posts, names, plan, output, as_json)
        return
    count = _export(archive, posts, names, plan)
    if as_json and output != STANDARD_OUTPUT:
        print_json(_told(count, plan, output) | _about_files(archive, plan))
    _say_count(count, plan, output, posts, archive)


def _require_known(archive: Archive, posts: Posts, kind: str) -> None:
    """Raise NotFound for a misspelt name or archive, which must not replace an earlier export."""
    require_some_site(archive)
    archive.require_sites(posts.filter.sites)
    if kind == "posts":
        require_named(archive, posts)


class _Plan(NamedTuple):
    """An export as it was asked for: what is written, where and how."""

    target: Path | BinaryIO
    form: str
    kind: str
    what: list[EventKind]
    """Kinds of events; empty for all of them."""
    with_raw: bool
    keep_removed: bool
    bom: bool
    fields: str | None
    with_files: bool
    files_at: str | None
    warc_folders: tuple[str, ...]
    without_warc: bool


def _planned(
    archive: Archive,
    names: tuple[str, ...],
    output: str,
    form: str | None,
    kind: str | None,
    options: Mapping[str, Any],
) -> _Plan:
    from wparchive.export import format_of

    form = format_of(output, form)
    return _Plan(_target(output), form, kind or _kind_of(archive, names), **options)


def _kind_of(archive: Archive, names: tuple[str, ...]) -> str:
    """Return the kind of the first thing that is named; `posts` where none is."""
    if not names:
        return "posts"
    return archive.find(names[0])[0]


def _told(count: int, plan: _Plan, output: str) -> dict[str, Any]:
    """Return what `--json` says of an export."""
    return {"output": output, "format": plan.form, plan.kind: count}


def _say_count(count: int, plan: _Plan, output: str, posts: Posts, archive: Archive) -> None:
    """Say how much was written; nothing at all is status 1, and files that are lacking are 7."""
    noun = plan.kind
    if count < 2:
        noun = noun.removesuffix("s")
    if count == 0:
        tell(f"no {noun} is selected: the export is empty")
        hint_at_reclean(posts)
        raise click.exceptions.Exit(1)
    tell(f"{count:,} {noun} written to {output_name(output)}")
    _say_files(archive, **_about_files(archive, plan))


def _about_files(archive: Archive, plan: _Plan) -> dict[str, Any]:
    """Return how many files were copied, and the addresses of those that could not be.

    Nothing is told of an export that takes no files.
    """
    if not (plan.with_files or plan.form == "site"):
        return {}
    lacking = archive.files.not_copied.items()
    return {
        "files": len(archive.files.copies),
        "missing": [url for url, why in lacking if why == "lost"],
        "damaged": [url for url, why in lacking if why == "damaged"],
    }


def _say_files(
    archive: Archive, files: int = 0, missing: Sequence[str] = (), damaged: Sequence[str] = ()
) -> None:
    """Say how many files were copied, and name those that were not: then the status is 7."""
    if files:
        tell(f"{counted_text(files, 'file')} beside them")
    _name_lacking(missing, damaged)
    if missing or damaged:
        tell(f"the place of files is {redacted(archive.files.place)}")
        raise click.exceptions.Exit(NOT_AS_IT_WAS)


def _require_fitting(plan: _Plan) -> None:
    """Raise InvalidQuery for an option that has no meaning in a format."""
    from wparchive.export import FORMATS

    form = plan.form
    if plan.with_raw and not FORMATS[form].keeps_raw:
        keeping = " or ".join(name for name, one in FORMATS.items() if one.keeps_raw)
        raise InvalidQuery(
            f"{form} has no place for raw records: leave out --with-raw, or choose {keeping}"
        )
    if plan.bom and form != "csv":
        raise InvalidQuery(f"only csv has a byte-order mark, not {form}: leave out --bom")
    if form != "bundle" and (plan.warc_folders or plan.without_warc):
        raise InvalidQuery(f"only a bundle has WARC files, not {form}: leave out --warc")
    if form == "bundle" and plan.fields is not None:
        raise InvalidQuery("a bundle holds everything of its sites: leave out --fields")
    if plan.what and plan.kind != "events":
        option = f"--{plan.what[0]}"
        raise InvalidQuery(
            f"{option} is about events: add --kind events; --state chooses posts by what they are"
        )
    if plan.with_files and form not in ("markdown", "wxr"):
        raise InvalidQuery(
            f"only markdown and wxr take files with them, not {form}: leave out --with-files"
        )
    if plan.files_at is not None and not (form == "wxr" and plan.with_files):
        raise InvalidQuery("--files-at is about the files of wxr: add --with-files to wxr")
    if plan.fields is not None and FORMATS[form].is_of_posts:
        raise InvalidQuery(f"{form} has no columns: leave out --fields")


def _target(output: str) -> Path | BinaryIO:
    if output == STANDARD_OUTPUT:
        return sys.stdout.buffer
    return Path(output)


def _export_bundle(
    archive: Archive,
    posts: Posts,
    names: tuple[str, ...],
    plan: _Plan,
    output: str,
    as_json: bool,
) -> None:
    """Write a bundle, and say what it holds and what could not be found for it."""
    from wparchive.export.bundle import WarcSource, write_bundle
    from wparchive.export.bundle_contents import WARC_FOLDER

    if names or plan.kind != "posts":
        raise InvalidQuery("a bundle holds sites as a whole: leave out the KEY and --kind")
    warc = WarcSource(tuple(map(Path, plan.warc_folders)), not plan.without_warc)
    contents = write_bundle(archive, Path(output), posts.filter, warc)
    if as_json:
        about = {"output": output, "format": plan.form, "posts": contents.posts}
        print_json({**about, "missing": contents.missing, "damaged": contents.damaged})
    held = f"posts: {contents.posts:,}, files: {contents.files:,}"
    if contents.has_warc:
        held += f", WARC files: {contents.warc_files:,}"
    tell(f"all that is held of the sites ({held}) written to {output}")
    _name_lacking(contents.missing, contents.damaged)
    if any(name.startswith(f"{WARC_FOLDER}/") for name in contents.missing):
        tell("--warc DIR says where WARC files are, --without-warc leaves them out")
    if contents.known_missing:
        raise click.exceptions.Exit(NOT_AS_IT_WAS)


def _name_lacking(missing: Sequence[str], damaged: Sequence[str]) -> None:
    """Name the first things that an export lacks."""
    for what, names in (
        ("missing, although records name it", missing),
        ("damaged, and left out", damaged),
    ):
        more = len(names) - _MISSING_SHOWN
        rest = f" and {more:,} more" if more > 0 else ""
        if names:
            said = f"{what}: {', '.join(names[:_MISSING_SHOWN])}{rest}"
            tell(styled(said, fg="red"))


def _export(archive: Archive, posts: Posts, names: tuple[str, ...], plan: _Plan) -> int:
    """Write the named things, or those that the filters let through; return how many."""
    from wparchive.export import FORMATS, export_documents
    from wparchive.export.selecting import NamedPosts, documents_of, named_documents

    if names and posts.filter != Filter():
        raise InvalidQuery("a KEY names what to write: leave the filters out, or the KEY")
    if plan.kind == "posts":
        raw = plan.with_raw or FORMATS[plan.form].needs_raw
        if names:
            return _export_posts(archive, NamedPosts(archive, names, raw), plan)
        return _export_posts(archive, posts.ordered("key", raw=raw), plan)
    if names:
        documents = named_documents(archive, plan.kind, names, plan.with_raw, plan.what)
    else:
        documents = documents_of(archive, plan.kind, posts.filter, plan.with_raw, plan.what)
    return export_documents(
        *(documents, plan.kind, plan.target, plan.form),
        fields=_names_of(plan.fields),
        raw=plan.with_raw,
        bom=plan.bom,
    )


def _export_posts(archive: Archive, posts: Posts, plan: _Plan) -> int:
    """Write the posts, with a progress bar on a terminal; return how many."""
    from wparchive.export import export_posts

    export = partial(
        export_posts,
        *(archive, posts, plan.target, plan.form),
        keep_removed=plan.keep_removed,
        bom=plan.bom,
        fields=_names_of(plan.fields),
        with_files=plan.with_files,
        files_at=plan.files_at,
    )
    # To count the posts takes time, and nobody would see it.
    if not isinstance(plan.target, Path) or not sys.stderr.isatty():
        return export()
    label = f"exporting {plan.form}"
    with click.progressbar(length=posts.count(), label=label, file=sys.stderr) as bar:
        return export(progress=lambda: bar.update(1))


def _names_of(fields: str | None) -> list[str]:
    """Return the fields that are asked for, each once; empty for all. Raises InvalidQuery."""
    if fields is None:
        return []
    names = [name.strip() for name in fields.split(",")]
    if "" in names:
        raise InvalidQuery(f"--fields {fields!r} has an empty name: write title,link,published_at")
    once = list(dict.fromkeys(names))
    for name in once:
        if names.count(name) > 1:
            tell(f"note: --fields has {name} several times; it is one column")
    return once
