"""`wparchive reindex`: make the search index again after an upgrade that changed it."""

import click

from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.commands.options import PATIENCE_S, archive_uri, json_option
from wparchive.commands.output import counted_progress, print_json, say

POSTS_AT_ONCE = 500


@click.command("reindex")
@click.option("--archive", metavar="URI", help="sqlite:///path or mongodb://host/database.")
@json_option
def reindex_command(archive: str | None, as_json: bool) -> None:
    """Make the search index of an archive again.

    An index that this version has made is left as it is.

    \b
    wparchive reindex --archive mongodb://host/database

    Crawls may go on meanwhile. After Ctrl-C or a kill, the next call goes on where that one ended.
    """
    import asyncio  # here, because the general help imports the modules of all commands

    uri = archive_uri(archive)
    with open_archive(uri) as reading:
        total = reading.posts(state="any").count()
    posts = asyncio.run(_indexed_again(uri, total))
    if as_json:
        print_json({"posts": posts})
    elif posts:
        say(f"{posts:,} posts were indexed again")
    else:
        say("nothing to do: this version has made the index")


async def _indexed_again(uri: str, total: int) -> int:
    from wparchive.backends.retrying import retrying_store

    store = retrying_store(open_store(uri), PATIENCE_S)
    posts = 0
    try:
        await store.open()
        with counted_progress(total, "posts indexed again") as on_progress:
            while some := await store.index_next(POSTS_AT_ONCE):
                posts += some
                on_progress(some)
    finally:
        await store.close()
    return posts
