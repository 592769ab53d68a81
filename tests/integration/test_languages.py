"""Sites whose lists show one language at a time, against a real server."""

import os
import signal
import time

import pytest

from demo.server import serve
from tests.faults.faulty_site import faulty_site
from tests.faults.languages import Multilingual
from tests.integration.crawling import crawl, documents
from tests.integration.test_interrupt import started
from tests.servers.recorded_site import post

WPML = Multilingual("wpml_language", namespace="wpml/v1")
POLYLANG = Multilingual(declares=False, has_languages=True)
PRO = Multilingual(default="all")


def held(archive):
    return {row["id"] for row in documents(archive, "posts", type="post", state="live")}


@pytest.mark.parametrize("plugin", [WPML, POLYLANG, PRO], ids=["wpml", "polylang", "pro"])
def test_posts_in_every_language_are_read_and_kept_up_to_date(plugin, tmp_path):
    archive = tmp_path / "a.db"
    with serve(faulty_site(plugin, 20)) as site:
        first = crawl(site.home, archive)
        assert (first.verdict, first.exit_status) == ("complete", 0), first.output
        assert held(archive) == set(range(1, 21))
        assert first.type("post")["new"] == first.type("post")["held"] == 20
        for id_ in (21, 22):  # one in each language
            site["posts"].put(post(id_))
        site._memory.clear()
        second = crawl(site.home, archive, mode="auto")
    assert (second.verdict, second.report["mode"]) == ("complete", "update"), second.output
    assert held(archive) == set(range(1, 23))
    assert second.type("post")["new"] == 2


def test_an_update_of_a_site_whose_list_shows_all_languages_asks_for_no_other(tmp_path):
    with serve(faulty_site(PRO, 20)) as site:
        crawl(site.home, tmp_path / "a.db")
        site.targets.clear()
        for _ in range(2):
            assert crawl(site.home, tmp_path / "a.db", mode="auto").report["mode"] == "update"
        assert not [target for target in site.targets if "lang=" in target]


def test_a_site_that_gives_up_its_languages_is_read_in_full_once_more(tmp_path):
    archive = tmp_path / "a.db"
    with serve(faulty_site(POLYLANG, 20)) as site:
        crawl(site.home, archive)
        site.fault = lambda moment: moment.answer()
        for _ in range(2):
            site.targets.clear()
            assert crawl(site.home, archive, mode="auto").verdict == "complete"
    whole = [target for target in site.targets if "/posts?" in target and "_fields" not in target]
    assert whole == []


def test_a_site_in_one_language_is_asked_for_none(tmp_path):
    with serve(faulty_site(lambda moment: moment.answer(), 20)) as site:
        assert crawl(site.home, tmp_path / "a.db").verdict == "complete"
        assert not [target for target in site.targets if "lang" in target]


def test_a_list_of_a_language_that_breaks_is_a_doubt(tmp_path):
    with serve(faulty_site(WPML, 20)) as site:
        plain = site.fault

        def fault(moment):
            response = plain(moment)
            if moment.is_list and moment.query.get("wpml_language") == "de":
                response.status, response.body = 500, b"<h1>Error</h1>"
            return response

        site.fault = fault
        done = crawl(site.home, tmp_path / "a.db")
    assert (done.verdict, done.exit_status) == ("partial", 3)
    assert "its list in de" in done.output


def test_a_run_that_goes_on_asks_for_translations_that_held_posts_name(tmp_path):
    archive = tmp_path / "a.db"
    settings = {"CRAWL_PER_PAGE": 10}
    named = range(1, 21)  # only these name one; the run before has read them
    plugin = Multilingual(
        "",
        declares=False,
        names=lambda id_: {"en": id_, "de": id_ + 1} if id_ in named and id_ % 2 else None,
    )
    with serve(faulty_site(plugin, 200)) as site:

        def slowly(moment):
            if moment.is_list and "_fields" not in moment.query:
                time.sleep(0.3)
            return plugin(moment)

        site.fault = slowly
        process = started(site.home, archive, 40, settings)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=180)
        site.fault = plugin
        done = crawl(site.home, archive, settings=settings)
    assert done.report["resumed_from"], done.output
    assert set(named) <= held(archive)
    assert done.verdict == "partial", done.output
