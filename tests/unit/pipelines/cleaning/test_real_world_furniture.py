"""Furniture that one post alone shows only by its structure and position, with variants.

Most of it is certain only beside the other posts of the site. What looks like it and is text is
here as well: a rule for one post must not touch it.
"""

import pytest

from tests.cleaning import Case, cases, clean

P = "<p>The council agreed on the new bridge after two days of talks.</p>"
COUNCIL = "The council agreed on the new bridge after two days of talks."
OTHER = '<a href="https://example.com/blog/other/">'

FURNITURE: dict[str, Case] = {
    "also read, English": (f"{P}<p>also read : {OTHER}Title of another article</a></p>", COUNCIL),
    "also read, German": (
        f"{P}<p><strong>Lesen Sie auch:</strong> {OTHER}Neue Fähre ab Mai</a></p>{P}",
        f"{COUNCIL}\n\n{COUNCIL}",
    ),
    "also read, Indonesian": (f"{P}<p>Baca juga: {OTHER}Jembatan Lama Ditutup</a></p>", COUNCIL),
    "also read, Russian": (f"{P}<p>Читайте также: {OTHER}Старый мост закрыт</a></p>", COUNCIL),
    "also read, Hindi": (f"{P}<p>यह भी पढ़ें: {OTHER}पुराना पुल बंद</a></p>", COUNCIL),
    "also read, Arabic": (f"{P}<p>اقرأ أيضا: {OTHER}إغلاق الجسر القديم</a></p>", COUNCIL),
    "also read, Japanese": (f"{P}<p>関連記事：{OTHER}古い橋が閉鎖</a></p>", COUNCIL),
    "prose with a link stays": (
        f"<p>You should also read : {OTHER}her first book</a>, which explains the plan.</p>",
        "You should also read : her first book, which explains the plan.",
    ),
    "label with a link stays": (
        f"<p>Address: {OTHER}12 Mill Lane</a></p>",
        "Address: 12 Mill Lane",
    ),
    "number of related posts": (
        f"{P}<p>2 Related</p><p>Work begins in spring.</p>",
        f"{COUNCIL}\n\nWork begins in spring.",
    ),
    "heading of no related posts": (f"{P}<h3>Related</h3>", COUNCIL),
    "number of related posts, capitals": (f"{P}<p>13 RELATED</p>{P}", f"{COUNCIL}\n\n{COUNCIL}"),
    "related in prose stays": ("<p>The two are related.</p>", "The two are related."),
    "source of an automatic blog": (
        '<p><iframe src="https://www.youtube.com/embed/AAAA"></iframe><br /><br />Two teams, one '
        "cup, and a preview of tonight&#8230;<br /><br /><a "
        'href="https://www.youtube.com/watch?v=AAAA">source</a></p>',
        "Two teams, one cup, and a preview of tonight…",
    ),
    "source of an automatic blog, French": (
        f'{P}<p><a href="https://news.example/1">Source</a></p>',
        COUNCIL,
    ),
    "source link, German": (f'{P}<p>[<a href="https://news.example/2">Quelle</a>]</p>', COUNCIL),
    "a named source stays": (
        '<p>Source: <a href="https://news.example/3">Harbour Office, Report 12</a></p>',
        "Source: Harbour Office, Report 12",
    ),
    "call to action, Ultimate Addons": (
        f'{P}<div class="wp-block-uagb-buttons"><div class="uagb-buttons__wrap"><div '
        'class="wp-block-uagb-buttons-child wp-block-button"><div class="uagb-button__wrapper">'
        '<a class="uagb-buttons-repeater wp-block-button__link" href="/contact" role="button">'
        '<div class="uagb-button__link">Talk to us now</div></a></div></div></div></div>',
        COUNCIL,
    ),
    "call to action, core": (
        f'{P}<div class="wp-block-buttons"><div class="wp-block-button"><a '
        'class="wp-block-button__link" href="/kontakt/">Jetzt anfragen</a></div></div>',
        COUNCIL,
    ),
    "call to action, Elementor": (
        f'{P}<div class="elementor-widget-button"><a class="elementor-button" href="/cita/">'
        "<span>Pide tu cita</span></a></div>",
        COUNCIL,
    ),
    "follow button, Twitter": (
        '<p>See you soon,<br />Ann<br /><a class="twitter-follow-button" '
        'href="https://twitter.com/ann" data-show-count="false">Follow @ann</a></p>',
        "See you soon,\nAnn",
    ),
    "share button, Twitter": (
        f'{P}<p><a class="twitter-share-button" href="https://twitter.com/share">Tweet</a></p>',
        COUNCIL,
    ),
    "like button, Facebook": (f'{P}<div class="fb-like" data-href="/p/">J’aime</div>', COUNCIL),
    "a link to a profile stays": (
        '<p>Ask <a href="https://twitter.com/ann">Ann on Twitter</a>.</p>',
        "Ask Ann on Twitter.",
    ),
    "table to join groups": (
        f'{P}<figure class="wp-block-pullquote"><blockquote><p><em>For news and ideas join our '
        "group, and use the other group if you have the app</em></p></blockquote></figure>"
        '<figure class="wp-block-table"><table><tbody><tr><td>Whatsapp Group</td><td><a '
        'href="https://chat.whatsapp.com/XXXX">Join Now</a></td></tr><tr><td>Telegram Group</td>'
        '<td><a href="https://t.me/+XXXX">Join Now</a></td></tr></tbody></table></figure>',
        COUNCIL,
    ),
    "line to join a group, Hindi": (
        f'{P}<p><a href="https://chat.whatsapp.com/YYYY">हमारे व्हाट्सएप ग्रुप से जुड़ें</a></p>',
        COUNCIL,
    ),
    "line to join a channel, Russian": (
        f'{P}<p>Подписывайтесь на <a href="https://t.me/s_channel">наш канал</a></p>',
        COUNCIL,
    ),
    "a messenger in prose stays": (
        '<p>The club plans its trips in <a href="https://t.me/club">a group</a> that began '
        "in 2016 with four people.</p>",
        "The club plans its trips in a group that began in 2016 with four people.",
    ),
    "player stub": (
        '<p><img src="https://v.example/still.jpg" />play</p><p>0:59</p>'
        "<p>The mayor explains why the old bridge must go.</p>",
        "The mayor explains why the old bridge must go.",
    ),
    "player stub of audio": (
        '<div class="powerpress_player"><audio src="/a.mp3"></audio></div><p '
        'class="powerpress_links">Podcast: <a href="/a.mp3" class="powerpress_link_d">Download'
        f"</a> (Duration: 31:02 — 28.4MB)</p>{P}",
        COUNCIL,
    ),
    "player stub of core": (
        '<div class="wp-video"><video src="/v.mp4"></video></div><p><span>00:00</span> '
        f"<span>00:00</span></p>{P}",
        COUNCIL,
    ),
    "times in prose stay": (
        "<p>Doors open at 0:59</p><p>12:30 Lunch</p>",
        "Doors open at 0:59\n\n12:30 Lunch",
    ),
}
BOXES: dict[str, Case] = {
    "button of Divi": (
        f'{P}<div class="et_pb_button_module_wrapper"><a class="et_pb_button" href="/k/">Купить'
        "</a></div>",
        COUNCIL,
    ),
    "button of Avada": (
        f'{P}<div class="fusion-button-wrapper"><a class="fusion-button" href="/k/">Réserver</a>'
        "</div>",
        COUNCIL,
    ),
    "button of Beaver Builder": (
        f'{P}<div class="fl-button-wrap"><a class="fl-button" href="/k/">予約する</a></div>',
        COUNCIL,
    ),
    "button of WPBakery": (
        f'{P}<div class="vc_btn3-container"><a class="vc_btn3" href="/k/">احجز الآن</a></div>',
        COUNCIL,
    ),
    "button of Kadence": (
        f'{P}<div class="wp-block-kadence-advancedbtn"><a class="kb-button" href="/k/">Daftar</a>'
        "</div>",
        COUNCIL,
    ),
    "button of Thrive": (
        f'{P}<div class="thrv_wrapper thrv-button"><a class="tcb-button-link" href="/k/">Jetzt '
        "buchen</a></div>",
        COUNCIL,
    ),
    "call of Divi": (
        f'{P}<div class="et_pb_module et_pb_promo"><h2>Hazte socia</h2><p>Dos euros al mes.</p>'
        "</div>",
        COUNCIL,
    ),
    "call of WPBakery": (
        f'{P}<section class="vc_cta3-container"><h2>現在預訂</h2><p>前十名有優惠。</p></section>',
        COUNCIL,
    ),
    "call of Beaver Builder": (
        f'{P}<div class="fl-module fl-module-cta"><h3>Prêts ?</h3><p>Venez samedi.</p></div>',
        COUNCIL,
    ),
    "newsletter of Divi": (
        f'{P}<div class="et_pb_newsletter"><h2>Нове щотижня</h2><p>Один лист.</p></div>',
        COUNCIL,
    ),
    "box of prices": (
        f'{P}<div class="aawp"><a href="https://shop.example/k">Kettle</a> <span>£39</span></div>',
        COUNCIL,
    ),
    "other posts of Elementor": (
        f'{P}<div class="elementor-widget elementor-widget-posts"><h3><a href="/a/">Perahu baru'
        '</a></h3><a href="/a/">Selengkapnya</a></div>',
        COUNCIL,
    ),
    "other posts of Divi": (
        f'{P}<div class="et_pb_module et_pb_blog_0 et_pb_posts"><h2>Rollers</h2></div>',
        COUNCIL,
    ),
    "share buttons of Elementor": (
        f'{P}<div class="elementor-widget-share-buttons"><span>Partager</span></div>',
        COUNCIL,
    ),
    "share box of Avada": (
        f'{P}<div class="fusion-sharing-box"><h4>Teilen!</h4></div>',
        COUNCIL,
    ),
    "table of contents of Elementor": (
        f'<div class="elementor-widget-table-of-contents"><h4>目次</h4></div>{P}',
        COUNCIL,
    ),
    "notice of consent, Complianz": (
        f'{P}<div class="cmplz-blocked-content-notice">Klicke hier</div>',
        COUNCIL,
    ),
    "notice of consent, Borlabs": (
        f'{P}<div class="_brlbs-caption"><p>Memuat video berarti setuju.</p></div>',
        COUNCIL,
    ),
    "notice of consent, Cookiebot": (
        f'{P}<div class="cookieconsent-optout-marketing">Accettate i cookie.</div>',
        COUNCIL,
    ),
    "advertisement of AMP": (f"{P}<amp-ad><div fallback>No ad</div></amp-ad>", COUNCIL),
    "next posts of AMP": (f"{P}<amp-next-page><h3>次の記事</h3></amp-next-page>", COUNCIL),
    "buttons and votes of a recipe": (
        '<div class="wprm-recipe"><a class="wprm-recipe-print" href="#">Print</a><h2>Soup</h2>'
        '<div class="wprm-recipe-rating">4.8 from 12 votes</div><ul><li>3 leeks</li></ul></div>',
        "Soup\n\n- 3 leeks",
    ),
    "time to read": (
        f'<span class="span-reading-time rt-reading-time">Waktu baca: 3 menit</span>{P}',
        COUNCIL,
    ),
    "names of tabs that are links": (
        '<div role="tablist"><a href="#" role="tab">Barro</a><a href="#" role="tab">Esmalte</a>'
        "</div><p>Se saca de la ladera.</p>",
        "Barro\n\nEsmalte\n\nSe saca de la ladera.",
    ),
    # What looks like them and is text
    "a button in a sentence stays": (
        '<p>Press <a class="button" href="/x/">Start</a>, then wait.</p>',
        "Press Start, then wait.",
    ),
    "a key stays": ('<p>Halte <kbd class="btn">Strg</kbd> gedrückt.</p>', "Halte Strg gedrückt."),
    "files in a list stay": (
        '<ul class="wp-block-list"><li><a href="/u/a.gpx">Moorweg</a></li></ul>',
        "- Moorweg",
    ),
    "a box of a builder stays": (
        '<div class="et_pb_module et_pb_blurb"><h4>Battery</h4><p>Nine evenings.</p></div>'
        '<div class="fl-module fl-module-callout"><h3>Le lavoir</h3></div>',
        "Battery\n\nNine evenings.\n\nLe lavoir",
    ),
    "steps of a recipe stay": (
        '<ul class="wprm-recipe-instructions"><li class="wprm-recipe-instruction">Sweat the leeks.'
        "</li></ul>",
        "- Sweat the leeks.",
    ),
    "a section that calls stays": (
        '<div class="cta-text et_pb_text"><p>La voz de la torre.</p></div>',
        "La voz de la torre.",
    ),
}
NOT_YET: frozenset[str] = frozenset()


@pytest.mark.parametrize(("html", "text"), cases(FURNITURE | BOXES, NOT_YET))
def test_furniture(html: str, text: str) -> None:
    assert clean(html).text == text


def test_what_is_not_yet_right_is_a_case() -> None:
    assert FURNITURE.keys() >= NOT_YET


def test_no_name_stands_in_two_tables() -> None:
    assert not FURNITURE.keys() & BOXES.keys()
