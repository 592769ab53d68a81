"""The collectors, by themselves: no HTML is parsed, nothing is written."""

from pipelines.cleaning.write.links_and_media import LinkCollector, MediaCollector

BASE = "https://a.org/post/"


def test_links_do_not_nest() -> None:
    collector = LinkCollector(BASE)
    assert collector.open_anchor("/x") == "https://a.org/x"
    assert collector.open_anchor("/y") is None
    collector.close_anchor()
    collector.close_link("https://a.org/x", "text", text_before=7)
    assert collector.open_anchor("/z") == "https://a.org/z"
    assert collector.links == [{"url": "https://a.org/x", "text": "text"}]


def test_an_anchor_within_the_page_is_known_while_it_is_the_innermost() -> None:
    collector = LinkCollector(BASE)
    collector.open_anchor(" #note")
    assert collector.is_within_page
    collector.open_anchor("")
    assert not collector.is_within_page
    collector.close_anchor()
    assert collector.is_within_page
    collector.close_anchor()
    assert not collector.is_within_page


def test_an_image_and_its_copy_are_one_in_either_order() -> None:
    picture = {"src": "/i-300x200.jpg"}
    copy = {"src": "/i.jpg?w=9"}
    for first_is_copy in (False, True):
        collector = MediaCollector(BASE)
        assert collector.add_image(picture, "", from_noscript=first_is_copy) is not None
        assert collector.add_image(copy, "", from_noscript=not first_is_copy) is None
        assert len(collector.images) == 1


def test_the_same_image_twice_is_two_without_a_noscript() -> None:
    collector = MediaCollector(BASE)
    for _ in range(2):
        assert collector.add_image({"src": "/i.jpg"}, "", from_noscript=False) is not None


def test_a_frame_is_kept_only_when_it_is_added() -> None:
    collector = MediaCollector(BASE)
    frame = collector.frame({"src": "/f", "title": " A  title "}, from_noscript=False)
    assert frame == {"kind": "iframe", "url": "https://a.org/f", "title": "A title"}
    assert collector.embeds == []
