"""What SEO plugins say in a head that is hostile."""

import time

import pytest

from crawler.rest.seo_heads import canonical_in_heads, dates_in_heads


@pytest.mark.parametrize(
    "piece",
    ["<link ", "<meta a=", "<link a='b=\"", '<meta property="article:', '"datePublished" ', "a=b "],
)
def test_a_head_of_megabytes_takes_linear_time(piece: str):
    record = {"rank_math_head": "<link rel=x " + piece * (2_000_000 // len(piece))}
    began = time.process_time()
    assert canonical_in_heads(record) is None
    assert dates_in_heads(record) == (None, None)
    assert time.process_time() - began < 10
