import pytest

from wparchive.reading.snippets import snippet_of
from wparchive.text.search_query import parse_query


def marked(text, words, width=60):
    return snippet_of(text, parse_query(words), width).marked(lambda part: f"[{part}]")


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The heat pump.", "HEAT", "The [heat] pump."),
        ("The heat\npump, a heat source.", '"heat pump"', "The [heat pump], a heat source."),
        ("Un café noir", "cafe", "Un [café] noir"),
        ("東京都の天気", "京都の", "東[京都の]天気"),
        ("東京と京都", "東京 京都", "[東京]と[京都]"),
        ("iPhone15を買う", "買う", "iPhone15を[買う]"),
        ("climate climatic acclimate", "clim*", "[climate] [climatic] acclimate"),
        ("nothing here", "absent", "nothing here"),
        ("", "absent", ""),
    ],
)
def test_hits_are_marked_where_they_stand(text, words, expected):
    assert marked(text, words) == expected


def test_the_passage_with_most_different_hits_is_shown():
    text = "heat " + "filler " * 40 + "a heat pump is quiet " + "filler " * 40
    shown = marked(text, "pump heat", width=60)
    assert shown.startswith("… ")
    assert "a [heat] [pump] is quiet" in shown
    assert shown.endswith(" …")


def test_the_whole_text_can_be_marked():
    assert snippet_of("x " * 200 + "heat", parse_query("heat"), None).hits == ((400, 404),)


def test_passages_are_about_as_long_as_asked():
    assert len(snippet_of("word " * 1000, parse_query("word"), 100).text) < 130
