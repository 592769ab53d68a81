"""Make the site-level gold sets: `python -m samples.gold.make_sites` writes `sites/*.json`.

Each site repeats what sites repeat (noise), and what must stay although it recurs (text). All of it
is made up.
"""

import random
from pathlib import Path

from samples.gold.pieces import (
    MadeSite,
    Piece,
    Prose,
    code,
    gaps,
    heading,
    items,
    linked,
    noise,
    paragraph,
    raw,
    rows,
)

HERE = Path(__file__).parent / "sites"

ENGLISH = Prose(
    [
        "{who} has spent {n} years {doing} near {place}.",
        "At {place} nobody remembers when {thing} was last repaired.",
        "{who} told us that {thing} weighs {n} stone and was carried up by hand.",
        "The road to {place} floods {n} days a year, and {who} counts them.",
        "Most people in {place} learned {doing} from an aunt.",
        "In {n} letters {who} asked the council for {thing}.",
        "It took {n} evenings of {doing} before {thing} stopped rattling.",
        "We recorded this in {place}, beside {thing}.",
        "{who} disagrees with {other} about {thing}, and both have a point.",
    ],
    gaps(
        who="Nell Arden|Tom Quarry|Ada Wren|Ivo Marsh|June Hollis|Old Perrin|Sal Okoro",
        other="the pilot|her brother|the parish clerk|a man from Leeds|the vet",
        doing="counting eels|tuning organs|mending nets|ringing bells|drawing maps",
        place="Pellwick|Harrow Pike|the Skerry light|Marl Junction|Fell Lane|Loughmore",
        thing="the tide gauge|the weather vane|the signal lamp|the bread oven|the ferry",
    ),
)


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

GERMAN = Prose(
    [
        "{who} hat in {place} {n} Stunden lang über {thing} gesprochen.",
        "In {place} wurde am Montag {thing} gesperrt.",
        "Die Kosten für {thing} stiegen seit dem Frühjahr um {n} Prozent.",
        "{who} rechnet damit, dass {thing} erst im Herbst fertig wird.",
        "Nach Angaben von {who} kamen {n} Besucher nach {place}.",
        "Der Rat von {place} will {thing} im nächsten Jahr erneuern.",
        "„Wir haben lange genug gewartet“, sagte {who} mit Blick auf {thing}.",
        "Wer nach {place} will, fährt zurzeit {n} Minuten länger.",
    ],
    gaps(
        who="Elke Thormann|Ratsherr Olbrich|Pastor Hinrichs|Frau Lindhorst|Jan Brake",
        place="Oberlauten|Altenrode|Norderhafen|Tiefenried|Langholm|Kornau",
        thing="das Freibad|die alte Brücke|das Rathausdach|die Fähre|die Nebenstraße",
    ),
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
    pieces.append(noise(linked("Lesen Sie auch:", title, f"https://blatt.example/{number + 900}/")))
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


JAPANESE = Prose(
    [
        "{place}で{thing}を見つけて、{n}分も眺めていました。",
        "{who}が{thing}を持ってきてくれました。",
        "今年の{thing}は去年より{n}日早いそうです。",
        "{place}まで歩くと、ちょうど{n}分かかります。",
        "{who}に{thing}の直し方を教わりました。",
        "昔の{place}には、どの家にも{thing}があったと聞きました。",
        "夕方、{place}の空が{n}年ぶりの色になりました。",
        "{thing}の音で目が覚めると、{who}がもう起きていました。",
    ],
    gaps(
        who="隣の大工さん|祖母|駅長さん|豆腐屋の娘さん|宮坂さん|郵便屋さん",
        place="川沿いの道|古い茶屋|坂の上の神社|港の市場|裏の竹林|峠の駅",
        thing="山桜|風鈴|干し柿|古い時計|味噌樽|渡り鳥|竹籠",
    ),
    space="",
)
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
            noise(linked("関連記事：", JAPANESE.title(rng), f"https://s.example/{number}"))
        )
    pieces.append(noise(RANKING))
    if number > 18:
        notice = "当ブログの写真や文章を無断で転載することはご遠慮ください。"
        pieces.append(noise(paragraph(notice)))
    return pieces


FRENCH = Prose(
    [
        "{who} a chanté {thing} pendant {n} hivers.",
        "On raconte à {place} que {thing} parle la nuit.",
        "{who} garde {thing} dans un tiroir depuis {n} ans.",
        "De {place}, on voit {thing} quand le vent tourne.",
        "Il faut {n} pas pour aller de la fontaine à {place}.",
        "Personne n’a jamais su pourquoi {who} aimait tant {place}.",
        "{thing} manquait encore ce matin-là à {place}.",
        "Sans {who}, on aurait oublié {thing}.",
    ],
    gaps(
        who="le vieux meunier|Jeanne|la postière|mon oncle|le sonneur|Odile|le bedeau|Firmin",
        place="Saint-Orlac|la halle|l’écluse|Valdrun|la croix des vents|la Combe|Vergnon|l’octroi",
        thing="la cloche fêlée|le refrain|ce pommier|la barque bleue|le puits|la lune|l’orgue",
    ),
)
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


INDONESIAN = Prose(
    [
        "{who} membuka {thing} di {place} pada hari Senin.",
        "Warga {place} menunggu {thing} selama {n} bulan.",
        "Menurut {who}, biaya {thing} naik {n} persen.",
        "Sebanyak {n} pedagang dari {place} ikut memperbaiki {thing}.",
        "{who} meminta warga {place} menjaga {thing}.",
        "Hujan di {place} membuat {thing} terlambat {n} hari.",
        "Jalan menuju {place} ditutup karena {thing} sedang dikerjakan.",
        "{thing} di {place} terakhir diperbaiki {n} tahun lalu.",
    ],
    gaps(
        who="Kepala desa Marsudi|Ibu Retno|Camat Wiryawan|Panitia|Pak Lurah Sabar",
        place="Rawajati|Lembayung|Kampung Selasih|Pasar Kelinci|Sungai Arum",
        thing="jembatan kayu|pasar malam|perpustakaan|dermaga kecil|balai warga",
    ),
)
JOIN_GROUP = raw(
    '<p>Dapatkan berita pilihan setiap hari. Ayo bergabung di <a href="https://t.me/x">grup '
    "Telegram</a> kami.</p>",
    "Dapatkan berita pilihan setiap hari. Ayo bergabung di grup Telegram kami.",
)


def kabar_lembayung(number: int, rng: random.Random) -> list[Piece]:
    """Return a piece of news: lines to other posts between all paragraphs, prices, a tail."""
    pieces = [INDONESIAN.paragraph(rng, 3)]
    for turn in range(rng.randint(1, 2)):
        url = f"https://kabar.example/{number * 10 + turn}/"
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


RUSSIAN = Prose(
    [
        "{who} пишет, что {thing} занимает {n} мегабайт.",
        "В версии {n} {thing} работает иначе, и вот почему.",
        "Мы проверили {thing} на {n} машинах.",
        "Если {thing} молчит дольше {n} секунд, виновата не сеть.",
        "{who} предлагает не трогать {thing} до выходных.",
        "Раньше {thing} падал раз в {n} дней.",
        "{who} нашёл место, где {thing} теряет данные.",
        "После {n} запусков {thing} стал предсказуемым.",
    ],
    gaps(
        who="Автор патча|Сопровождающий|Читатель из Твери|Наш дежурный|Коллега",
        thing="индекс|планировщик|журнал|разборщик писем|кэш страниц|сервер очередей",
    ),
)
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


CHINESE = Prose(
    [
        "{who}在{place}守了{n}年{thing}。",
        "去{place}的船每天只有{n}班，船上常有{thing}。",
        "{place}的老人说，{thing}比人记得清楚。",
        "{who}花了{n}天才把{thing}修好。",
        "雨停以后，{who}带我去{place}看{thing}。",
        "{thing}放在{place}，一放就是{n}年。",
        "没有人问过{who}为什么留着{thing}。",
        "到了{place}，先听见{thing}，后看见人。",
    ],
    gaps(
        who="陶师傅|摆渡人|卖豆腐的老人|茶山上的姑娘|守塔人",
        place="东岸|老码头|旧粮仓|茶山|江心洲|石桥头",
        thing="那口铜钟|旧收音机|一盏油灯|半本账簿|一条木船",
    ),
    space="",
)


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
        f'https://j.example/{number - 1}/">{before}</a></p></section>',
        "长按二维码关注公众号，点一下“在看”，让更多朋友看到。",
        f"上一篇：{before}",
    )
    pieces.append(noise(follow))
    return pieces


SITES = [
    MadeSite("low-water-hour", "en", "classic", "tune", "a podcast", 36, ENGLISH, low_water_hour),
    MadeSite("kreisblatt", "de", "block", "tune", "regional news", 40, GERMAN, kreisblatt),
    MadeSite("kabar-lembayung", "id", "classic", "tune", "news", 30, INDONESIAN, kabar_lembayung),
    MadeSite("jiang-an", "zh", "classic", "tune", "a series", 25, CHINESE, jiang_an),
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
