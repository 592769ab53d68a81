"""Make the site-level gold sets: `python -m samples.gold.make_sites` writes `sites/*.json`.

Each site repeats what sites repeat (noise), and what must stay although it recurs (text). All of it
is made up.
"""

import random
from pathlib import Path

from samples.gold.languages import (
    CHINESE,
    ENGLISH,
    FRENCH,
    GERMAN,
    INDONESIAN,
    JAPANESE,
    RUSSIAN,
    SPANISH,
)
from samples.gold.pieces import (
    MadeSite,
    Piece,
    code,
    heading,
    items,
    linked,
    noise,
    paragraph,
    raw,
    rows,
)

HERE = Path(__file__).parent / "sites"


def low_water_hour(number: int, rng: random.Random) -> list[Piece]:
    """Return an episode of a podcast: an intro, notes, standing headings, sponsors, a tail."""
    if number == 7:  # a trailer that is nothing but the standing line: a post keeps its body
        return [LOW_WATER_INTRO]
    pieces = [noise(LOW_WATER_INTRO), ENGLISH.paragraph(rng, 3), ENGLISH.paragraph(rng)]
    pieces.append(heading("In this episode"))
    minutes = sorted(rng.sample(range(2, 58), 4))
    pieces.append(items(*(f"{minute:02}:30 {ENGLISH.title(rng)}" for minute in minutes)))
    if number % 2:
        pieces.append(heading("Links"))
        url = f"https://books.example/{number}"
        pieces.append(linked("Book of the week:", ENGLISH.title(rng), url))
    if number % 3 == 0:
        pieces.append(paragraph("Ada"))  # her sign-off
    if number % 5 < 2:
        line = f"This episode is supported by Brasswork. Use code TIDE{number} for 10% off."
        pieces.append(noise(paragraph(line)))
    tail = "Rate and review us wherever you listen, it takes a minute and helps a great deal."
    pieces.append(noise(paragraph(tail)))
    if number > 12:  # the site got a new footer
        pieces.append(noise(LOW_WATER_NETWORKS))
    return pieces


LOW_WATER_INTRO = paragraph(
    "Low Water Hour is a weekly conversation about tides, tools and the people who mend them."
)
LOW_WATER_NETWORKS = raw(
    '<p>Find us: <a href="https://pod.example/a">Apple Podcasts</a> | '
    '<a href="https://pod.example/s">Overcast</a> | <a href="https://m.example/@lwh">Mastodon</a>'
    "</p>",
    "Find us: Apple Podcasts | Overcast | Mastodon",
)

GERMAN_BOX = raw(
    '<div class="nl-teaser"><h4>Der Morgenbrief</h4><p>Jeden Werktag um sechs: das Wichtigste aus '
    'dem Kreis in Ihrem Postfach.</p><p><a href="/morgenbrief/">Kostenlos anmelden</a></p></div>',
    "Der Morgenbrief",
    "Jeden Werktag um sechs: das Wichtigste aus dem Kreis in Ihrem Postfach.",
    "Kostenlos anmelden",
)


def kreisblatt(number: int, rng: random.Random) -> list[Piece]:
    """Return a piece of regional news: also-read lines, a box, notices, a table of prices."""
    pieces = [GERMAN.paragraph(rng, 3)]
    if number % 4 == 1:
        pieces.append(noise(raw('<p class="c">– Anzeige –</p>', "– Anzeige –")))
    pieces.append(GERMAN.paragraph(rng))
    title = GERMAN.title(rng)
    pieces.append(noise(linked("Lesen Sie auch:", title, f"https://site.example/{number + 900}/")))
    pieces.append(GERMAN.paragraph(rng))
    if number % 3 == 0:
        pieces.append(noise(GERMAN_BOX))
    pieces.append(GERMAN.paragraph(rng))
    if number % 4 == 0:  # the same prices in many posts are text
        pieces.append(heading("Eintritt"))
        pieces.append(rows(("Erwachsene", "4 €"), ("Kinder", "frei")))
        pieces.append(items("Karten nur an der Abendkasse", f"Beginn: {number % 12 + 8} Uhr"))
        pieces += [GERMAN.paragraph(rng), GERMAN.paragraph(rng), GERMAN.paragraph(rng)]
    if number % 6 == 0:
        pieces.append(paragraph("jb"))  # the writer's sign
    year = 2015 + number % 8
    notice = f"© Kreisblatt {year}. Nachdruck nur mit schriftlicher Genehmigung der Redaktion."
    pieces.append(noise(paragraph(notice)))
    return pieces


RANKING = raw(
    "<p>ランキングに参加しています。よろしければ応援の一票をお願いします。<br />"
    '<a href="https://rank.example/in">田舎暮らしブログ村</a></p>',
    "ランキングに参加しています。よろしければ応援の一票をお願いします。",
    "田舎暮らしブログ村",
)


def saka_no_ue(number: int, rng: random.Random) -> list[Piece]:
    """Return a day of a diary: a greeting, standing headings, a tail of rankings."""
    pieces = [paragraph("おはようございます。"), JAPANESE.paragraph(rng, 3)]
    pieces.append(JAPANESE.paragraph(rng))
    if number % 2:
        pieces.append(heading("今日の天気"))
        pieces.append(JAPANESE.paragraph(rng))
    if number % 3 == 0:
        pieces.append(heading("買い物メモ"))
        pieces.append(items("豆腐　百円", "味噌　六百円", JAPANESE.title(rng)))
        pieces += [JAPANESE.paragraph(rng), JAPANESE.paragraph(rng), JAPANESE.paragraph(rng)]
    if number % 4 == 0:
        pieces.append(paragraph("また明日。"))
    if number % 7 == 3:
        pieces.append(
            noise(linked("関連記事：", JAPANESE.title(rng), f"https://site.example/{number}"))
        )
    pieces.append(noise(RANKING))
    if number > 18:
        notice = "当ブログの写真や文章を無断で転載することはご遠慮ください。"
        pieces.append(noise(paragraph(notice)))
    return pieces


REFRAIN = "Et l’eau s’en va, s’en va."


def eau_et_pain(number: int, rng: random.Random) -> list[Piece]:
    """Return a poem or a market note: refrains, prices in lists, a notice, a frame of a series."""
    pieces = []
    if number % 3 == 0:
        frame = f"Ce texte est le numéro {number} de la série « Un village en cent poèmes »."
        pieces.append(noise(paragraph(frame)))
    if number % 4 != 1:  # a song with the refrain of other songs
        for _ in range(3):
            verses = [FRENCH.line(rng, 1) for _ in range(3)]
            pieces.append(paragraph(*verses, REFRAIN))
    else:
        pieces.append(FRENCH.paragraph(rng, 3))
        pieces.append(heading("Le marché du samedi"))
        pieces.append(items("Pain de seigle, 3 €", f"Miel, {number} €", "Œufs, 2 €"))
        pieces.append(paragraph("https://carte.example/saint-orlac"))  # a lone address
        pieces.append(FRENCH.paragraph(rng))
    if number % 5 == 0:
        pieces.append(paragraph("À bientôt !"))
    shop = "Le recueil est en vente à la librairie de la halle et par correspondance."
    if number % 2 == 0:
        pieces.append(noise(paragraph(shop)))
    rights = "Textes déposés. Toute reproduction, même partielle, est interdite sans accord écrit."
    pieces.append(noise(raw(f'<p style="text-align:right"><small>{rights}</small></p>', rights)))
    return pieces


JOIN_GROUP = raw(
    '<p>Dapatkan berita pilihan setiap hari. Ayo bergabung di <a href="https://t.me/x">grup '
    "Telegram</a> kami.</p>",
    "Dapatkan berita pilihan setiap hari. Ayo bergabung di grup Telegram kami.",
)


def kabar_lembayung(number: int, rng: random.Random) -> list[Piece]:
    """Return a piece of news: lines to other posts between all paragraphs, prices, a tail."""
    pieces = [INDONESIAN.paragraph(rng, 3)]
    for turn in range(rng.randint(1, 2)):
        url = f"https://site.example/{number * 10 + turn}/"
        pieces.append(noise(linked("Baca juga:", INDONESIAN.title(rng), url)))
        pieces.append(INDONESIAN.paragraph(rng))
    if number % 4 == 2:
        pieces.append(heading("Daftar harga"))
        pieces.append(items("Beras Rp 14.000", f"Cabai Rp {number}.500", "Telur Rp 29.000"))
        pieces += [INDONESIAN.paragraph(rng), INDONESIAN.paragraph(rng)]
    if number % 3 == 1:
        pieces.append(paragraph("(red)"))
    pieces.append(noise(JOIN_GROUP))
    if number % 2:
        follow = "Ikuti kami di Google News untuk berita terbaru dari Lembayung dan sekitarnya."
        pieces.append(noise(paragraph(follow)))
    return pieces


IMPORTS = "import sys\nfrom pathlib import Path"


def zapiski_dezhurnogo(number: int, rng: random.Random) -> list[Piece]:
    """Return a post about programs: code that recurs, standing headings, warnings, a tail."""
    pieces = []
    if number % 3 == 1:
        warning = (
            "Материал проверен на стенде редакции. Автор не отвечает за потерю данных: "
            "перед работой сделайте резервную копию."
        )
        pieces.append(noise(raw(f'<div class="note"><p>{warning}</p></div>', warning)))
    pieces.append(RUSSIAN.paragraph(rng, 3))
    pieces.append(code(IMPORTS))
    pieces.append(RUSSIAN.paragraph(rng))
    pieces.append(code(f"print(sum(range({number})))\nsys.exit(0)"))
    if number % 2:
        pieces.append(heading("Вывод"))
        pieces.append(RUSSIAN.paragraph(rng))
    if number % 4 == 0:
        pieces.append(paragraph("Удачи!"))
    tail = raw(
        '<p>Обсудить статью можно в <a href="https://t.me/x">нашем чате</a>, новые записи выходят '
        "по четвергам.</p>",
        "Обсудить статью можно в нашем чате, новые записи выходят по четвергам.",
    )
    pieces.append(noise(tail))
    if number in (5, 11, 23):  # too rare to be learned
        pieces.append(noise(paragraph("Мы переехали на новый сервер, простите за перебои.")))
    return pieces


def jiang_an(number: int, rng: random.Random) -> list[Piece]:
    """Return a part of a series: a frame with its number, a heading that recurs, a tail."""
    frame = f"本文是「江岸人家」系列的第{number}篇，每周三更新，欢迎从第一篇读起。"
    pieces = [noise(paragraph(frame)), CHINESE.paragraph(rng, 3), CHINESE.paragraph(rng)]
    pieces.append(heading("后来"))
    pieces.append(CHINESE.paragraph(rng))
    if number % 3 == 0:
        pieces.append(paragraph("（完）"))
    before = CHINESE.title(rng)
    follow = raw(
        '<section><p>长按二维码关注公众号，点一下“在看”，让更多朋友看到。</p><p>上一篇：<a href="'
        f'https://site.example/{number - 1}/">{before}</a></p></section>',
        "长按二维码关注公众号，点一下“在看”，让更多朋友看到。",
        f"上一篇：{before}",
    )
    pieces.append(noise(follow))
    return pieces


DUMMY = [
    "This is the body that the theme shows wherever nobody has written anything yet.",
    "It has a second paragraph, so that the space between paragraphs can be judged by eye.",
    "A third one is longer, because headings, pictures and buttons have to stand beside some text "
    "that runs over several lines on a telephone.",
]


def theme_demo(number: int, rng: random.Random) -> list[Piece]:
    """Return a post of a theme's demonstration: all have one body, and it must not be lost."""
    pieces = [paragraph(line) for line in DUMMY]
    if number % 5 == 0:
        pieces.insert(1, ENGLISH.paragraph(rng))
    if number % 2:
        pieces.insert(2, items("First point of the list", "Second point of the list"))
    return pieces


CHANNEL = paragraph(
    "Canal Valdeluna cuenta la vida de la comarca en vídeos breves: oficios, caminos, fiestas y la "
    "gente que los mantiene. Nuevo vídeo cada viernes por la tarde."
)


def canal_valdeluna(number: int, rng: random.Random) -> list[Piece]:
    """Return a video with the standing blurb of the channel, which may be all its text."""
    frame = f"https://www.youtube.com/embed/valdeluna{number:02}"
    player = raw(f'<p><iframe src="{frame}" width="560" height="315"></iframe></p>')
    if number % 3 == 0:
        return [player, CHANNEL]
    pieces = [player, SPANISH.paragraph(rng), SPANISH.paragraph(rng, 3)]
    if number % 4 == 0:
        pieces.append(heading("Ficha"))
        pieces.append(items("Cámara: Tere", f"Duración: {number % 9 + 2} minutos", "Sin música"))
        pieces += [SPANISH.paragraph(rng), SPANISH.paragraph(rng)]
    pieces.append(noise(CHANNEL))
    return pieces


SITES = [
    MadeSite("low-water-hour", "en", "classic", "tune", "a podcast", 36, ENGLISH, low_water_hour),
    MadeSite("kreisblatt", "de", "block", "tune", "regional news", 40, GERMAN, kreisblatt),
    MadeSite("kabar-lembayung", "id", "classic", "tune", "news", 30, INDONESIAN, kabar_lembayung),
    MadeSite("jiang-an", "zh", "classic", "tune", "a series", 25, CHINESE, jiang_an),
    MadeSite("theme-demo", "en", "block", "tune", "one body", 24, ENGLISH, theme_demo),
    MadeSite(
        "canal-valdeluna", "es", "classic", "held_out", "videos", 30, SPANISH, canal_valdeluna
    ),
    MadeSite("saka-no-ue", "ja", "classic", "held_out", "a diary", 35, JAPANESE, saka_no_ue),
    MadeSite("eau-et-pain", "fr", "block", "held_out", "poems, markets", 32, FRENCH, eau_et_pain),
    MadeSite("zapiski", "ru", "block", "held_out", "code", 30, RUSSIAN, zapiski_dezhurnogo),
]


def main() -> None:
    """Write all files."""
    HERE.mkdir(exist_ok=True)
    for site in SITES:
        (HERE / f"{site.name}.json").write_text(site.written(), "utf-8")


if __name__ == "__main__":
    main()
