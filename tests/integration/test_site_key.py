"""One site has one key, by whichever of its addresses it is given."""

import json
from pathlib import Path

from demo.server import serve
from tests.faults.answers import Moment
from tests.faults.faulty_site import faulty_site
from tests.integration.crawling import crawl, documents


def test_addresses_of_one_site_make_one_site_and_an_older_key_stays(tmp_path: Path):
    claims = ["http://elsewhere.example"]

    def claiming(moment: Moment):
        answer = moment.answer()
        if moment.path == "/wp-json/":
            answer.body = json.dumps(json.loads(answer.body) | {"home": claims[0]}).encode()
        return answer

    archive = tmp_path / "archive.db"
    with serve(faulty_site(claiming, 5)) as site:
        port = site.home.rpartition(":")[2]
        key = f"127.0.0.1:{port}"
        first = crawl(site.home, archive)  # the claim is not believed
        assert (first.exit_status, first.report["site"]) == (0, key), first.output
        claims[0] = f"http://localhost:{port}"
        for host in ("0.0.0.0", "[::ffff:127.0.0.1]", "127.1", "LOCALHOST."):
            run = crawl(f"http://{host}:{port}/", archive, mode="update")
            assert (run.exit_status, run.report["site"]) == (0, key), run.output
        for page in ("wp-login.php", "wp-admin/"):
            run = crawl(f"http://localhost:{port}/{page}", archive)
            assert (run.exit_status, run.report["site"]) == (0, key), run.output
        new = crawl(site.home, tmp_path / "new.db")
        assert new.report["site"] == f"localhost:{port}"
    assert [row["_id"] for row in documents(archive, "sites")] == [key]
    assert len(documents(archive, "posts")) == 5
