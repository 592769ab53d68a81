"""`make demo`: serve the sample site, crawl it twice into an archive of its own, show what came in.

Between the crawls a page of the site is edited and a post is deleted.

Each step runs the command that a user would type.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from demo.api import Site
from demo.content import sample_site
from demo.server import serve

DEFAULT = "archive-data/demo.db"
PORT = 8040
"""Where the site is served, so that README can name its posts; any other where this is taken."""
SEED = 80658
"""Id of the post that is shown."""
DELETED = 25378
"""Id of the post that the site deletes between the crawls."""
EDITED = 1
"""Id of the page that it edits then."""
SHOWN_PARAGRAPHS = 3


def main(archive: Path) -> int:
    """Crawl twice into a file, which is made anew, and show what came in.

    Returns the exit status: 0 when both crawls were complete and could be shown.
    """
    archive.parent.mkdir(exist_ok=True)
    for left in archive.parent.glob(f"{archive.name}*"):
        left.unlink()
    uri = f"sqlite:///{archive}"
    with _served() as site:
        count = len(site["posts"].rows)
        print(f"A small WordPress site of {count} recorded posts is now at {site.home}\n")
        status = _crawl(uri, site.home)
        if status == 0:
            _change(site)
            print("The site has edited a page and deleted a post. The second crawl finds them:\n")
            status = _crawl(uri, site.home)
        key = f"{site.home.partition('//')[2]}/post/{SEED}"
    if status:
        print(f"The crawl was not complete (exit status {status}).", file=sys.stderr)
        return status
    return (
        _run(uri, "wparchive", "sites")
        or _run(uri, "wparchive", "history", "--since", "1d", "--edited", "--deleted")
        or _run(uri, "wparchive", "verify")
        or _show(uri, key)
        or _next_steps(uri)
    )


@contextmanager
def _served() -> Iterator[Site]:
    """Serve the sample site."""
    with ExitStack() as running:
        try:
            site = running.enter_context(serve(sample_site(), PORT))
        except OSError:
            site = running.enter_context(serve(sample_site()))
        yield site


def _change(site: Site) -> None:
    """Edit a page and delete a post, as people do between two crawls."""
    page = json.loads(site["pages"].rows[EDITED].body)
    now = datetime.now(UTC).isoformat(timespec="seconds").removesuffix("+00:00")
    page |= {"modified": now, "modified_gmt": now}
    page["content"]["rendered"] += "<p>This sentence was added between the two crawls.</p>\n"
    site["pages"].put(page)
    site["posts"].delete(DELETED)


def _crawl(uri: str, home: str) -> int:
    """Crawl the site without pauses, since it is one's own."""
    settings = ["-s", "DOWNLOAD_DELAY=0", "-s", f"ARCHIVE_URI={uri}"]
    return _run(uri, "scrapy", "crawl", "wordpress", "-a", f"site={home}", *settings)


def _run(uri: str, program: str, *arguments: str) -> int:
    """Run one of the project's commands, as it would be typed, and return its exit status."""
    print(f"$ {shlex.join([program, *arguments])}", flush=True)
    command = [str(_installed(program)), *arguments]
    status = subprocess.run(command, env=_environment(uri), stderr=subprocess.STDOUT).returncode
    print(flush=True)
    return status


def _show(uri: str, key: str) -> int:
    """Show one cleaned post: its head, with the names of its tags, and its first paragraphs."""
    print(f"$ wparchive show {key}")
    shown = subprocess.run(
        [_installed("wparchive"), "show", key],
        env=_environment(uri),
        capture_output=True,
        text=True,
    )
    paragraphs = shown.stdout.split("\n\n")
    print("\n\n".join(paragraphs[:SHOWN_PARAGRAPHS]))
    print(f"\n... and {len(paragraphs) - SHOWN_PARAGRAPHS} more paragraphs\n", shown.stderr, sep="")
    return shown.returncode


def _next_steps(uri: str) -> int:
    folder = Path(sys.executable).parent
    if folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    print("Ask this archive:\n")
    print(f"  . {folder / 'activate'}")
    print(f"  export ARCHIVE_URI={uri}")
    print("  wparchive search drama")
    print("  wparchive stats --by language")
    print("  wparchive history about                # what was edited")
    print("  wparchive serve                        # look at it in a browser")
    print("\nCrawl a site of your choice, into an archive of its own:\n")
    print("  unset ARCHIVE_URI")
    print("  make crawl SITE=https://example.com/blog")
    return 0


def _installed(program: str) -> Path:
    return Path(sys.executable).parent / program


def _environment(uri: str) -> dict[str, str]:
    return {**os.environ, "ARCHIVE_URI": uri}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)))
