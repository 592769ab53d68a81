"""Site memory takes nothing from the gold sites that is wanted, and most of what is not."""

from .furniture import removed_from
from .gold import sites


def test_no_wanted_block_is_removed() -> None:
    assert [text for site in sites().values() for text in removed_from(site).wrong] == []


def test_what_is_learned_is_removed() -> None:
    found = {name: removed_from(site) for name, site in sites().items()}
    assert sum(removed.kinds.total() for removed in found.values()) > 400
    assert found["theme-demo"].posts == 0  # its posts have one body
