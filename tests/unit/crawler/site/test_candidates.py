import pytest

from crawler.site.candidates import usual_places


def test_the_usual_places_go_up_the_path():
    assert [place.root for place in usual_places("https://h.org/a/b")] == [
        "https://h.org/a/b/wp-json/",
        "https://h.org/a/b/index.php/wp-json/",
        "https://h.org/a/b/?rest_route=/",
        "https://h.org/a/wp-json/",
        "https://h.org/a/index.php/wp-json/",
        "https://h.org/a/?rest_route=/",
        "https://h.org/wp-json/",
        "https://h.org/index.php/wp-json/",
        "https://h.org/?rest_route=/",
    ]


@pytest.mark.parametrize(
    "base",
    ["https://h.org/wp-json/", "https://h.org/index.php/wp-json/", "https://h.org/index.php"],
)
def test_an_address_of_the_api_itself_is_one_of_its_site(base):
    assert [place.root for place in usual_places(base)] == [
        "https://h.org/wp-json/",
        "https://h.org/index.php/wp-json/",
        "https://h.org/?rest_route=/",
    ]


def test_long_paths_are_tried_at_their_beginning():
    assert len(list(usual_places("https://h.org/1/2/3/4/5/6/7/8/9"))) == 15
