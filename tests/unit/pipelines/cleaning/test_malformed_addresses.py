"""A post that names malformed addresses is cleaned like any other: its words all stay."""

import pytest

from pipelines.cleaning import clean_html

MALFORMED = [
    "http://example.com]/x.pdf",  # a rest of a shortcode
    "http://[bad/x.mp3",
    "http://\u2100.example/x.jpg",  # no name of a host has this sign
    "http://example.com]?v=abc",
    "http://example.com:99999/",
]
MARKUP = [
    '<p><a href="{u}">Watch</a> on <a href="{u}">YouTube</a></p>',
    '<p>See also: <a href="{u}">Another post</a></p>',
    '<p><a href="{u}">Play</a> | <a href="{u}">Download</a></p>',
    '<div class="wp-block-button"><a class="wp-block-button__link" href="{u}">Buy now</a></div>',
    '<div><a class="button" href="{u}">Buy</a><a class="button" href="{u}">Read</a></div>',
    '<a href="{u}"><img src="{u}" data-src="{u}"></a>',
    '<iframe src="{u}"></iframe>',
    '<figure class="wp-block-embed"><a href="{u}">{u}</a></figure>',
    '<blockquote class="twitter-tweet"><a href="{u}">A day</a></blockquote>',
    '<noscript><iframe src="{u}"></iframe></noscript>',
    '<div style="background-image:url({u})">A cover</div>',
    '<video src="{u}"></video>',
    '<ul><li><a href="{u}">One</a></li></ul>',
]
TEXT = "A paragraph of the post, which is long enough to be one and stays as it is."


@pytest.mark.parametrize("url", MALFORMED)
@pytest.mark.parametrize("markup", MARKUP)
def test_a_malformed_address_costs_no_word_of_the_post(markup: str, url: str) -> None:
    around = f"<p>{TEXT}</p>"
    for base in ("http://example.com/p/", url):
        cleaned = clean_html(around + markup.format(u=url) + around, base)
        assert cleaned.text.count(TEXT) == 2
