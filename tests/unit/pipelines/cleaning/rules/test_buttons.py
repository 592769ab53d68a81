"""Buttons that call to do something are furniture; those that offer something keep their links."""

import pytest

from pipelines.cleaning import CleanContent, clean_html

PAGE = "https://site.example/2024/post/"
PROSE = "<p>The harbour froze over in January, and nobody knew when that had last happened.</p>"
FORMS = {
    "core": (
        '<div class="wp-block-buttons">{}</div>',
        '<div class="wp-block-button"><a class="wp-block-button__link" {}>{}</a></div>',
    ),
    "shortcodes": ("<p>{}</p>", '<a class="su-button" {}>{}</a> '),
    "by hand": ("<p>{}</p>", '<a class="btn btn-primary" {}>{}</a> '),
    "by style": (
        "<p>{}</p>",
        '<a style="background:#c00;padding:8px;text-decoration:none" {}>{}</a> ',
    ),
    "widgets": (
        "<div>{}</div>",
        '<div class="elementor-widget-button"><a class="elementor-button" {}>{}</a></div>\n',
    ),
    "at the end of the content": ("{}", '<a class="button" {}>{}</a> '),
}
OFFERS = {
    "a file": ["/wp-content/uploads/chart.pdf"],
    "code": ["https://github.com/ann/charts"],
    "a paper": ["https://doi.org/10.1000/182"],
    "an app": ["https://play.google.com/store/apps/details?id=x"],
    "two sources": ["https://news.example/ice", "https://paper.example/frost"],
    "two downloads of one host": ["https://files.example/linux", "https://files.example/mac"],
    "three parts of the site": ["/part-1/", "/part-2/", "/part-3/"],
}
FURNITURE = {
    "a page of the site": ["/contact/"],
    "two pages of the site": ["/buy/", "/contact/"],
    "a shop": ["https://shop.example/boots"],
    "channels": ["https://t.me/harbour", "https://www.facebook.com/harbour"],
    "shares": [
        "https://www.facebook.com/sharer/sharer.php?u=x",
        "https://twitter.com/intent/tweet?url=x",
        "https://api.whatsapp.com/send?text=x",
    ],
    "one shop twice": ["https://shop.example/boots", "https://shop.example/boots"],
    "front pages": ["https://shop.example/", "https://market.example"],
}


def clean(form: str, addresses: list[str], after: str = PROSE) -> CleanContent:
    """Return the content of prose, a row of buttons to these addresses, and what follows."""
    row, button = FORMS[form]
    buttons = [button.format(f'href="{url}"', f"Take {n}") for n, url in enumerate(addresses)]
    return clean_html(PROSE + row.format("".join(buttons)) + after, PAGE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_keeps_text_and_links(offer: str, form: str) -> None:
    for after in (PROSE, ""):
        content = clean(form, OFFERS[offer], after)
        assert len(content.links) == content.text.count("Take") == len(OFFERS[offer])
        assert content.text.count("The harbour") == 1 + bool(after)
        again = clean_html(content.html, PAGE)
        assert (again.text, again.html, again.links) == (content.text, content.html, content.links)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("furniture", FURNITURE)
def test_a_call_is_no_text(furniture: str, form: str) -> None:
    for after in (PROSE, ""):
        content = clean(form, FURNITURE[furniture], after)
        assert "Take" not in content.text
        assert content.links == []


def test_a_link_to_download_is_an_offer() -> None:
    button = '<p><a class="button" download href="/get?id=4">The chart</a></p>'
    assert "The chart" in clean_html(PROSE + button, PAGE).text


def test_rows_are_judged_one_by_one() -> None:
    core, _ = FORMS["core"]
    after = PROSE + core.format('<a href="/buy/">Buy</a>') + PROSE
    both = clean("core", OFFERS["two sources"], after)
    assert "Take 1" in both.text
    assert "Buy" not in both.text


@pytest.mark.parametrize("form", ["by hand", "by style"])
def test_buttons_to_many_pages_are_the_list_that_a_post_is(form: str) -> None:
    row, button = FORMS[form]
    for pages, stay in ((4, True), (2, False)):
        addresses = [f"/book-{n % pages}/?from={n}" for n in range(5)]
        boxes = [row.format(button.format(f'href="{url}"', "Take")) for url in addresses]
        content = clean_html(PROSE + PROSE.join(boxes), PAGE)
        assert content.text.count("Take") == len(content.links) == (5 if stay else 0)
