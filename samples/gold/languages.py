"""Made-up sentences in the languages of the site-level gold sets."""

from samples.gold.pieces import Prose, gaps

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
SPANISH = Prose(
    [
        "{who} grabó {thing} en {place} con una sola cámara.",
        "En {place} llueve {n} días al año y {thing} lo nota.",
        "{who} tardó {n} semanas en arreglar {thing}.",
        "Nadie en {place} recuerda quién hizo {thing}.",
        "{thing} se ve desde {place} en los días claros.",
        "Para llegar a {place} hay que preguntar por {thing}.",
        "{who} guarda {n} fotografías de {thing}.",
    ],
    gaps(
        who="Balbina|Tere Lago|el tío Ramón|la archivera|el molinero|Fermín",
        place="Valdeluna|Sanfrutos|la ribera|Peñalba|la ermita|Arnao",
        thing="la fragua|la campana menor|la pasarela|la barca azul|la sirena|la noria",
    ),
)
