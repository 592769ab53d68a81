"""Recorded posts give what was reviewed, and both feeds agree on all of them."""

import json

import pytest

from pipelines.cleaning import clean_html
from samples.make import HERE, SOURCES, records, written
from tests.cleaning import clean


@pytest.mark.parametrize("name", SOURCES)
def test_expected_results(name: str) -> None:
    assert json.loads(written(name)) == json.loads(
        (HERE / "expected" / f"{name}.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", SOURCES)
def test_the_feeds_agree_and_a_second_pass_changes_nothing(name: str) -> None:
    for record in records(name):
        content = clean(record["content"]["rendered"], record["link"])
        again = clean_html(content.html, record["link"])
        again.html, content.html = " ".join(again.html.split()), " ".join(content.html.split())
        assert again == content
