"""No export shows a terminal, an editor or a browser the control characters of a site."""

import re
from pathlib import Path

import pytest

from samples.documents import SITE
from tests.archives import filled, new_file
from tests.unit.wparchive.web.test_hostile import fill
from wparchive import open_archive
from wparchive.export import FORMATS, export_posts

TEXT = "a\u202eb\u2066c\u2028d\x85e\x9bf\x7fg\x1bh\ri\u2069\u202c"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("form", ["jsonl", "csv", "markdown", "site", "wxr", "bundle"])
def test_no_control_of_a_site_gets_into_a_text(form: str, tmp_path: Path) -> None:
    address = filled(new_file(tmp_path), lambda store: fill(store, TEXT))
    target = tmp_path / "export"
    with open_archive(address) as archive:
        posts = archive.posts(site=SITE).ordered("key", raw=FORMATS[form].needs_raw)
        export_posts(archive, posts, target, form)
    files = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert not CONTROLS.search(path.name)
        assert not CONTROLS.search(path.read_text("utf-8", "replace")), path
