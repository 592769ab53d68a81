"""A box to join that a real WordPress shows under its posts is learned, and nothing else goes."""

import json
from pathlib import Path
from typing import Any

from tests.integration.conftest import StartWordPress
from tests.integration.crawling import crawl, documents, uri
from tests.integration.test_site_memory import boilerplate
from wparchive import open_archive
from wparchive.furniture.guards import LEAST_BODY
from wparchive.furniture.keys import size_in_words

BOX = (
    '\n\n<!-- wp:group --><div class="wp-block-group"><p><strong>Join us:</strong> all that is '
    'new, every Friday in <a href="https://letter.example/join">one letter</a>.</p></div>'
    "<!-- /wp:group -->"
)
LINE = "Join us: all that is new, every Friday in one letter."


def texts(archive: Path) -> dict[str, Any]:
    return {document["_id"]: document["text"] for document in documents(archive, "posts")}


def test_only_the_box_goes(fresh_wordpress: StartWordPress, tmp_path: Path) -> None:
    site = fresh_wordpress(posts=150)
    site.php(
        '$wpdb->query($wpdb->prepare("UPDATE $wpdb->posts SET post_content = '
        "CONCAT(post_content, %s) WHERE post_type = 'post' AND MOD(ID, 3) = 0\", "
        f"json_decode('{json.dumps(BOX).replace(chr(39), chr(92) + chr(39))}')));"
    )
    whole, archive = tmp_path / "whole.db", tmp_path / "archive.db"
    run = crawl(site.url, whole, settings={"ARCHIVE_SITE_MEMORY": 0})
    assert run.exit_status == 0, run.output
    run = crawl(site.url, archive)
    assert run.exit_status == 0, run.output

    with_box = {key: text for key, text in texts(whole).items() if LINE in text}
    assert len(with_box) > 30
    own = {key: text.removesuffix(LINE).rstrip() for key, text in texts(whole).items()}
    found = texts(archive)
    # Posts that say nothing themselves (a picture, some emoji) keep it: it is their body.
    bodies = {key for key, text in found.items() if LINE in text}
    assert len(bodies) < 10
    assert all(size_in_words(own[key]) < LEAST_BODY for key in bodies)
    assert {key: text for key, text in found.items() if key not in bodies} == {
        key: text for key, text in own.items() if key not in bodies
    }
    key = site.url.removeprefix("http://")
    left_out = [b for b in boilerplate("list", "--site", key, archive=archive) if b["removed"]]
    assert [(block["text"], block["posts"]) for block in left_out] == [(LINE, len(with_box))]

    # Edits are edits, whatever is left out of the texts.
    edits = {change["id"] for change in site.mutate(edit=5)}
    run = crawl(site.url, archive)
    edited = {row["id"] for row in documents(archive, "events", event="edited", type="post")}
    # A sentence behind markup that never ends is no text, so that an edit may not show.
    assert len(edited & edits) >= 4
    assert len(edited) == run.type("post")["changed"]
    assert edited - edits <= {site.manifest()["special"]["dynamic blocks"]}
    with open_archive(uri(archive)) as reading:
        hits = reading.search('"every Friday in one letter"', limit=100)
    assert {hit.post["_id"] for hit in hits} <= bodies
    boilerplate("keep", "--all", "--site", key, archive=archive)
    after = texts(archive)
    assert [key for key in with_box if LINE not in after[key]] == []
    run = crawl(site.url, archive)
    assert run.type("post")["changed"] == 0
