"""Site memory takes nothing from the gold sites that is wanted, and most of what is not."""

from .furniture import removed_from
from .gold import sites


def test_no_wanted_block_is_removed() -> None:
    assert [text for site in sites().values() for text in removed_from(site).wrong] == []


def test_what_is_learned_is_removed() -> None:
    found = {name: removed_from(site) for name, site in sites().items()}
    # Whatever the rules of the cleaner come to know, a part of the noise is left to the memory.
    noise = sum(removed.noise for removed in found.values())
    assert sum(removed.noise_gone for removed in found.values()) > 0.9 * noise
    assert found["theme-demo"].posts == 0  # its posts have one body
