"""Elements that are judged at their end: twins for other devices, counters, forms, white spam."""

import pytest

from pipelines.cleaning import clean_html

PAGE = "https://site.example/2024/post/"
HARBOUR = "The harbour froze over in January, and nobody knew when that had last happened."
PROSE = f"<p>{HARBOUR}</p>"
ICE = "<p>The ice was a <b>foot</b> thick.</p>"
DEVICES = {
    "Elementor": ("elementor-hidden-phone", "elementor-hidden-tablet elementor-hidden-desktop"),
    "Bootstrap 3": ("hidden-xs", "visible-xs"),
    "Bootstrap 5": ("d-none d-md-block", "d-md-none"),
    "Tailwind": ("hidden md:block", "md:hidden"),
    "WPBakery": ("vc_hidden-xs", "vc_hidden-lg vc_hidden-md vc_hidden-sm"),
    "GeneratePress": ("hide-on-mobile", "hide-on-desktop hide-on-tablet"),
    "Avada": ("fusion-no-small-visibility", "fusion-no-large-visibility"),
    "Flatsome": ("hide-for-small", "show-for-small"),
    "Beaver Builder": ("fl-visible-desktop", "fl-visible-mobile"),
    "Spectra": ("uag-hide-mob", "uag-hide-desktop uag-hide-tab"),
    "a theme": ("pc-only", "sp-only"),
}


def text_of(html: str) -> str:
    content = clean_html(html, PAGE)
    again = clean_html(content.html, PAGE)
    assert (again.text, again.html, again.links) == (content.text, content.html, content.links)
    return content.text


@pytest.mark.parametrize("builder", DEVICES)
def test_twins_for_other_devices_are_written_once(builder: str) -> None:
    wide, narrow = DEVICES[builder]
    twins = f'<div class="{wide}">{ICE}</div>{PROSE}<section class="a {narrow}">{ICE}</section>'
    assert text_of(twins) == f"The ice was a foot thick.\n\n{HARBOUR}"


@pytest.mark.parametrize(
    ("html", "times"),
    [
        (f'<div class="hidden-xs">{ICE}</div><div class="visible-xs">{ICE}<p>!</p></div>', 2),
        (f'<div class="hidden-xs">{ICE}</div><div class="hidden-xs">{ICE}</div>', 2),
        (f'<div class="hidden-xs">{ICE}</div>{ICE}', 2),
        (f'<div class="wide">{ICE}</div><div class="narrow">{ICE}</div>', 2),
        (f'<div class="hidden-xs">{ICE}</div>', 1),
        (f'<div class="hidden-xs hidden-sm hidden-md hidden-lg">{ICE}</div>', 0),
        (f'<div class="hide-on-mobile hide-on-tablet hide-on-desktop">{ICE}</div>', 0),
    ],
)
def test_what_some_readers_see_is_written(html: str, times: int) -> None:
    assert text_of(PROSE + html).count("The ice was a foot thick.") == times


def test_a_picture_for_some_devices_is_kept() -> None:
    html = f'{PROSE}<div class="hidden-xs"><img src="/wide.jpg"></div>'
    assert [image["url"] for image in clean_html(html, PAGE).images] == [
        "https://site.example/wide.jpg"
    ]


@pytest.mark.parametrize(
    ("counter", "text"),
    [
        ('<span data-to-value="4250" data-from-value="0" data-delimiter=",">0</span>+', "4,250+"),
        ('<span data-to-value="4250.5" data-delimiter=" ">0</span>', "4 250.5"),
        ('<span class="timer" data-from="0" data-to="98">0</span> %', "98 %"),
        ('<b data-count="17"></b> boats', "17 boats"),
        ('<span data-count="17">many</span>', "many"),
        ('<span data-count="17"><em>0</em></span>', "0"),
        ('<span data-to="top">0</span>', "0"),
        ('<span class="display-counter" data-value="1200" data-delimiter="">0</span>', "1200"),
        (
            '<span class="stats-number" data-counter-value="2500" data-separator=",">0</span>',
            "2,500",
        ),
        ('<span class="star" data-value="5"></span>five', "five"),
        (
            '<span data-number-value="1500" data-number-separator=","><span class="percent-value">'
            '</span><span class="percent-sign">%</span></span>',
            "1,500%",
        ),
        (
            '<span data-pie-value="75" data-pie-label-value="" data-pie-units="%"><i></i>'
            '<span class="vc_pie_chart_value"></span></span>',
            "75%",
        ),
        (
            '<span data-end="40" class="kb-count-up" data-prefix="$">'
            '<b class="kb-count-up-process">0</b></span>',
            "$40",
        ),
        ('a <span class="percent-value"></span>b', "a b"),
        (
            '<span class="et_pb_counter_amount" data-width="50%">50%</span>'
            '<span class="et_pb_counter_amount overlay" data-width="50%">50%</span>',
            "50%",
        ),
    ],
)
def test_a_counter_shows_its_last_number(counter: str, text: str) -> None:
    assert text_of(f"<p>{counter}</p>") == text


@pytest.mark.parametrize(
    "form",
    [
        "<form><h3>Ask us</h3><p>We answer soon.</p><input><p>Fields with * count</p></form>",
        '<div class="wpcf7"><p>Ask us</p><form><textarea></textarea></form></div>',
        "<form><fieldset><legend>Ask us</legend><select><option>a</select></fieldset></form>",
    ],
)
def test_a_form_is_no_text(form: str) -> None:
    assert text_of(PROSE + form + PROSE) == f"{HARBOUR}\n\n{HARBOUR}"


WITHIN_TWO_DAYS = "Write to us about the boats: we answer within two days."
CONTACT = (
    '<form class="wpcf7-form"><h3>Ask us</h3><p>{}</p><p>Your name<br><input name="n"></p>'
    "<p><label>Your words, which nobody else will ever read.<textarea></textarea></label></p>"
    "<p>Fields with * count</p><p><button>Send the words that I wrote above.</button></p></form>"
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (WITHIN_TWO_DAYS, WITHIN_TWO_DAYS),
        (f"<em>{WITHIN_TWO_DAYS}</em>", WITHIN_TWO_DAYS),
        ("お問い合わせには二日以内に返信します。", "お問い合わせには二日以内に返信します。"),
        ("Write to us about anything that you like", ""),
        ("We answer soon.", ""),
    ],
)
def test_the_sentences_of_a_contact_form_are_text(said: str, kept: str) -> None:
    expected = "\n\n".join(filter(None, [HARBOUR, kept, HARBOUR]))
    form = CONTACT.format(said)
    assert text_of(PROSE + form + PROSE) == expected
    named = f'<div class="wpcf7"><p role="status">Sent.</p>{form}</div>'
    assert text_of(PROSE + named + PROSE) == expected


def test_the_sentences_of_a_box_to_sign_up_are_none() -> None:
    form = f'<form><p>{WITHIN_TWO_DAYS}</p><input type="email"></form>'
    assert text_of(PROSE + form + PROSE) == f"{HARBOUR}\n\n{HARBOUR}"


@pytest.mark.parametrize(
    "form",
    [
        f"<form>{ICE}</form>",
        f"<form>{ICE}<img src='/ice.jpg'></form>",
        f"<form><input>{PROSE * 4}{ICE}</form>",
        f"<form><input>{PROSE * 4}{ICE}",
    ],
)
def test_a_form_that_holds_a_post_is_text(form: str) -> None:
    before = PROSE if "</form>" in form else ""
    assert "The ice was a foot thick." in text_of(before + form)


@pytest.mark.parametrize(
    "spam",
    [
        '<p style="color:#fff">cheap <a style="color:#fff" href="https://spam.example/">x</a></p>',
        '<font color="#FFFFFF">cheap <a style="color:white" href="https://spam.example/">x</a>'
        "</font>",
        '<div style="overflow:hidden;width:1px;height:1px">cheap'
        ' <a href="https://spam.example/">x</a></div>',
        '<div style="margin-left:-9999px">cheap <a href="https://spam.example/">x</a></div>',
    ],
)
def test_spam_that_nobody_sees_goes_with_its_words(spam: str) -> None:
    content = clean_html(PROSE + spam, PAGE)
    assert (content.text, content.links) == (HARBOUR, [])


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="color:#fff">see <a href="https://other.example/">x</a></p>',
        '<p style="color:#fff">see <a style="color:#fff" href="/other/">x</a></p>',
        '<table><tr><td bgcolor="#369"><font color="#fff">see <a style="color:#fff"'
        ' href="https://other.example/">x</a></font></td></tr></table>',
        '<div style="background:#369"><p style="color:#fff">see <a style="color:#fff"'
        ' href="https://other.example/">x</a></p></div>',
        '<div style="margin-left:-40px">see <a href="https://other.example/">x</a></div>',
    ],
)
def test_white_letters_that_readers_see_stay(shown: str) -> None:
    assert "see x" in text_of(PROSE + shown)


@pytest.mark.parametrize(
    "lists",
    [
        '<div class="elementor-widget-sidebar"><h5>New</h5><ul><li>One</li></ul></div>',
        '<aside class="widget widget_recent_entries"><h2>New</h2><ul><li>One</li></ul></aside>',
        '<div id="div-gpt-ad-1499-0"><span>Advertisement below</span></div>',
        '<div class="advads-content_2" id="advads-12"><p>Scroll on</p></div>',
    ],
)
def test_widgets_and_slots_are_no_text(lists: str) -> None:
    assert text_of(PROSE + lists + PROSE) == f"{HARBOUR}\n\n{HARBOUR}"


def test_the_text_of_a_widget_is_text() -> None:
    html = (
        f'<div class="so-panel widget widget_sow-editor"><div class="textwidget">{ICE}</div></div>'
    )
    assert text_of(PROSE + html).endswith("thick.")


TWIN = '<span aria-hidden="true">{}</span>'
TWINS = {
    "beside it": (f"<h2><span>Open today</span>{TWIN.format('Open today')}</h2>", "Open today"),
    "in a link": (f'<a href="/a/"><b>Read</b> {TWIN.format("Read")}</a> it', "Read it"),
    "each letter by itself": (
        f"Harbour {TWIN.format(''.join(f'<i>{sign}</i>' for sign in 'Harbour'))} day",
        "Harbour day",
    ),
    "other words": (f"Open {TWIN.format('Shut')}", "Open Shut"),
    "a part of a word": (f"reopen {TWIN.format('open')}", "reopen open"),
    "numbers": (f"9 {TWIN.format('9')}", "9 9"),
    "another line": (f"<p>Open</p>{TWIN.format('Open')}", "Open\n\nOpen"),
    "behind it": (f"{TWIN.format('Open')} Open", "Open Open"),
}


@pytest.mark.parametrize(("html", "text"), TWINS.values(), ids=TWINS.keys())
def test_a_word_that_a_script_writes_twice_stands_once(html: str, text: str) -> None:
    assert text_of(f"<div>{html}</div>") == text


def test_the_picture_of_a_twin_stays() -> None:
    html = f"<p>Open {TWIN.format('<img src=/a.jpg>Open')}</p>"
    assert clean_html(html, PAGE).images
