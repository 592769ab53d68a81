"""`wparchive export`: posts as a file or folder."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from wparchive.commands.options import (
    archive_option,
    filter_options,
    json_option,
    require_named_sites,
)
from wparchive.commands.output import STANDARD_OUTPUT, output_name, print_json
from wparchive.errors import InvalidQuery
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts

FORMAT_NAMES = ["jsonl", "csv", "parquet", "markdown", "wxr"]
"""The formats, spelt out so that `--help` need not import them."""


@click.command("export")
@archive_option
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to; - is standard output."
)
@click.option(
    "--format", "form", type=click.Choice(FORMAT_NAMES), help="If the name of FILE does not tell."
)
@click.option(
    "--with-raw", is_flag=True, help="jsonl, parquet: each post's record as the site sent it, too."
)
@click.option(
    "--keep-removed",
    is_flag=True,
    help="markdown, wxr: also what is left out of texts: furniture, share lines.",
)
@click.option(
    "--bom", is_flag=True, help="csv: begin with a byte-order mark, as spreadsheets want it."
)
@filter_options
@json_option
def export_command(
    archive: Archive,
    posts: Posts,
    output: str,
    form: str | None,
    with_raw: bool,
    keep_removed: bool,
    bom: bool,
    as_json: bool,
) -> None:
    """Write posts to a file, in the order of site, type and id.

    \b
    wparchive export -o posts.jsonl
    wparchive export -o posts.parquet --site example.com --since 2024 --unique
    wparchive export -o posts --format markdown --tag climate
    wparchive export -o site.xml --site example.com          for WordPress's importer
    wparchive export -o - --format csv | head

    The file appears when it is whole: an interrupted export leaves what was there before, and can
    be repeated.
    """
    from wparchive.export import FORMATS, export_posts, format_of

    form = format_of(output, form)
    require_named_sites(archive, posts)  # before an earlier export is replaced by nothing
    _require_fitting(form, with_raw, bom)
    selection = posts.ordered("key", raw=with_raw or FORMATS[form].needs_raw)
    export = partial(
        export_posts, archive, selection, form=form, keep_removed=keep_removed, bom=bom
    )
    count = _export(export, selection, output, form)
    if as_json and output != STANDARD_OUTPUT:
        print_json({"output": output, "format": form, "posts": count})
    if count == 0:
        click.echo("no post is selected: the export is empty", err=True)
        raise click.exceptions.Exit(1)
    noun = "post" if count == 1 else "posts"
    click.echo(f"{count:,} {noun} written to {output_name(output)}", err=True)


def _require_fitting(form: str, with_raw: bool, bom: bool) -> None:
    """Raise InvalidQuery for an option that has no meaning in a format."""
    from wparchive.export import FORMATS

    if with_raw and not FORMATS[form].keeps_raw:
        keeping = " or ".join(name for name, one in FORMATS.items() if one.keeps_raw)
        raise InvalidQuery(
            f"{form} has no place for raw records: leave out --with-raw, or choose {keeping}"
        )
    if bom and form != "csv":
        raise InvalidQuery(f"only csv has a byte-order mark, not {form}: leave out --bom")


def _export(export: Callable[..., int], posts: Posts, output: str, form: str) -> int:
    """Write the posts, with a progress bar on a terminal; return how many."""
    if output == STANDARD_OUTPUT:
        return export(sys.stdout.buffer)
    # To count the posts takes time, and nobody would see it.
    if not sys.stderr.isatty():
        return export(Path(output))
    with click.progressbar(length=posts.count(), label=f"exporting {form}", file=sys.stderr) as bar:
        return export(Path(output), progress=lambda: bar.update(1))
