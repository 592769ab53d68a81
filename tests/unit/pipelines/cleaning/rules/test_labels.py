"""Labels of nothing go; those over something stay."""

import pytest

from pipelines.cleaning import clean_html

PAGE = "https://site.example/2024/post/"
HARBOUR = "The harbour froze over in January, and nobody knew when that had last happened."
PROSE = f"<p>{HARBOUR}</p>"
POSTS = '<div class="elementor-widget-posts"><a href="/a/">The ice is back</a></div>'
SHARES = '<div class="share-buttons"><a href="/s/">Tweet</a></div>'
FORM = '<form><label>Name</label><input name="m"><button>Go</button></form>'
MAIL = '<div class="wp-block-group"><form><input type="email"><button>Go</button></form></div>'
PICTURES = '<form><p>Write to the harbour office.</p><img src="/i.jpg"></form>'
TABS = (
    "<div>{a}</div><div>{b}</div><div>{a}</div><div><p>From nine to two.</p></div>"
    "<div>{b}</div><div><p>Nothing at all.</p></div>"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<h3>Noticias relacionadas</h3>{POSTS}", ""),
        (f"<h3>Seen elsewhere</h3>{POSTS}", ""),
        (f"<h3>Related posts</h3>{POSTS}", PROSE),
        (f"<h4>Comparte</h4>{SHARES}", PROSE),
        (f"<p>Teilen mit:</p>{SHARES}", PROSE),
        (f"<h2>Suscríbete al boletín</h2><p>Un correo al mes.</p>{FORM}", PROSE),
        (f"<p>Подпишитесь на рассылку</p>{FORM}", PROSE),
        (f"<h3>The Friday letter</h3><p>Three stories, no adverts.</p>{MAIL}", PROSE),
        (f"<h3>Пятничное письмо</h3>{MAIL}", PROSE),
        (f"<h2>Sign up for the newsletter</h2><p>One mail.</p><p>No more.</p>{FORM}", ""),
    ],
)
def test_a_label_goes_with_the_block_under_it(before: str, after: str) -> None:
    content = clean_html(PROSE + before + after, PAGE)
    assert content.text == (f"{HARBOUR}\n\n{HARBOUR}" if after else HARBOUR)


@pytest.mark.parametrize(
    "html",
    [
        f"<h3>The ice</h3>{POSTS}{PROSE}",
        f"<h3>The ice</h3>{POSTS}<figure><img src='/i.jpg'></figure>",
        f"<h3>Related posts</h3>{PROSE}",
        f"<p>The ferry waits for nobody, and it never did.</p>{SHARES}",
        f"<h3>Opening hours</h3><ul><li>From nine</li></ul>{SHARES}",
        f"<h3>Write to us</h3>{PICTURES}",
        f"<h3>The ice</h3><p>It is thick.</p><div class='newsletter'><h4>News</h4>{MAIL}</div>",
        "<h3>The ice</h3><p>It is thick.</p><form><input name='mail'><textarea></textarea></form>",
        "<ul><li>Cost</li><li>Hours</li></ul><p>Cost</p><p>Ten.</p><p>Hours</p><p>Nine.</p>",
        "<p>Row, row</p><p>Row, row</p><p>Gently down</p>",
        "<p>One</p><p>Two</p><p>One</p><p>Three</p>",
    ],
)
def test_a_label_over_something_stays(html: str) -> None:
    whole = clean_html(PROSE + html, PAGE)
    assert not [block for block in whole.blocks if "removed" in block]


@pytest.mark.parametrize("names", [("Hours", "Price"), ("営業時間", "料金"), ("Время", "Цена")])
def test_the_names_of_tabs_stand_once(names: tuple[str, str]) -> None:
    first, second = names
    tabs = TABS.format(a=first, b=second)
    text = clean_html(PROSE + tabs + PROSE, PAGE).text
    assert text.count(first) == text.count(second) == 1
    assert text.index(first) < text.index("From nine") < text.index(second)


def test_names_in_hostile_order_take_linear_time() -> None:
    html = "".join(f"<p>Name {n % 13}</p>" for n in range(4_000))
    assert clean_html(html, PAGE).text.count("Name") > 3_000
