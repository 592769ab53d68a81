import pytest

from wparchive import errors


@pytest.mark.parametrize("has_scrapy", [True, False])
def test_a_missing_archive_is_told_with_what_works_where_this_is_installed(monkeypatch, has_scrapy):
    monkeypatch.setattr(errors, "find_spec", lambda name: has_scrapy or None)
    said = str(errors.missing("a.db", "nothing is there"))
    assert said.startswith("no archive at a.db: nothing is there; give another address")
    assert "--" not in said.partition("or make one")[0]  # Python has no options
    assert ("scrapy crawl" in said) is has_scrapy
    assert ("checkout" in said) is not has_scrapy
