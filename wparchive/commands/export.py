"""`wparchive export`: posts as a file or folder."""

import sys
from pathlib import Path

import click

from wparchive.commands.options import (
    archive_option,
    filter_options,
    found_or_explained,
    json_option,
)
from wparchive.commands.output import print_json
from wparchive.errors import InvalidQuery
from wparchive.reading.library import Archive, Posts

FORMAT_NAMES = ["jsonl", "csv", "parquet", "markdown", "wxr"]
RAW_FORMATS = ("jsonl", "parquet")


@click.command()
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
@filter_options
@json_option
def export(
    archive: Archive, posts: Posts, output: str, form: str | None, with_raw: bool, as_json: bool
) -> None:
    """Write posts to a file, in the order of site, type and id.

    \b
    wparchive export -o posts.jsonl
    wparchive export -o posts.parquet --site example.com --since 2024 --unique
    wparchive export -o posts --format markdown --tag climate
    wparchive export -o site.xml --site example.com          for WordPress's importer
    wparchive export -o - --format csv | head

    The file appears when it is whole: an interrupted export leaves what was there before, and can be repeated.
    """
    from wparchive.export import export as write
    from wparchive.export import format_of

    form = format_of(output, form)
    found_or_explained(archive, posts)  # before an earlier export is replaced by nothing
    if with_raw and form not in RAW_FORMATS:
        raise InvalidQuery(
            f"{form} has no place for raw records: leave out --with-raw, or choose {' or '.join(RAW_FORMATS)}"
        )
    posts.order, posts.raw = "key", with_raw or form == "wxr"
    target = sys.stdout.buffer if output == "-" else Path(output)
    shown = sys.stderr.isatty()
    with click.progressbar(
        length=posts.count() if shown else 0,
        label=f"exporting {form}",
        file=sys.stderr,
        hidden=not shown,
    ) as bar:
        count = write(archive, posts, target, form, lambda: bar.update(1))
    if as_json and output != "-":
        print_json({"output": output, "format": form, "posts": count})
    if count == 0:
        click.echo("no post is selected: the export is empty", err=True)
        raise click.exceptions.Exit(1)
    click.echo(
        f"{count:,} posts written to {'standard output' if output == '-' else output}", err=True
    )
