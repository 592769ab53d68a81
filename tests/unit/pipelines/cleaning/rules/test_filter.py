"""The filter, by itself: what is skipped, and why."""

from pipelines.cleaning.rules.boilerplate import BoilerplateFilter, SkippedElement, SkipReason
from pipelines.cleaning.rules.class_names import Meaning, meaning_of


def skip(
    boilerplate: BoilerplateFilter, name: str, parent: str = "", is_in_form: bool = False
) -> SkippedElement | None:
    return boilerplate.skip(name, meaning_of(name, {}), parent, is_in_form)


def reason(name: str, parent: str = "", is_in_form: bool = False) -> SkipReason | None:
    skipped = skip(BoilerplateFilter(), name, parent, is_in_form)
    return skipped and skipped.reason


def test_reasons() -> None:
    assert reason("script") is SkipReason.NEVER_TEXT
    assert reason("nav") is SkipReason.BOILERPLATE
    assert reason("p") is None
    assert reason("button") is SkipReason.NEVER_TEXT
    assert reason("button", parent="h3") is None
    assert reason("label") is None
    assert reason("label", is_in_form=True) is SkipReason.NEVER_TEXT


def test_a_block_is_large_by_its_share_and_its_length() -> None:
    boilerplate = BoilerplateFilter()
    for length in (10, 300):
        block = skip(boilerplate, "nav")
        assert block is not None
        block.text("x" * length)
    assert boilerplate.large_block(text_length=100) == 1
    assert boilerplate.large_block(text_length=1000) is None


def test_a_kept_block_is_not_skipped_again() -> None:
    boilerplate = BoilerplateFilter(kept={0})
    assert skip(boilerplate, "nav") is None
    assert skip(boilerplate, "nav") is not None


def test_what_is_never_text_does_not_count_within_a_block() -> None:
    boilerplate = BoilerplateFilter()
    block = skip(boilerplate, "nav")
    assert block is not None
    block.start("script", {})
    block.start("b", {})
    block.text("x" * 500)
    block.end()
    block.end()
    assert boilerplate.large_block(text_length=0) is None
    block.text("y" * 300)
    assert boilerplate.large_block(text_length=0) == 0
    block.end()
    assert block.depth == 0


def test_classes_are_compared_as_whole_names() -> None:
    assert meaning_of("div", {"class": "a sharedaddy"}) is Meaning.BOILERPLATE
    assert meaning_of("div", {"class": "sharedaddy-like"}) is None
    assert meaning_of("div", {"class": "code-block-1"}) is Meaning.BOILERPLATE
    assert meaning_of("pre", {"class": "code-block-1"}) is None
    assert meaning_of("td", {"class": "gutter"}) is Meaning.NEVER_TEXT
    assert meaning_of("div", {"class": "gutter"}) is None
    assert meaning_of("sup", {"class": "fn"}) is Meaning.FOOTNOTE
    assert meaning_of("p", {"id": "toc_container"}) is Meaning.BOILERPLATE
