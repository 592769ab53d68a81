"""Boilerplate: what a theme or plug-in adds around the text."""

import pytest

from pipelines.fingerprint import content_fingerprint
from tests.cleaning import clean

ARTICLE = "<p>" + "The article itself, long enough to count. " * 20 + "</p>"


@pytest.mark.parametrize(
    "block",
    [
        '<a href="/p/?add-to-cart=5" class="button add_to_cart_button">Add to cart</a>',
        '<p class="jetpack-slideshow-noscript">This slideshow requires JavaScript.</p>',
        '<div class="slideshowlink"><a href="/show">[Show as slideshow]</a></div>',
        '<div class="sharedaddy sd-sharing"><h3>Share this:</h3><a href="/s">Tweet</a></div>',
        '<div id="jp-relatedposts">Related</div>',
        '<div class="ht-voting"><h4>Was this article helpful?</h4><button>Yes</button></div>',
        '<div class="helpful helpful-theme-base"><h3>Was this helpful?</h3></div>',
        '<div class="wpra-reactions-wrap"><div>What is your reaction?</div><div>0</div></div>',
        '<div class="yasr-vv-stats-title-container">[Total: 3 Average: 4.7]</div>',
        '<div class="sociable"><span>Be Sociable, Share!</span></div>',
        '<div class="addtoany_share_save_container">Share</div>',
        '<div class="yarpp yarpp-related">Read more <img src="/r.jpg"></div>',
        '<div class="crp_related"><ul><li>Other</li></ul></div>',
        '<div class="code-block code-block-1" style="margin:8px">Ad</div>',
        '<form class="mc4wp-form"><p>Subscribe to us</p></form>',
        '<form role="search" class="wp-block-search"><label for="s-3">Search</label></form>',
        '<nav class="post-navigation">Next post</nav>',
        '<div id="toc_container"><p>Contents</p><ul><li><a href="#a">A</a></li></ul></div>',
        '<div id="ez-toc-container" class="ez-toc-v2"><nav>Contents</nav></div>',
        '<div class="lwptoc">Contents</div>',
        '<span class="screen-reader-text">Opens in a new tab</span>',
        '<ins class="adsbygoogle" style="display:block">Ad</ins>',
    ],
)
def test_known_blocks_go(block: str) -> None:
    content = clean(ARTICLE + block)
    assert content == clean(ARTICLE)
    assert content.flags == []


def test_headings_that_a_table_of_contents_marked_stay() -> None:
    html = (
        '<h2><span class="ez-toc-section" id="One"></span>One'
        '<span class="ez-toc-section-end"></span></h2>'
    )
    assert clean(html).text == "One"


@pytest.mark.parametrize(
    "html",
    [
        '<div class="entry-title">x</div>',
        '<pre class="wp-block-code code-block">x</pre>',
        '<div class="code-block">x</div>',
        '<p class="shared">x</p>',
        '<div class="elementor-widget wpb-content-wrapper et_pb_text">x</div>',
        '<pre class="line-numbers">x</pre>',
    ],
)
def test_similar_names_stay(html: str) -> None:
    assert clean(html).text == "x"


def test_boilerplate_that_is_most_of_the_post_is_the_post() -> None:
    content = clean(f'<div class="related-posts">{ARTICLE}<p>the end</p></div><p>short</p>')
    assert content.text.endswith("the end\n\nshort")
    assert content.flags == ["boilerplate_kept"]


def test_several_kept_blocks_and_one_that_still_goes() -> None:
    block = f'<div class="author-box">{ARTICLE}</div>'
    content = clean(f'{block}<div class="sharedaddy">Tweet</div>{block}')
    assert content.text.count("The article itself") == 40
    assert "Tweet" not in content.text


def test_nested_boilerplate_is_kept_at_every_level() -> None:
    content = clean('<div class="sharedaddy"><nav>' * 20 + ARTICLE)
    assert content.text.count("The article itself") == 20


def test_a_script_within_boilerplate_does_not_make_it_large() -> None:
    content = clean(f'<p>short</p><div class="sharedaddy"><script>{"x" * 5000}</script>Tweet</div>')
    assert (content.text, content.flags) == ("short", [])


def test_removed_boilerplate_does_not_glue_what_stands_around_it() -> None:
    content = clean("one<nav>menu</nav>two")
    assert content.text == "one\n\ntwo"
    assert clean(content.html).text == content.text


def test_what_changes_from_request_to_request_does_not_change_the_fingerprint() -> None:
    page = (
        '<div class="wp-container-{n} is-layout-flex"><p id="p{n}">Text &#8220;here&#8221;</p>'
        '<form role="search" class="wp-block-search"><label for="wp-block-search__input-{n}">'
        'Search</label><input id="wp-block-search__input-{n}"></form>'
        '<div id="gallery-{n}" class="gallery galleryid-{n}"><img src="/a.jpg"></div>'
        "<style>.wp-container-{n}{{gap:1em}}</style>"
        '<input type="hidden" name="_wpnonce" value="abc{n}"><script>var t={n}</script></div>'
    )
    one, other = (
        content_fingerprint(clean(page.replace("{n}", str(number))).text) for number in (3, 41)
    )
    assert one == other == content_fingerprint('text "HERE"')


NAMES = ("The harbour in winter", "The harbour in spring", "What the ice left behind")
PICTURES = "".join(
    f'<h2 id="p{n}">{name}</h2><img src="/{n}.jpg" alt="">' for n, name in enumerate(NAMES)
)


@pytest.mark.parametrize(
    "form",
    [
        '<div class="ez-toc-container"><p>Contents</p><ul>{}</ul></div>',
        '<nav class="wp-block-table-of-contents"><ol>{}</ol></nav>',
        "<p>Contents</p><ul>{}</ul>",
    ],
)
def test_a_table_of_contents_goes_from_a_post_of_pictures(form: str) -> None:
    entries = [f'<li><a href="#p{n}">{name}</a></li>' for n, name in enumerate(NAMES)]
    content = clean(form.format("".join(entries)) * 3 + PICTURES)
    assert content.text == "\n\n".join(NAMES)
    assert content.flags == []


@pytest.mark.parametrize("name", ["cta", "support-box", "related-content", "et_pb_promo"])
def test_a_box_that_leads_nowhere_is_text(name: str) -> None:
    box = f'<div class="{name}"><h3>Phones</h3><p>Two of them are supported.</p>{{}}</div>'
    assert "Two of them" in clean(ARTICLE + box.format("")).text
    for way in ('<a href="/a/">More</a>', "<button>Go</button>", '<b onclick="go()">Go</b>'):
        assert "Two of them" not in clean(ARTICLE + box.format(way)).text
    nested = clean(ARTICLE + box.format(box.format("")) + box.format(""))
    assert nested.text.count("Two of them") == 3
    assert clean(nested.html).text == nested.text


def test_an_id_of_contents_names_other_things_too() -> None:
    corsica = '<div id="toc"><h2>Tales of Corsica</h2><p>There are walls, too.</p>{}</div>'
    assert "walls" in clean(ARTICLE + corsica.format("")).text
    assert "walls" not in clean(ARTICLE + corsica.format('<a href="#a">A</a>')).text
