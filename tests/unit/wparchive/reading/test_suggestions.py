"""Names that are offered for one that is not there."""

from wparchive.reading.suggestions import near_names

TAGS = ("K Drama", "Adult K Drama", "Solar Power", "Dramas of 2025", "東京の食", None, "")


def test_names_that_are_alike_come_first_then_those_that_have_it_as_a_part() -> None:
    assert near_names("solar pwer", TAGS) == ["Solar Power"]
    assert near_names("k drama", TAGS) == ["K Drama", "Adult K Drama"]
    assert near_names("drama", TAGS) == ["K Drama", "Adult K Drama", "Dramas of 2025"]
    assert near_names("東京", TAGS) == ["東京の食"]


def test_a_letter_or_two_are_no_name() -> None:
    assert near_names("a", TAGS) == []
    assert near_names("", TAGS) == []
