"""`wparchive boilerplate`: what a site repeats in its posts, shown and overruled."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import click

from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.commands.options import (
    PATIENCE_S,
    archive_option,
    archive_uri,
    completed_value,
    json_option,
    the_site,
)
from wparchive.commands.output import cut_line, print_json, print_json_lines, say, styled, tell
from wparchive.commands.text_tables import text_table
from wparchive.errors import NotFound
from wparchive.furniture.counting import LEAST_SITE
from wparchive.model.site_records import RecurringBlock
from wparchive.reading.library import Archive
from wparchive.reading.views import counted_text

if TYPE_CHECKING:
    from wparchive.furniture.memory import Learned

Wish = Literal["keep", "drop"]
_SHOWN_OF_A_HASH = 8
_TEXT_WIDTH = 60
_HEADINGS = ("n", "hash", "posts", "share", "kind", "in the text?", "because", "example", "text")
_site_option = click.option(
    "--site",
    "named",
    metavar="SITE",
    help="The site; you may leave it out where the archive has only one.",
    shell_complete=completed_value,
)


@click.group("boilerplate")
def boilerplate_command() -> None:
    """Show what a site repeats in its posts, and overrule it.

    Blocks that a site repeats are left out of the texts of its posts. You can keep them, or drop
    others. Without --site it is about the only site of the archive.

    \b
    wparchive boilerplate list
    wparchive boilerplate keep 3 --site example.com
    wparchive boilerplate drop 7 --site example.com
    wparchive boilerplate keep --all --site example.com

    Nothing is lost: a block that is left out stays among the blocks of its post, and in its HTML.
    The history does not change either.
    """


@boilerplate_command.command("list")
@archive_option
@_site_option
@json_option
def list_command(archive: Archive, named: str | None, as_json: bool) -> None:
    """List the blocks that recur on a site.

    It says how often each recurs, and what was decided about it.

    \b
    wparchive boilerplate list --site example.com
    wparchive boilerplate list --site example.com --json | jq 'select(.removed)'

    A number (n) or the beginning of a hash names a block for `keep` and `drop`. Numbers change when
    a crawl learns more, hashes do not.
    """
    site = the_site(archive, named)
    blocks = archive.boilerplate(site)
    posts = archive.posts(site=site).count()
    if as_json:
        print_json_lines({"n": n, **block} for n, block in enumerate(blocks, 1))
    elif blocks:
        say(text_table(_HEADINGS, _rows(blocks, posts), right=frozenset({0, 2, 3})))
    else:
        tell(_nothing(site, posts))
    if not blocks:
        raise click.exceptions.Exit(1)


@boilerplate_command.command("keep")
@click.argument("names", nargs=-1, metavar="[N|HASH]...")
@click.option("--all", "everything", is_flag=True, help="Every block that is left out now.")
@click.option("--archive", metavar="URI", help="sqlite:///path or mongodb://host/database.")
@_site_option
@json_option
def keep_command(
    names: tuple[str, ...], everything: bool, archive: str | None, named: str | None, as_json: bool
) -> None:
    """Keep blocks in the texts of a site's posts, for good.

    \b
    wparchive boilerplate keep 3 5 --site example.com
    wparchive boilerplate keep --all --site example.com

    The texts get them back at once.
    """
    if bool(names) == everything:
        raise click.UsageError("name blocks by number or hash, or all of them by --all")
    _overrule(archive, named, names, "keep", as_json)


@boilerplate_command.command("drop")
@click.argument("names", nargs=-1, required=True, metavar="N|HASH...")
@click.option("--archive", metavar="URI", help="sqlite:///path or mongodb://host/database.")
@_site_option
@json_option
def drop_command(
    names: tuple[str, ...], archive: str | None, named: str | None, as_json: bool
) -> None:
    """Leave blocks out of a site's texts, for good.

    They are left out wherever they stand.

    \b
    wparchive boilerplate drop 7 --site example.com
    wparchive boilerplate drop 1f2e3d4c --site example.com

    No guard keeps such a block, although guards keep headings, code, short lines and the body of
    a post.
    """
    _overrule(archive, named, names, "drop", as_json)


def _overrule(
    archive: str | None, named: str | None, names: Sequence[str], wish: Wish, as_json: bool
) -> None:
    import asyncio  # here, because the general help imports the modules of all commands

    uri = archive_uri(archive)
    with open_archive(uri) as reading:
        site = the_site(reading, named)
        chosen = _chosen(reading.boilerplate(site), site, names)
    hashes = [block["hash"] for block in chosen]
    learned = asyncio.run(_overruled(uri, site, hashes, wish))
    if as_json:
        print_json({"site": site, wish: hashes, "posts": learned.posts})
        return
    said = {"keep": "kept in the texts", "drop": "left out of the texts"}[wish]
    say(f"{said} of {site} for good: {counted_text(len(hashes), 'block')}")
    say(f"changed: {counted_text(learned.posts, 'post')}")


async def _overruled(uri: str, site: str, hashes: Sequence[str], wish: Wish) -> "Learned":
    from wparchive.backends.remembering import SiteLearner
    from wparchive.backends.retrying import retrying_store  # it needs asyncio

    store = retrying_store(open_store(uri), PATIENCE_S)
    try:
        await store.open()
        return await SiteLearner(store, site, cleaner_version=0).overrule(hashes, wish)
    finally:
        await store.close()


def _chosen(
    blocks: Sequence[RecurringBlock], site: str, names: Sequence[str]
) -> list[RecurringBlock]:
    """Return the blocks that are named; without names those that are left out now."""
    if not names:
        return [block for block in blocks if block["removed"]]
    return [_named(blocks, site, name) for name in names]


def _named(blocks: Sequence[RecurringBlock], site: str, name: str) -> RecurringBlock:
    """Return a block by number or by the beginning of its hash. Raises NotFound."""
    number = 0
    # A hash may begin with digits alone. As it is shown, it is longer than any number.
    if name.isdecimal() and len(name) < _SHOWN_OF_A_HASH:
        number = int(name)
    if 0 < number <= len(blocks):
        return blocks[number - 1]
    found = [block for block in blocks if block["hash"].startswith(name.lower())]
    if number or len(found) != 1 or len(name) < 4:
        raise NotFound(
            f"no block {name!r} that recurs on {site}: "
            f"`wparchive boilerplate list --site {site}` shows numbers and hashes"
        )
    return found[0]


def _rows(blocks: Sequence[RecurringBlock], posts: int) -> Iterator[list[str]]:
    for number, block in enumerate(blocks, 1):
        yield [
            str(number),
            block["hash"][:_SHOWN_OF_A_HASH],
            f"{block['posts']:,}",
            f"{_share(block['posts'], posts):.1%}",
            block["block_kind"],
            _decision(block),
            _reason(block),
            block["example"].removeprefix(f"{block['site']}/"),
            cut_line(block["text"], _TEXT_WIDTH),
        ]


def _nothing(site: str, posts: int) -> str:
    if posts < LEAST_SITE:
        return f"{site} has {posts:,} live posts: what recurs shows from {LEAST_SITE} on"
    return f"nothing is known to recur in the {posts:,} live posts of {site}"


def _share(part: int, whole: int) -> float:
    # Blocks were counted at the last run, and posts may have gone since.
    return min(1.0, part / max(1, whole))


def _decision(block: RecurringBlock) -> str:
    if block["removed"]:
        return styled("left out", fg="yellow")
    return "kept"


def _reason(block: RecurringBlock) -> str:
    if block["overruled"]:
        return f"you said {block['overruled']}"
    return block["reason"]
