import pytest

from crawler.items import Comment, Post, Term
from pipelines.errors import StageFailed
from pipelines.fingerprint import EMPTY, FingerprintPipeline, content_fingerprint
from wparchive.duplicates import SKETCH_VERSION, sketch


def test_what_only_looks_different_has_one_fingerprint() -> None:
    assert content_fingerprint("“It’s”\n\nhere — now") == content_fingerprint('"it\'s" here - now')


def test_another_text_has_another_one() -> None:
    assert (
        len({content_fingerprint(text) for text in ("a b", "ab", "a c", "-5 degrees", "5 degrees")})
        == 5
    )


def test_its_form_is_stable() -> None:
    assert content_fingerprint("Hello, World") == content_fingerprint("hello, world")
    assert content_fingerprint("hello") == "46fb7408d4f285228f4af516ea25851b"


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "-", "•"])
def test_a_text_of_nothing_has_a_value_of_its_own(text: str) -> None:
    assert content_fingerprint(text) == EMPTY


def test_lone_surrogates_do_not_raise() -> None:
    assert content_fingerprint("a\ud800") != content_fingerprint("a")


def test_posts_and_comments_are_filled_and_others_pass() -> None:
    stage = FingerprintPipeline()
    post = stage.process_item(Post(site="s", type="post", id=1, text="Some text"))
    assert post.content_fingerprint == content_fingerprint("some text")
    assert stage.process_item(
        Comment(site="s", type="comment", id=1, text="x")
    ).content_fingerprint == content_fingerprint("x")
    term = Term(site="s", type="category", id=1, name="n")
    assert stage.process_item(term) is term


def test_posts_get_a_sketch_by_which_copies_are_found() -> None:
    words = [f"word{number}" for number in range(300)]
    one, copy, other = (
        FingerprintPipeline().process_item(Post(site="s", type="post", id=id_, text=text))
        for id_, text in enumerate(
            (" ".join(words), "Intro. " + " ".join(words[50:]), " ".join(reversed(words)))
        )
    )
    assert one.sketch == sketch(one.text)
    assert one.sketch_version == SKETCH_VERSION
    assert len(set(one.sketch) & set(copy.sketch)) > 5
    assert not set(one.sketch) & set(other.sketch)


def test_a_failure_names_the_stage_and_keeps_the_item() -> None:
    post = Post(site="s", type="post", id=1, raw=b"{}", text=5)  # type: ignore[arg-type]
    with pytest.raises(StageFailed) as failed:
        FingerprintPipeline().process_item(post)
    assert (failed.value.stage, failed.value.item) == ("fingerprint", post)
    assert failed.value.cause is failed.value.__cause__
