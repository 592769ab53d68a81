"""Furniture that one post alone shows only by its structure and position, with variants.

Most of it is certain only beside the other posts of the site. What looks like it and is text is
here as well: a rule for one post must not touch it.
"""

import pytest

from tests.cleaning import Case, cases, clean

P = "<p>The council agreed on the new bridge after two days of talks.</p>"
COUNCIL = "The council agreed on the new bridge after two days of talks."
OTHER = '<a href="https://example.com/blog/other/">'

OWN = "https://example.com/blog"
TALKS = "Work on the bridge begins after the floods, when the river is low enough."
Q = f"<p>{TALKS}</p>"
BOTH = f"{COUNCIL}\n\n{TALKS}"

FURNITURE: dict[str, Case] = {
    "also read, English": (f"{P}<p>also read : {OTHER}Title of another article</a></p>", COUNCIL),
    "settings of Word": (
        f"<p>Normal  0  21  false  false  false  DE  X-NONE  X-NONE</p>{P}"
        "<p>/* Style Definitions */ table.MsoNormalTable {mso-tstyle-rowband-size:0;}</p>"
        "<p>&lt;!-- /* Font Definitions */ @font-face {font-family:Cambria;} --&gt;</p>"
        "<xml><w:View>Normal</w:View></xml>",
        COUNCIL,
    ),
    "styles of Word": (
        f'{P}<p>@font-face {{font-family:"Cambria Math"; panose-1:2 4 5 3 5 4 6 3 2 4;}}</p>'
        "<p>p.MsoNormal, li.MsoNormal {mso-style-unhide:no; margin:0cm;}</p>",
        COUNCIL,
    ),
    "words about Word stay": (
        f"{P}<p>Normal 0 is what Word writes.</p><p>@font-face {{font-family: Mine;}}</p>",
        f"{COUNCIL}\n\nNormal 0 is what Word writes.\n\n@font-face {{font-family: Mine;}}",
    ),
    "an update stays": (
        f"{P}<p><b>Update:</b> {OTHER}The bridge was opened again</a></p>",
        f"{COUNCIL}\n\nUpdate: The bridge was opened again",
    ),
    "a correction stays, Japanese": (
        f"{P}<p>訂正：{OTHER}古い橋が再び開通しました</a></p>",
        f"{COUNCIL}\n\n訂正：古い橋が再び開通しました",
    ),
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
        '<a href="/socias/">Aquí</a></div>',
        COUNCIL,
    ),
    "call of WPBakery": (
        f'{P}<section class="vc_cta3-container"><h2>現在預訂</h2><p>前十名有優惠。</p>'
        '<a href="/k/">預訂</a></section>',
        COUNCIL,
    ),
    "call of Beaver Builder": (
        f'{P}<div class="fl-module fl-module-cta"><h3>Prêts ?</h3><p>Venez samedi.</p>'
        '<a href="/k/">Venez</a></div>',
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
    "button by hand, French": (
        f'{P}<p><a class="btn btn-primary" href="/x/">Réserver</a></p>',
        COUNCIL,
    ),
    "two buttons by hand, Russian": (
        f'{P}<div><a class="button" href="/x/">Купить</a> <a class="button alt" href="/y/">Позже'
        "</a></div>",
        COUNCIL,
    ),
    "button in bold letters, Japanese": (
        f'{P}<p><strong><a class="c-btn" href="https://shop.example/">申し込む</a></strong></p>',
        COUNCIL,
    ),
    "button before a break, German": (
        f'{P}<p><a class="my-button" href="/x/">Jetzt spenden</a><br />Danke sagt der Rat.</p>',
        f"{COUNCIL}\n\nDanke sagt der Rat.",
    ),
    "button of Flatsome": (
        f'{P}<a class="button primary is-outline" href="/x/"><span>Comprar</span></a>',
        COUNCIL,
    ),
    # What looks like them and is text
    "a button and a word stay": (
        f'{P}<p><a class="button" href="/x/">Start</a> <a href="/y/">Ende</a></p>',
        f"{COUNCIL}\n\nStart Ende",
    ),
    "a file as a button stays": (
        f'{P}<p><a class="button" href="/u/plan.pdf">Le plan</a></p>',
        f"{COUNCIL}\n\nLe plan",
    ),
    "a button that opens a fold stays": (
        f'{P}<p><a class="btn" href="/x/" aria-expanded="false">¿Cuándo?</a></p>',
        f"{COUNCIL}\n\n¿Cuándo?",
    ),
    "a place in the page as a button stays": (
        f'{P}<p><a class="btn" href="#b">Таблица</a></p>',
        f"{COUNCIL}\n\nТаблица",
    ),
    "a number to call as a button stays": (
        f'{P}<p><a class="btn" href="tel:+49301234">030 1234</a></p>',
        f"{COUNCIL}\n\n030 1234",
    ),
    "a post that is a button stays": ('<p><a class="btn" href="/x/">开始</a></p>', "开始"),
    "a long text as a button stays": (
        f'{P}<div><a class="card-button" href="/x/">{TALKS}</a></div>',
        f"{COUNCIL}\n\n{TALKS}",
    ),
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
STUBS: dict[str, Case] = {
    # Accounts
    "accounts after the names of their networks, Russian": (
        f'{P}<p>Инстаграм: <a href="https://photos.example/most">@most</a> | '
        'GitHub: <a href="https://code.example/most">most</a></p>',
        COUNCIL,
    ),
    "accounts after the names of their networks, Chinese": (
        "<p>议会讨论了两天，终于同意修建新桥。</p>"
        '<p>微信：<a href="https://chat.example/bridge">老桥</a>　'
        '抖音：<a href="https://video.example/bridge">@老桥</a></p>',
        "议会讨论了两天，终于同意修建新桥。",
    ),
    # Lines to other posts
    "also read, French, in the middle": (
        f'{P}<p><em>À lire aussi : <a href="{OWN}/bac/">Le bac reprend en mai</a></em></p>{Q}',
        BOTH,
    ),
    "also read, Spanish, with a pointing hand": (
        f'{P}<p>👉 Te puede interesar: <a href="{OWN}/b/">La barca que no volvió</a></p>{Q}',
        BOTH,
    ),
    "also read, Thai": (
        f'{P}<p>อ่านเพิ่มเติม: <a href="{OWN}/t/">สะพานเก่าปิดแล้ววันนี้</a></p>{Q}',
        BOTH,
    ),
    "also read, Chinese": (f'{P}<p>相关阅读：<a href="{OWN}/z/">老桥今日关闭</a></p>{Q}', BOTH),
    "also read, label within the link": (
        f'{P}<p><a href="{OWN}/k/"><strong>Lesen Sie auch:</strong> Neue Fähre ab Mai</a></p>{Q}',
        BOTH,
    ),
    "also read, a quotation": (
        f'{P}<blockquote><p>Leia também: <a href="{OWN}/p/">A ponte velha fechou ontem</a></p>'
        f"</blockquote>{Q}",
        BOTH,
    ),
    "also read, the same label twice": (
        f'{P}<p>Baca juga: <a href="{OWN}/1/">Jembatan Lama Ditutup</a></p>{Q}'
        f'<p>Baca juga: <a href="{OWN}/2/">Perahu Baru untuk Nelayan</a></p>',
        BOTH,
    ),
    "also read, one word and a long title": (
        f'{P}<p>Zobacz: <a href="{OWN}/pl/">Stary most zamknięty od poniedziałku</a></p>{Q}',
        BOTH,
    ),
    "also read, a title in small letters": (
        f'{P}<p>Baca artikel kami mengenai: <a href="{OWN}/s/">jembatan lama ditutup hari ini'
        f"</a></p>{Q}",
        BOTH,
    ),
    "box of other posts, Russian": (
        f'{P}<p><strong>Читайте также:</strong></p><ul><li><a href="{OWN}/1/">Старый мост закрыт'
        f'</a></li><li><a href="{OWN}/2/">Паром ходит снова</a></li></ul>{Q}',
        BOTH,
    ),
    "box of other posts, Hindi": (
        f'{P}<div><p>ये भी पढ़ें</p><ul><li><a href="{OWN}/1/">पुराना पुल बंद हुआ</a></li></ul></div>{Q}',
        BOTH,
    ),
    "box of other posts, German, at the end": (
        f'{P}{Q}<h3>Das könnte Sie auch interessieren</h3><ul><li><a href="{OWN}/1/">Neue Fähre ab '
        f'Mai</a></li><li><a href="{OWN}/2/">Der Deich wird höher</a></li></ul>',
        BOTH,
    ),
    "box of other posts, Arabic": (
        f'{P}<p>مواضيع ذات صلة</p><ul><li><a href="{OWN}/1/">إغلاق الجسر القديم</a></li></ul>{Q}',
        BOTH,
    ),
    "box of other posts, Japanese, at the end": (
        f'{P}{Q}<h4>あわせて読みたい</h4><p><a href="{OWN}/1/">古い橋が閉鎖される</a></p>',
        BOTH,
    ),
    "posts before and after, French": (
        f'{P}<p><a href="{OWN}/a/">« Le bac</a> | <a href="{OWN}/b/">Le gué »</a></p>',
        COUNCIL,
    ),
    "posts before and after, Chinese": (
        f'{P}<p>上一篇：<a href="{OWN}/a/">渡船</a><br />下一篇：<a href="{OWN}/b/">雪夜</a></p>',
        COUNCIL,
    ),
    "number of related posts, Spanish": (f"{P}<p>3 Relacionados</p>{Q}", BOTH),
    "number of related posts, Japanese": (f"{P}<p>5 関連記事</p>{Q}", BOTH),
    "number of related posts, Russian": (f"{P}<h4>4 похожие записи</h4>{Q}", BOTH),
    "heading of no related posts, German": (f"{P}<h3>Ähnliche Beiträge</h3>", COUNCIL),
    "heading of no related posts, Arabic": (f"{P}<h3>مقالات ذات صلة</h3>", COUNCIL),
    "contents of a theme, German": (
        "<p><strong>Inhalt</strong></p><ul><li><a href='#s'>Die Saat</a></li><li><a href='#e'>Die "
        f"Ernte</a></li></ul><h2 id='s'>Die Saat</h2>{P}<h2 id='e'>Die Ernte</h2>{Q}",
        f"Die Saat\n\n{COUNCIL}\n\nDie Ernte\n\n{TALKS}",
    ),
    "contents of a theme, numbered, Chinese": (
        f"<p>目录</p><ol><li>播种</li><li>收割</li></ol><h2>1. 播种</h2>{P}<h2>2. 收割</h2>{Q}",
        f"1. 播种\n\n{COUNCIL}\n\n2. 收割\n\n{TALKS}",
    ),
    # Calls to follow
    "line to follow, Arabic": (
        f'{P}<p>تابعونا على <a href="https://t.me/x_news">تلغرام</a></p>',
        COUNCIL,
    ),
    "line to follow, German, two networks": (
        f'{P}<p>Folgt uns auf <a href="https://www.facebook.com/site">Facebook</a> und '
        '<a href="https://www.instagram.com/site/">Instagram</a>!</p>',
        COUNCIL,
    ),
    "line to follow, Indonesian, news": (
        f'{P}<p>Ikuti berita kami di <a href="https://news.google.com/x">Google News</a></p>',
        COUNCIL,
    ),
    "line to listen, Russian": (
        f'{P}<p>Слушайте нас: <a href="https://pod.example/a">Apple Podcasts</a> · '
        '<a href="https://pod.example/b">YouTube</a></p>',
        COUNCIL,
    ),
    "line to donate, Spanish": (
        f'{P}<p>Apóyanos: <a href="https://www.patreon.com/site">Patreon</a></p>',
        COUNCIL,
    ),
    "line to join in the middle, Hindi": (
        f'{P}<p><a href="https://chat.whatsapp.com/Y">हमारे ग्रुप से जुड़ें</a></p>{Q}',
        BOTH,
    ),
    "table to join, Indonesian": (
        f'{P}<table><tr><td>Grup</td><td><a href="https://t.me/+Yyyy">Gabung</a></td></tr>'
        f'<tr><td>Kanal</td><td><a href="https://t.me/kanal">Ikuti</a></td></tr></table>{Q}',
        BOTH,
    ),
    "two lines to join, Chinese": (
        f'{P}<p><a href="https://t.me/abc">加入电报群</a></p><p><a href="https://discord.gg/x">加入讨论'
        "</a></p>",
        COUNCIL,
    ),
    # Places that scripts fill
    "place for advertisements, German": (f"{P}<p>Anzeige</p>{Q}", BOTH),
    "place for advertisements, Japanese": (f"{P}<p>スポンサーリンク</p>{Q}", BOTH),
    "place for advertisements, Russian": (f"{P}<div>- Реклама -</div>{Q}", BOTH),
    "place for advertisements, English": (f"{P}<p><em>ADVERTISEMENT</em></p>{Q}", BOTH),
    "place for advertisements, Spanish": (f"{P}<center>Publicidad</center>{Q}", BOTH),
    "place for buttons, French": (f"{P}<h3>Partager :</h3>", COUNCIL),
    "place for buttons, Chinese": (f"{P}<p>分享到：</p>", COUNCIL),
    "place for buttons, Indonesian": (f"{P}<p><strong>Bagikan ini:</strong></p>", COUNCIL),
    "place for buttons, English": (f"{P}<p>Share this:</p><p>Like this:</p>", COUNCIL),
    "names of networks for screen readers": (
        f'{P}<a href="https://x.example/"><span class="elementor-screen-only">Facebook</span></a>',
        COUNCIL,
    ),
    "link to the rest, German": (f'{P}<p><a href="{OWN}/w/">Weiterlesen →</a></p>', COUNCIL),
    "link to the rest, Spanish": (f'{P}<p><a href="{OWN}/w/">[Leer más…]</a></p>', COUNCIL),
    "link to the rest, Japanese": (f'{P}<p><a href="{OWN}/w/">続きを読む »</a></p>', COUNCIL),
    "link to the rest, Russian": (f'{P}<a href="{OWN}/w/">Читать далее</a>', COUNCIL),
    "link to the rest, Arabic": (f'{P}<p><a href="{OWN}/w/">اقرأ المزيد</a></p>', COUNCIL),
    # Sources, the page itself, players
    "source link, Japanese": (f'{P}<p><a href="https://news.example/4">出典</a></p>', COUNCIL),
    "source link, Indonesian": (f'{P}<p><a href="https://news.example/5">Sumber</a></p>', COUNCIL),
    "source link, Russian": (f'{P}<p>(<a href="https://news.example/6">Источник</a>)</p>', COUNCIL),
    "address of the page, Chinese": (
        f'{P}<p>本文链接：<a href="{OWN}/post/">{OWN}/post/</a><br />转载请注明出处</p>',
        COUNCIL,
    ),
    "address of the page, English": (
        f'{P}<p>Permalink: <a href="{OWN}/post/">this page</a></p>',
        COUNCIL,
    ),
    "tags, French": (
        f'{P}<p>Mots-clés : <a href="{OWN}/tag/pont/">pont</a>, '
        f'<a href="{OWN}/tag/bac/">bac</a></p>',
        COUNCIL,
    ),
    "player stub, German": (
        '<figure><img src="https://v.example/s.jpg"></figure><p>Abspielen</p><p>01:12:30</p>' + P,
        COUNCIL,
    ),
    "player stub, two times": (
        '<iframe src="https://v.example/embed/1"></iframe><p>0:00 / 3:15</p>' + P,
        COUNCIL,
    ),
    "player stub, Japanese": (
        f'<p><img src="https://v.example/s.jpg">再生</p><p>12:05</p>{P}',
        COUNCIL,
    ),
}
LOOKALIKES: dict[str, Case] = {
    "a link in a list of links stays": (
        f'{P}<p><a href="{OWN}/1/">The old bridge: a history</a></p>'
        f'<p><a href="{OWN}/2/">The new bridge: a plan</a></p>'
        f'<p><a href="{OWN}/3/">The river: a map of it</a></p>',
        f"{COUNCIL}\n\nThe old bridge: a history\n\nThe new bridge: a plan"
        "\n\nThe river: a map of it",
    ),
    "a reading list stays": (
        f'<p>Ann reads: <a href="{OWN}/1/">The Bridge over the Marsh</a></p>'
        f'<p>Ben reads: <a href="{OWN}/2/">Ferries and Fords of the North</a></p>'
        f'<p>Cem reads: <a href="{OWN}/3/">A Short History of Planks</a></p>{P}',
        "Ann reads: The Bridge over the Marsh\n\nBen reads: Ferries and Fords of the North\n\n"
        f"Cem reads: A Short History of Planks\n\n{COUNCIL}",
    ),
    "parts of a series stay": (
        f'{P}<p>Teil 1: <a href="{OWN}/1/">Die Brücke über das Moor</a></p>{Q}'
        f'<p>Teil 2: <a href="{OWN}/2/">Die Furt bei den Weiden</a></p>{P}',
        f"{COUNCIL}\n\nTeil 1: Die Brücke über das Moor\n\n{TALKS}\n\n"
        f"Teil 2: Die Furt bei den Weiden\n\n{COUNCIL}",
    ),
    "a label with a short link stays": (
        f'{P}<p>Adresse: <a href="{OWN}/ort/">Am Kai 3</a></p>{Q}',
        f"{COUNCIL}\n\nAdresse: Am Kai 3\n\n{TALKS}",
    ),
    "a file to fetch stays": (
        f'{P}<p>À télécharger : <a href="{OWN}/plan.pdf">Le plan complet du pont</a></p>{Q}',
        f"{COUNCIL}\n\nÀ télécharger : Le plan complet du pont\n\n{TALKS}",
    ),
    "a label with a link to another site stays": (
        f'{P}<p>Fuente: <a href="https://otro.example/x/">El puente viejo cierra hoy</a></p>{Q}',
        f"{COUNCIL}\n\nFuente: El puente viejo cierra hoy\n\n{TALKS}",
    ),
    "a link before prose stays": (
        f'<p>Baca juga: <a href="{OWN}/1/">Jembatan Lama Ditutup</a></p>{P}',
        f"Baca juga: Jembatan Lama Ditutup\n\n{COUNCIL}",
    ),
    "a sentence with a link stays": (
        f'{P}<p>У моста есть история: <a href="{OWN}/1/">Старый мост закрыт</a>, '
        "и она длинная.</p>",
        f"{COUNCIL}\n\nУ моста есть история: Старый мост закрыт, и она длинная.",
    ),
    "a part of the post with links stays": (
        f'{P}<h2>Three ways over</h2><ul><li><a href="{OWN}/1/">Over the Old Bridge</a></li></ul>'
        + Q,
        f"{COUNCIL}\n\nThree ways over\n\n- Over the Old Bridge\n\n{TALKS}",
    ),
    "what was said before stays": (
        f'{P}<p>We have discussed:</p><ul><li><a href="{OWN}/1/">how to cross the river</a></li>'
        f'<li><a href="{OWN}/2/">how to mend a ferry</a></li></ul>{Q}',
        f"{COUNCIL}\n\nWe have discussed:\n\n- how to cross the river\n- how to mend a ferry\n\n"
        f"{TALKS}",
    ),
    "a list with one link stays": (
        f'{P}<p>Wege:</p><ul><li><a href="{OWN}/1/">Über die Alte Brücke</a></li><li>Durch die '
        f"Furt</li></ul>{Q}",
        f"{COUNCIL}\n\nWege:\n\n- Über die Alte Brücke\n- Durch die Furt\n\n{TALKS}",
    ),
    "a list of posts is the post": (
        f'{P}<p>所有文章</p><ul><li><a href="{OWN}/1/">老桥今日关闭的消息</a></li>'
        f'<li><a href="{OWN}/2/">渡船再次开航的消息</a></li></ul>'
        f'<p><a href="{OWN}/4/">The old bridge and all that came after it, in four parts</a></p>',
        f"{COUNCIL}\n\n所有文章\n\n- 老桥今日关闭的消息\n- 渡船再次开航的消息\n\n"
        "The old bridge and all that came after it, in four parts",
    ),
    "a list of headings after a sentence stays": (
        f"{P}<ul><li>Saat</li><li>Ernte</li></ul><h2>Saat</h2>{Q}<h2>Ernte</h2>{Q}",
        f"{COUNCIL}\n\n- Saat\n- Ernte\n\nSaat\n\n{TALKS}\n\nErnte\n\n{TALKS}",
    ),
    "thanks to people on a network stay": (
        f'{P}<p>Thanks to <a href="https://twitter.com/ann">@ann</a> and '
        '<a href="https://twitter.com/ben">@ben</a>.</p>',
        f"{COUNCIL}\n\nThanks to @ann and @ben.",
    ),
    "credit of a picture stays": (
        f'{P}<p>Foto: <a href="https://www.instagram.com/ann/">Ann Doe</a></p>',
        f"{COUNCIL}\n\nFoto: Ann Doe",
    ),
    "a post of a network stays": (
        f'{P}<p>Сказала она <a href="https://twitter.com/ann/status/1">вчера вечером</a>.</p>',
        f"{COUNCIL}\n\nСказала она вчера вечером.",
    ),
    "a contact in a list stays": (
        f'{P}<ul><li>Mail: ann</li><li><a href="https://t.me/ann_doe">Telegram</a></li></ul>',
        f"{COUNCIL}\n\n- Mail: ann\n- Telegram",
    ),
    "a table with other links stays": (
        f'{P}<table><tr><td>Karte</td><td><a href="https://karte.example/">Öffnen</a></td></tr>'
        "</table>",
        f"{COUNCIL}\n\nKarte | Öffnen",
    ),
    "a named source stays, Indonesian": (
        f'{P}<p>Sumber: <a href="https://news.example/3">Kantor Pelabuhan</a></p>',
        f"{COUNCIL}\n\nSumber: Kantor Pelabuhan",
    ),
    "a heading about advertisements stays": (
        f"{P}<h2>Werbung</h2>{Q}",
        f"{COUNCIL}\n\nWerbung\n\n{TALKS}",
    ),
    "an item about advertisements stays": (
        f"{P}<ul><li>Реклама</li><li>Почта</li></ul>",
        f"{COUNCIL}\n\n- Реклама\n- Почта",
    ),
    "a part about sharing stays": (
        f"{P}<h3>Compartir</h3>{Q}",
        f"{COUNCIL}\n\nCompartir\n\n{TALKS}",
    ),
    "more in a sentence stays": (
        f'{P}<p>Es gibt <a href="{OWN}/w/">mehr</a> davon.</p>',
        f"{COUNCIL}\n\nEs gibt mehr davon.",
    ),
    "a related thing stays": (f"{P}<p>12 Monkeys</p>{Q}", f"{COUNCIL}\n\n12 Monkeys\n\n{TALKS}"),
    "a new address of the site stays": (
        '<p>我没办法再用旧的域名了，请大家记住新的地址并告诉朋友。</p><p>新地址 <a href="https://example.com/">'
        "https://example.com</a></p>",
        "我没办法再用旧的域名了，请大家记住新的地址并告诉朋友。\n\n新地址 https://example.com",
    ),
    "one account after its label stays": (
        f'{P}<p>Telegram: <a href="https://messages.example/ferry">the ferryman</a></p>',
        f"{COUNCIL}\n\nTelegram: the ferryman",
    ),
    "sources with labels stay": (
        f'{P}<p>Book: <a href="https://books.example/1">Low Water</a> '
        'GitHub: <a href="https://code.example/2">the tide table</a></p>',
        f"{COUNCIL}\n\nBook: Low Water GitHub: the tide table",
    ),
    "times of a programme stay": (
        f"{P}<p>12:30</p><p>Déjeuner</p>",
        f"{COUNCIL}\n\n12:30\n\nDéjeuner",
    ),
    "a stub that is most of the post stays": (
        f'<p>Der Rat hat den Bau der Brücke beschlossen.</p><p>Lesen Sie auch: <a href="{OWN}/k/">'
        f"{'Neue Fähre ab Mai ' * 14}</a></p>",
        "Der Rat hat den Bau der Brücke beschlossen.\n\nLesen Sie auch: "
        + ("Neue Fähre ab Mai " * 14).strip(),
    ),
}
NOT_YET: frozenset[str] = frozenset()


@pytest.mark.parametrize(("html", "text"), cases(FURNITURE | BOXES | STUBS | LOOKALIKES, NOT_YET))
def test_furniture(html: str, text: str) -> None:
    assert clean(html).text == text


def test_what_is_not_yet_right_is_a_case() -> None:
    assert FURNITURE.keys() >= NOT_YET


def test_no_name_stands_in_two_tables() -> None:
    tables = [FURNITURE, BOXES, STUBS, LOOKALIKES]
    assert sum(map(len, tables)) == len({name for table in tables for name in table})


@pytest.mark.parametrize("html", [html for html, _ in STUBS.values()])
def test_a_second_pass_finds_the_same_stubs(html: str) -> None:
    once = clean(html)
    again = clean(once.html)
    assert (again.text, again.links) == (once.text, once.links)
    assert [block.get("removed") for block in again.blocks] == [
        block.get("removed") for block in once.blocks
    ]


def test_a_stub_stands_among_the_blocks_with_its_reason() -> None:
    content = clean(
        f'{P}<p>Fin.<br />Voir : <a href="{OWN}/b/">Le bac reprend en mai prochain</a></p>'
    )
    assert content.blocks[1:] == [
        {"kind": "paragraph", "text": "Fin."},
        {
            "kind": "paragraph",
            "text": "Voir : Le bac reprend en mai prochain",
            "tight": True,
            "removed": "other_post",
        },
    ]
    assert content.text == f"{COUNCIL}\n\nFin."
    assert content.links == [{"url": f"{OWN}/b/", "text": "Le bac reprend en mai prochain"}]


BUTTON = 'style="background:#c00;color:#fff;padding:8px;text-decoration:none"'
PROSE_BEFORE = (
    "<p>The harbour froze over in January, and nobody knew when that had last happened.</p>"
)


@pytest.mark.parametrize("look", [BUTTON, 'class="btn"'])
@pytest.mark.parametrize(
    "form",
    [
        "<table><tr><td>Row</td><td>{}</td></tr></table>",
        "<ul><li>{}</li></ul>",
        "<h2>{}</h2><p>More of it.</p>",
    ],
)
def test_a_button_that_a_cell_an_item_or_a_heading_is_about_stays(form: str, look: str) -> None:
    button = f'<a {look} href="https://shop.example/">Chapter one</a>'
    assert "Chapter one" in clean(PROSE_BEFORE + form.format(button)).text


@pytest.mark.parametrize("look", [BUTTON, 'class="btn"'])
def test_buttons_that_are_most_of_a_post_stay(look: str) -> None:
    buttons = [
        f'<p><a {look} href="https://s.example/{n}/">The shop in street {n}</a></p>'
        for n in range(6)
    ]
    content = clean(PROSE_BEFORE + "".join(buttons))
    assert content.text.count("The shop") == len(content.links) == 6
    long = clean(PROSE_BEFORE * 8 + "".join(buttons[:3]))
    assert "The shop" not in long.text
    assert long.text.count("The harbour") == 8
    assert "The shop" not in clean(PROSE_BEFORE + buttons[0]).text


def test_prose_under_a_player_stays() -> None:
    player = '<p><iframe src="https://www.youtube.com/embed/abc"></iframe></p>'
    watch = "https://www.youtube.com/watch?v="
    line = f'<p>See <a href="{watch}one">part one</a> and <a href="{watch}two">part two</a>.</p>'
    assert "See part one" in clean(PROSE_BEFORE + player + line + PROSE_BEFORE).text
    own = f'<p><a href="{watch}abc">Ropes</a> by <a href="https://youtube.com/@q">Quay</a></p>'
    assert "Ropes" not in clean(PROSE_BEFORE + player + own + PROSE_BEFORE).text


def test_a_score_that_is_no_number_of_stars_stays() -> None:
    for score, stays in (("Our score: 8.5 (12 points)", True), ("Votes: 4.2 (12 votes)", False)):
        assert (score in clean(f"{PROSE_BEFORE}<p>{score}</p>").text) is stays
