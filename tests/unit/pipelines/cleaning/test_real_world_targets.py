"""Links, images and embeds of kinds that real sites were found to have, with variants."""

import pytest

from tests.cleaning import Case, cases, clean

G = "data:image/gif;base64,R0"
YOUTUBE = "https://www.youtube.com/watch?v=abc123"

LINKS: dict[str, Case] = {
    "bare addresses": (
        "<p>Our wallet: https://iden.example/wallet<br />https://medium.example/p/1</p>",
        [("https://iden.example/wallet",) * 2, ("https://medium.example/p/1",) * 2],
    ),
    "bare address before a full stop": (
        "<p>Siehe https://iden.example/a. Danke.</p>",
        [("https://iden.example/a",) * 2],
    ),
    "bare address in parentheses": (
        "<p>(voir http://iden.example/b)</p>",
        [("http://iden.example/b",) * 2],
    ),
    "bare address before a Chinese full stop": (
        "<p>见https://iden.example/c。谢谢</p>",
        [("https://iden.example/c",) * 2],
    ),
    "bare address, Russian letters in it": (
        "<p>Статья: https://iden.example/Мост_(Пенза), раздел 2.</p>",
        [("https://iden.example/Мост_(Пенза)",) * 2],
    ),
    "bare address before a quotation mark": (
        "<p>„https://iden.example/e“ sagt mehr; https://iden.example/f!</p>",
        [("https://iden.example/e",) * 2, ("https://iden.example/f",) * 2],
    ),
    "bare address with a port and a query": (
        "<p>Lihat http://iden.example:8080/x?a=1&amp;b=2#c ya.</p>",
        [("http://iden.example:8080/x?a=1&b=2#c",) * 2],
    ),
    "bare address within Thai": (
        "<p>ดูที่https://iden.example/gนะครับ</p>",
        [("https://iden.example/g",) * 2],
    ),
    "an address of this machine stays text": ("<p>Open http://localhost:3000/x now</p>", []),
    "an address cut by markup stays text": ("<p>See http://<b>host</b>/x</p>", []),
    "Markdown within Japanese": (
        "<p>**[記録](https://guest.example/3)**を見る。</p>",
        [("https://guest.example/3", "記録")],
    ),
    "Markdown, an image": ("<p>![Brücke](https://guest.example/b.jpg)</p>", []),
    "Markdown within a link": (
        '<p><a href="https://guest.example/">[x](https://guest.example/4)</a></p>',
        [("https://guest.example/", "x")],
    ),
    "bare address within code": ("<pre>curl https://iden.example/d</pre>", []),
    "address that is a link already": (
        '<p><a href="https://iden.example/e">https://iden.example/e</a></p>',
        [("https://iden.example/e",) * 2],
    ),
    "broken scheme, letter too many": (
        '<p>See <a href="httpss://site.example/law/">the law</a>.</p>',
        [("https://site.example/law/", "the law")],
    ),
    "broken scheme, no colon": (
        '<p><a href="http//site.example/a">a</a></p>',
        [("http://site.example/a", "a")],
    ),
    "broken scheme, twice": (
        '<p><a href="http://https://site.example/b">b</a></p>',
        [("https://site.example/b", "b")],
    ),
    "broken scheme, one slash": (
        '<p><a href="https:/site.example/c">c</a></p>',
        [("https://site.example/c", "c")],
    ),
    "text with a line break": (
        "<h2><a href='https://example.test/a'>Part 1:<br/>The start</a></h2>",
        [("https://example.test/a", "Part 1: The start")],
    ),
    "text around an image": (
        '<a href="https://example.test/b">vorher<img src="/x.png" alt="">nachher</a>',
        [("https://example.test/b", "vorher nachher")],
    ),
    "text of two blocks": (
        '<a href="https://example.test/c"><h3>Мост</h3><p>Новый</p></a>',
        [("https://example.test/c", "Мост Новый")],
    ),
    "text with a break of words": (
        '<a href="https://example.test/d">un<wbr>believable</a>',
        [("https://example.test/d", "unbelievable")],
    ),
    "Markdown": (
        "<p>[Website of the guest](https://guest.example/)</p>",
        [("https://guest.example/", "Website of the guest")],
    ),
    "Markdown within prose": (
        "<p>Lire [la suite](https://guest.example/2), vite.</p>",
        [("https://guest.example/2", "la suite")],
    ),
    "Markdown, two in a line": (
        "<p>[A](https://guest.example/a) and [B](https://guest.example/b)</p>",
        [("https://guest.example/a", "A"), ("https://guest.example/b", "B")],
    ),
    "Markdown within code": ("<pre>[a](https://guest.example/)</pre>", []),
    "white link on nothing": (
        '<p>That was it. <a style="color:#FFFFFF" href="http://shop.example/">clocks</a></p>',
        [],
    ),
    "links in a hidden block": (
        '<div style="display:none"><a href="http://shop.example/1">a</a></div>',
        [],
    ),
    "links off screen": (
        '<div style="position:absolute;left:-5000px"><a href="http://shop.example/">a</a></div>',
        [],
    ),
    "white link on a button": (
        '<a style="background:#c00;color:#fff" href="https://example.test/e">Go</a>',
        [("https://example.test/e", "Go")],
    ),
}
IMAGES: dict[str, Case] = {
    "cover, fixed background": (
        "<div class='wp-block-cover has-parallax'><div role='img' aria-label='Harbour' "
        "class='wp-block-cover__image-background has-parallax' "
        "style='background-position:50% 50%;background-image:url(https://example.test/h.jpg)'>"
        "</div><div class='wp-block-cover__inner-container'><p>Port news</p></div></div>",
        ["https://example.test/h.jpg"],
    ),
    "cover, old": (
        '<div class="wp-block-cover has-parallax alignfull" '
        'style="background-image:url(https://example.test/c.jpg)"></div>',
        ["https://example.test/c.jpg"],
    ),
    "cover, quoted address": (
        """<div class="wp-block-cover" style='background-image:url("/u/d.jpg")'>x</div>""",
        ["https://example.com/u/d.jpg"],
    ),
    "background by shorthand": (
        '<section style="background: #000 url(/u/e.jpg) no-repeat">x</section>',
        ["https://example.com/u/e.jpg"],
    ),
    "gradient is no image": (
        '<div class="wp-block-cover" style="background-image:linear-gradient(#000,#fff)">x</div>',
        [],
    ),
    "lazy, Avada": (
        "<img class='lazyload' src='data:image/svg+xml,%3Csvg%3E' "
        "data-orig-src='https://example.test/a.jpg' alt='A'>",
        ["https://example.test/a.jpg"],
    ),
    "lazy, NitroPack": (
        f"<img nitro-lazy-src='https://example.test/b.jpg' src='{G}' alt='B'>",
        ["https://example.test/b.jpg"],
    ),
    "lazy, Breeze": (
        f"<img data-breeze='https://example.test/c.jpg' src='{G}' alt='C'>",
        ["https://example.test/c.jpg"],
    ),
    "lazy, WP Fastest Cache": (
        f"<img data-wpfc-original-src='https://example.test/d.jpg' src='{G}' alt='D'>",
        ["https://example.test/d.jpg"],
    ),
    "lazy, Revolution Slider": (
        f"<img data-lazyload='https://example.test/e.jpg' src='{G}' alt='E'>",
        ["https://example.test/e.jpg"],
    ),
    "lazy, unknown attribute with a path": (
        f"<img data-zz-picture='/u/f.webp?x=1' src='{G}' alt='F'>",
        ["https://example.com/u/f.webp?x=1"],
    ),
    "lazy, attribute that is no picture": (
        f"<img data-page='https://example.test/page/' src='{G}' alt='G'>",
        [],
    ),
    "lazy, a file as placeholder": (
        "<img data-ll-src='/u/l.png' src='/wp-content/plugins/lazy/blank.gif' alt='L'>",
        ["https://example.com/u/l.png"],
    ),
    "a placeholder alone is kept": (
        '<img src="/u/loading.gif" alt="M">',
        ["https://example.com/u/loading.gif"],
    ),
    "background in an attribute": (
        '<section data-background="/u/n.jpg">x</section>',
        ["https://example.com/u/n.jpg"],
    ),
    "a colour is no image": ('<section data-background="#fff" data-bg="red">x</section>', []),
    "a usable source wins": (
        '<img src="/u/h.jpg" data-full-page="/u/other.jpg" alt="H">',
        ["https://example.com/u/h.jpg"],
    ),
    "picture, source only": (
        "<picture><source data-srcset='https://example.test/a.webp 800w' "
        f"srcset='{G}'><img src='{G}' alt='A'></picture>",
        ["https://example.test/a.webp"],
    ),
    "picture, two sources": (
        '<picture><source srcset="/u/i.avif 400w, /u/i-big.avif 1200w" type="image/avif">'
        f'<source srcset="/u/i.webp"><img src="{G}" alt="I"></picture>',
        ["https://example.com/u/i-big.avif"],
    ),
    "picture, image of its own": (
        '<picture><source srcset="/u/j.webp"><img src="/u/j.jpg" alt="J"></picture>',
        ["https://example.com/u/j.jpg"],
    ),
    "image in a hidden block": (
        '<div style="display: none;"><p>007</p><img src="/u/k.jpg" alt="Train"></div>',
        ["https://example.com/u/k.jpg"],
    ),
}
EMBEDS: dict[str, Case] = {
    "AMP, YouTube": ("<amp-youtube data-videoid='abc123'></amp-youtube>", "abc123"),
    "AMP, Vimeo": ("<amp-vimeo data-videoid='987654'></amp-vimeo>", "987654"),
    "AMP, tweet": ("<amp-twitter data-tweetid='1122334455'></amp-twitter>", "1122334455"),
    "AMP, Instagram": ("<amp-instagram data-shortcode='Bx1'></amp-instagram>", "/p/Bx1"),
    "lite player, YouTube": ("<lite-youtube videoid='abc123'></lite-youtube>", "abc123"),
    "lite player, Vimeo": ("<lite-vimeo videoid='987654'></lite-vimeo>", "987654"),
    "shortcode, YouTube": (f"<p>[youtube={YOUTUBE}&amp;w=640]</p>", YOUTUBE),
    "shortcode, Vimeo": ("<p>See [vimeo https://vimeo.com/987654 w=500] now.</p>", "/987654"),
    "shortcode, audio": (
        '<p>[audio mp3="/x" ogg="https://example.com/one.ogg"][/audio]</p>',
        ".ogg",
    ),
    "shortcode, audio player": (
        "<p>[audio:https://example.com/one.mp3|titles=One]</p>",
        "https://example.com/one.mp3",
    ),
    "shortcode, typographic quotation marks": (
        "<p>[video src=&#8221;https://example.com/two.mp4&#8243;]</p>",
        "https://example.com/two.mp4",
    ),
    "block that was not resolved": (
        "<figure class='wp-block-embed is-type-video is-provider-youtube'>"
        f"<div class='wp-block-embed__wrapper'>\n{YOUTUBE}\n</div></figure>",
        YOUTUBE,
    ),
    "block that was not resolved, of another provider": (
        "<figure class='wp-block-embed is-provider-spotify'><div class='wp-block-embed__wrapper'>"
        "https://open.spotify.example/episode/1</div></figure>",
        "https://open.spotify.example/episode/1",
    ),
    "block that was not resolved, with a link": (
        "<figure class='wp-block-embed-vimeo wp-block-embed'><div "
        'class="wp-block-embed__wrapper"><a href="https://vimeo.com/987654">'
        "https://vimeo.com/987654</a></div></figure>",
        "https://vimeo.com/987654",
    ),
    "consent, Complianz": (
        "<iframe class='cmplz-placeholder-element cmplz-iframe' "
        "data-src-cmplz='https://www.youtube.com/embed/abc123' src='about:blank'></iframe>",
        "https://www.youtube.com/embed/abc123",
    ),
    "consent, Cookiebot": (
        "<iframe data-cookieblock-src='https://www.youtube.com/embed/abc123'></iframe>",
        "https://www.youtube.com/embed/abc123",
    ),
    "consent, Borlabs": (
        '<div class="brlbs-cmpnt-content-blocker" data-borlabs-cookie-content="'
        "PGlmcmFtZSBzcmM9Imh0dHBzOi8vd3d3LnlvdXR1YmUuY29tL2VtYmVkL2FiYzEyMyI+PC9pZnJhbWU+"
        '"><p>Load</p></div>',
        "https://www.youtube.com/embed/abc123",
    ),
    "consent, Iubenda": (
        "<iframe class='_iub_cs_activate' suppressedsrc='https://player.vimeo.com/video/987654' "
        "src='//cdn.iubenda.com/cookie_solution/empty.html'></iframe>",
        "https://player.vimeo.com/video/987654",
    ),
    "consent, Real Cookie Banner": (
        '<iframe consent-original-src-_="https://www.youtube.com/embed/abc123"></iframe>',
        "https://www.youtube.com/embed/abc123",
    ),
    "lite player, WP YouTube Lyte": (
        '<div class="lyte-wrapper"><div class="lyMe" id="WYL_abcdefghijk"></div></div>',
        "https://www.youtube.com/embed/abcdefghijk",
    ),
    "lite player, an id": (
        '<div class="youtube-embed" data-video_id="abc123"></div>',
        "https://www.youtube.com/embed/abc123",
    ),
    "consent, unknown attribute": (
        "<iframe data-zz-blocked='https://www.youtube.com/embed/abc123' src='about:blank'>"
        "</iframe>",
        "https://www.youtube.com/embed/abc123",
    ),
    "Elementor, YouTube": (
        "<div class='elementor-widget elementor-widget-video' data-settings='{&quot;youtube_url"
        "&quot;:&quot;https:\\/\\/www.youtube.com\\/watch?v=abc123&quot;,&quot;video_type&quot;:"
        "&quot;youtube&quot;}'><div class='elementor-video'></div></div>",
        "abc123",
    ),
    "Elementor, Vimeo": (
        "<div class='elementor-widget-video' data-settings='{&quot;vimeo_url&quot;:&quot;"
        "https:\\/\\/vimeo.com\\/987654&quot;,&quot;video_type&quot;:&quot;vimeo&quot;}'></div>",
        "https://vimeo.com/987654",
    ),
    "Elementor, a file": (
        "<div class='elementor-widget-video' data-settings='{&quot;video_type&quot;:&quot;hosted"
        "&quot;,&quot;hosted_url&quot;:{&quot;url&quot;:&quot;https:\\/\\/site.example\\/v.mp4"
        "&quot;,&quot;id&quot;:7}}'></div>",
        "https://site.example/v.mp4",
    ),
    "gist": (
        "<script src='https://gist.github.com/u/abc123.js'></script>"
        "<noscript><a href='https://gist.github.com/u/abc123'>View this gist</a></noscript>",
        "gist.github.com/u/abc123",
    ),
    "gist, script alone": (
        "<p>Código:</p><script src='https://gist.github.com/u/def456.js?file=a.py'></script>",
        "gist.github.com/u/def456",
    ),
    "slides, script alone": (
        '<script async class="speakerdeck-embed" data-id="abc123" data-ratio="1.3" '
        'src="//speakerdeck.com/assets/embed.js"></script>',
        "https://speakerdeck.com/player/abc123",
    ),
    "recording of a terminal, script alone": (
        '<p>See:</p><script src="https://asciinema.org/a/14.js" id="asciicast-14" async></script>',
        "https://asciinema.org/a/14",
    ),
    "gist, of a plug-in": (
        '<div class="oembed-gist"><script src="https://gist.github.com/fed789.js"></script>'
        '<noscript>View <a href="https://gist.github.com/fed789">gist</a>.</noscript></div>',
        "gist.github.com/fed789",
    ),
    "playlist of audio": (
        "<div class='wp-playlist wp-audio-playlist'><audio controls='controls' preload='none'>"
        "</audio><noscript><ol><li><a href='https://example.test/one.mp3'>One</a></li></ol>"
        "</noscript><script type='application/json' class='wp-playlist-script'>{\"type\":"
        '"audio","tracks":[{"src":"https://example.test/one.mp3"}]}</script></div>',
        "one.mp3",
    ),
    "playlist, second track": (
        "<div class='wp-playlist wp-audio-playlist'><audio></audio><noscript><ol>"
        "<li><a href='https://example.test/one.mp3'>One</a></li>"
        "<li><a href='https://example.test/two.mp3'>Two</a></li></ol></noscript></div>",
        "two.mp3",
    ),
    "playlist of video": (
        "<div class='wp-playlist wp-video-playlist'><video></video><noscript><ol>"
        "<li><a href='https://example.test/film.mp4'>Film</a></li></ol></noscript></div>",
        "film.mp4",
    ),
}
TITLES: dict[str, Case] = {
    "tweet with a line break": (
        "<blockquote class='twitter-tweet'><p>line one<br>line two</p>&mdash; A (@a) "
        "<a href='https://twitter.com/a/status/1'>May 1</a></blockquote>",
        ["line one line two — A (@a) May 1"],
    ),
    "tweet of two paragraphs": (
        "<blockquote class='twitter-tweet'><p>eins</p><p>zwei</p>"
        "<a href='https://twitter.com/a/status/2'>2. Mai</a></blockquote>",
        ["eins zwei 2. Mai"],
    ),
    "card of a post": (
        "<blockquote class='wp-embedded-content'><a href='https://site.example/q/'>Мост<br>"
        "открыт</a></blockquote>",
        ["Мост открыт"],
    ),
}

NOT_YET: frozenset[str] = frozenset()


@pytest.mark.parametrize(("html", "links"), cases(LINKS, NOT_YET))
def test_links(html: str, links: list[tuple[str, str]]) -> None:
    assert [(link["url"], link["text"]) for link in clean(html).links] == links


@pytest.mark.parametrize(("html", "urls"), cases(IMAGES, NOT_YET))
def test_images(html: str, urls: list[str]) -> None:
    assert [image["url"] for image in clean(html).images] == urls


@pytest.mark.parametrize(("html", "part"), cases(EMBEDS, NOT_YET))
def test_embeds(html: str, part: str) -> None:
    assert [embed["url"] for embed in clean(html).embeds if part in embed["url"]] != []


@pytest.mark.parametrize(("html", "titles"), cases(TITLES, NOT_YET))
def test_titles_of_embeds(html: str, titles: list[str]) -> None:
    assert [embed["title"] for embed in clean(html).embeds] == titles


def test_what_is_not_yet_right_is_a_case() -> None:
    assert {*LINKS, *IMAGES, *EMBEDS, *TITLES} >= NOT_YET
