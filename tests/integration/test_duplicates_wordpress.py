"""The duplicates planted in a real WordPress are all found, and nothing else is taken for one.

They are found while crawling, and by the batch.
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.integration.crawling import crawl, uri
from tests.servers.wordpress import WordPress
from wparchive.backends.opening import open_index
from wparchive.duplicates.find.find_duplicates import find_duplicates
from wparchive.duplicates.groups import copies, grouped
from wparchive.duplicates.pair import VERSION_KINDS


def test_planted_groups_are_the_clusters(wordpress: WordPress, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    run = crawl(wordpress.url, archive)
    assert run.exit_status == 0, run.output
    manifest = wordpress.manifest()
    planted = [
        *manifest["exact_duplicates"],
        *(group["ids"] for group in manifest["near_duplicates"]),
    ]
    with closing(open_index(uri(archive))) as index:
        find_duplicates(index, tmp_path / "work", datetime.now(UTC))
        groups = grouped(copies(index, VERSION_KINDS))
        found = [{group.original, *(copy.post.key for copy in group.copies)} for group in groups]
    assert sorted(sorted(int(key.rpartition("/")[2]) for key in keys) for keys in found) == sorted(
        sorted(ids) for ids in planted
    )
    assert all("/post/" in key for keys in found for key in keys)
