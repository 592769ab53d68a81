"""Tell apart what recurs word by word and what each post fills in with something of its own.

`Attendance at the match: 12,345` recurs, numbers apart, and is a fact of its post. So is a question
that each guest of a series answers, or a label that a value of the post follows. What a block is
shows in the posts of the site, one after the other: its numbers, and what follows it.

`Referee: Ann`, `Referee: Ben` and `Referee: Cid` are values of one thing, of which posts have now
one and now another. Each of them recurs, and is a fact too (`alternatives`).
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise, takewhile
from typing import Any, Literal, NamedTuple, Protocol

import regex

from wparchive.furniture.keys import fold_numbers, is_kept, size_in_words, text_hash

MOST_SIGHTINGS = 100
"""Posts that are looked at for one block. That is enough to know it by."""
OFTEN_VARIES = 0.25
"""Share of posts whose numbers, or whose next blocks, are others than those of the post before."""
NUMBERS_VARY = 0.1
_FEWEST_CHANGES = 3
_FEWEST_OF_ROW = 6
"""Posts from which on numbers in ascending order are no chance."""
_OUT_OF_ORDER = 0.05
"""Share of posts that may be out of order: some are published later than they were written."""
_LONG_NUMBER = 6
"""Digits that make a number the name of something, as of a telephone, where it recurs."""
_RECURS = 0.3
_QUESTION_CHARACTERS = 600
_LABEL_WORDS = 10
_TITLE_WORDS = 6
_COUNTER_WORDS = 8
_ALWAYS = 0.9
_LONGEST_VALUE = 100
"""Characters of a block that can be a value of something; a longer one is about its author."""
_ALIKE = 0.5
"""Part of a block without a label that others begin and end with as well."""
_FEWEST_LABELLED = 2
_FEWEST_OTHERS = 3
"""Values that show that these are values."""
_BLOCKS_BEHIND = 2
_MOSTLY = 0.75
_PART_OF_POSTS = 2 / 3
_OF_REFRAIN = 1.5
_LONGEST_REFRAIN = 300
_TOGETHER = 0.1
"""Share of the posts that may have two of them."""

Variety = Literal["facts", "question", "label", "sentence"]
"""Why a block that recurs is text all the same:

| variety | the block |
|---|---|
| `facts` | has other numbers in each post |
| `question` | ends with a question mark, and each post answers it |
| `label` | ends with a colon or is a short title, and each post has a value for it |
| `sentence` | is short and stands by itself amid the text of some posts, or is a refrain |
"""
_NUMBER = regex.compile(r"[0-9]+(?:[.,:/][0-9]+)*")
_THOUSANDS = regex.compile(r"[.,](?=[0-9]{3}(?![0-9]))")
_QUESTION_END = regex.compile(r"[?？؟;՞፧⸮︖][\p{Pf}\p{Pe}\p{Pi}\"'*\s]*\Z")
_LABEL_END = regex.compile(r"[:：︓፡፦]\s*\Z")
_LABELLED = regex.compile(r"([^\n:：]{2,60})[:：]\s*\S")
_BEGINNING = regex.compile(r"(?:\S+\s+){2}|\S{4}")
_TITLE = regex.compile(r"[^?？؟!！.。…\n]*[\p{L}\p{M}\p{N})）»”\"]\Z")
# What a site asks of its readers, or is paid to say, in the form of a label or a question.
_CALLS = regex.compile(
    r"\b(?:telegram|whatsapp|facebook|twitter|instagram|youtube|tiktok|linkedin|pinterest|discord"
    r"|patreon|newsletter|subscribe|sign up|(?:join|follow) (?:us|our|the)|advertis\w+|sponsor\w*"
    r"|abonnier\w*|werbung|anzeige|abonnez|publicité|suscrib\w+|publicidad|publicidade|inscreva\w*"
    r"|iscrivit\w*|pubblicità|abonneer\w*|advertentie|prenumerera|annons|annonce|subskrybuj"
    r"|reklam\w*|подпи(?:ш|с)\w+|реклам\w+|підпи(?:ш|с)\w+|abone|iklan|berlangganan|quảng cáo"
    r"|đăng ký|تابعوا|اشترك\w*|إعلان|تبلیغ\w*|עקבו|הירשמו|פרסומת|विज्ञापन)\b"
    r"|広告|登録|订阅|訂閱|关注|關注|广告|廣告|구독|광고|ติดตาม|โฆษณา|जुड़ें"
)
# What themes and plug-ins count, and when they say that a post was written.
_COUNTED = regex.compile(
    r"\b(?:views?|viewed|have read|comments?|min(?:utes?)? read|reading time"
    r"|facebook|twitter|pinterest|whatsapp"
    r"|telegram|linkedin|followers|subscribers|votes?"
    r"|aufrufe|kommentare?|lesezeit|gelesen|vues|commentaires?|temps de lecture"
    r"|vistas|comentarios?|tiempo de lectura|visualizações|comentários?|tempo de leitura"
    r"|visualizzazioni|commenti|tempo di lettura|weergaven|bekeken|reacties|leestijd"
    r"|visningar|visninger|kommentarer|lästid|læsetid|lesetid|wyświetle(?:ń|nia)|odsłon"
    r"|komentarz[ey]|czas czytania|zobrazení|komentář[eů]|doba čtení|προβολές|σχόλια"
    r"|просмотр(?:ов|ы|а)?|комментари(?:ев|и|я|й)|время чтения|перегляд(?:ів|и)|коментар(?:ів|і)"
    r"|час читання|görüntülenme|yorum|okuma süresi|dilihat|tayangan|komentar|waktu baca"
    r"|lượt xem|bình luận|مشاهدات?|مشاهدة|تعليق(?:ات)?|وقت القراءة|بازدید|دیدگاه|زمان مطالعه"
    r"|צפיות|תגובות|זמן קריאה|टिप्पणियाँ|बार देखा)\b"
    r"|閲覧|回表示|コメント|読めます|浏览|瀏覽|阅读|閱讀|點閱|评论|評論|留言|조회|댓글|읽는 시간"
    r"|เข้าชม|ความคิดเห็น"
)
_DATED = regex.compile(
    r"\b(?:posted|published|updated|modified|veröffentlicht|aktualisiert|geändert|publiée?"
    r"|mis à jour|modifiée?|publicado|actualizado|atualizado|pubblicato|aggiornato"
    r"|gepubliceerd|bijgewerkt"
    r"|publicera[dt]|publiceret|publisert|uppdaterad|opdateret|oppdatert|opublikowan[oey]"
    r"|zaktualizowan[oey]|publikováno|aktualizováno|опубликован[оа]?|обновлен[оа]?|обновлён"
    r"|опубліковано|оновлено|yayınlan(?:dı|ma)|güncelle(?:me|ndi)|diterbitkan|diperbarui|cập nhật"
    r"|نشر|تحديث|منتشر|بروزرسانی|פורסם|עודכן|प्रकाशित|अपडेट|δημοσιεύτηκε|ενημέρωση)\b"
    r"|公開日|投稿日|更新日|发布|發布|更新于|更新於|게시일|수정일|เผยแพร่|อัปเดต"
)


class Sighting(NamedTuple):
    """A block as one post has it."""

    order: int
    """The number of the post: later ones have higher numbers."""
    numbers: str
    """The numbers of the block, as they are written."""
    follower: int
    """Stands for what comes next; 0 where nothing does."""
    is_first: bool
    """Nothing stands before it."""
    companions: int
    """How many other blocks that recur in this form stand before a block of the post's own."""
    led_by: int
    """Key of the block before it, where that is in the form of a label or question; else 0."""
    is_amid: bool = False
    """Text of the post's own stands before it, and two blocks or more behind, or no less."""
    beside: tuple[int, int] = (0, 0)
    """Keys of the blocks before and behind it, if they recur; else 0."""


def sightings_of(
    post: str, blocks: Sequence[Any], keys: Sequence[int], recurring: Any
) -> dict[int, Sighting]:
    """Return the blocks of a post that recur and may be filled in, by their place.

    `post` is the key of the post, whose last part is its number.
    """
    shown = [place for place, block in enumerate(blocks) if is_kept(block) and _shows(block)]
    leads = {
        place
        for place, after in pairwise(shown)
        if keys[place] in recurring and keys[after] not in recurring
        if leading_form(blocks[place]["text"])
    }
    found: dict[int, Sighting] = {}
    around = _surroundings(blocks, keys, shown, recurring)
    for number, place in enumerate(shown):
        if keys[place] not in recurring:
            continue
        numbers = " ".join(_NUMBER.findall(blocks[place]["text"]))
        follower = 0
        if number + 1 < len(shown):
            follower = _stands_for(blocks[shown[number + 1]])
        # How many other blocks of this post lead to something: of a form, each has its answer.
        companions = len(leads - {place})
        led_by = 0
        if number > 0 and leading_form(blocks[shown[number - 1]]["text"]):
            led_by = keys[shown[number - 1]]
        found[place] = Sighting(
            _order(post), numbers, follower, number == 0, companions, led_by, *around[number]
        )
    return found


def _surroundings(
    blocks: Sequence[Any], keys: Sequence[int], shown: Sequence[int], recurring: Any
) -> list[tuple[bool, tuple[int, int]]]:
    """Return `is_amid` and `beside` of a post's blocks that are shown."""
    known = [0, *(keys[place] if keys[place] in recurring else 0 for place in shown), 0]
    own = [known[n + 1] == 0 and blocks[place]["text"] != "" for n, place in enumerate(shown)]
    before = [0, *accumulate(own)]
    amid = [before[-1] - text >= min(_BLOCKS_BEHIND, text) > 0 for text in before[:-1]]
    return list(zip(amid, zip(known[:-2], known[2:], strict=True), strict=True))


def are_answers(sightings: Sequence[Sighting], led: Container[int]) -> bool:
    """Tell whether a block stands where posts answer questions, or give values for labels.

    `led` are the keys of questions and labels that are text.
    """
    return sum(each.led_by in led for each in sightings) >= _ALWAYS * len(sightings) > 0


def is_sentence(text: str, sightings: Sequence[Sighting], share: float) -> bool:
    """Tell whether a block that recurs is a sentence of the author's: `Preheat the oven.`

    Themes put theirs into all posts, at their ends, or several blocks together. An author's stands
    by itself amid the text, in a part of the posts (`share`), or is a refrain: twice in its posts.
    """
    if is_call(text):
        return False
    posts = len({each.order for each in sightings})
    amid = sum(each.is_amid for each in sightings)
    if len(text) <= _LONGEST_REFRAIN and 2 * amid >= len(sightings) >= _OF_REFRAIN * posts:
        return True
    if len(text) > _LONGEST_VALUE or share > _PART_OF_POSTS or amid < _MOSTLY * len(sightings):
        return False
    neighbours = Counter(key for each in sightings for key in {*each.beside} if key)
    return all(2 * together < len(sightings) for together in neighbours.values())


def variety_of(text: str, sightings: Sequence[Sighting]) -> Variety | None:
    """Return why a block that recurs is text; None where nothing in it or after it varies.

    `text` is the block as one of the posts has it.
    """
    ordered = sorted(sightings)
    if _has_facts(text, ordered):
        return "facts"
    form = leading_form(text)
    if form is None or not _is_filled_in(ordered):
        return None
    has_companions = 2 * sum(each.companions > 0 for each in ordered) >= len(ordered)
    if form == "question":
        # A question that opens all posts, and no other one in them, calls their readers.
        begins = sum(each.is_first for each in ordered) >= _ALWAYS * len(ordered)
        if (begins or is_call(text)) and not has_companions:
            return None
        return "question"
    if is_call(text) or (form == "title" and _is_dated_or_counted(text)):
        return None
    if form == "label" or has_companions:
        return "label"
    return None


def is_call(text: str) -> bool:
    """Tell whether a block calls its readers or advertises, by its words."""
    return _CALLS.search(text.lower()) is not None


def _is_dated_or_counted(text: str) -> bool:
    folded = text.lower()
    has_number = _NUMBER.search(text) is not None
    return has_number and bool(_COUNTED.search(folded) or _DATED.search(folded))


def leading_form(text: str) -> Literal["question", "label", "title"] | None:
    """Return in which form a block leads to what comes next; None for other text."""
    if len(text) > _QUESTION_CHARACTERS:
        return None
    if _QUESTION_END.search(text):
        return "question"
    words = size_in_words(text)
    if _LABEL_END.search(text) and words <= _LABEL_WORDS:
        return "label"
    if words <= _TITLE_WORDS and _TITLE.fullmatch(text):
        return "title"
    return None


def _shows(block: Any) -> bool:
    return bool(block["text"]) or block["kind"] in ("figure", "embed")


def _stands_for(block: Any) -> int:
    return text_hash(block["text"] or block.get("url") or "") or 1


def _order(post: str) -> int:
    number = post.rpartition("/")[2]
    if number.isdecimal():
        return int(number)
    return 0


def _is_filled_in(ordered: Sequence[Sighting]) -> bool:
    followers = [each.follower for each in ordered if each.follower]
    if 2 * len(followers) < len(ordered):
        return False
    return _changes(followers) >= OFTEN_VARIES * (len(followers) - 1) > 0


def _has_facts(text: str, ordered: Sequence[Sighting]) -> bool:
    numbers = [each.numbers for each in ordered]
    changes = _changes(numbers)
    if changes < _FEWEST_CHANGES or changes < NUMBERS_VARY * (len(numbers) - 1):
        return False
    return not (_is_row(numbers) or _names_something(numbers) or _is_of_frame(text, numbers))


def _changes(values: Sequence[object]) -> int:
    return sum(one != other for one, other in pairwise(values))


def _is_row(numbers: Sequence[str]) -> bool:
    """Tell whether numbers only grow, or only fall, from post to post: they count something."""
    if len(numbers) < _FEWEST_OF_ROW:
        return False
    try:
        rows = [[_value(number) for number in each.split()] for each in numbers]
        columns = list(zip(*rows, strict=True))
    except ValueError:  # a time or a date; another one has more numbers
        return False
    return all(_is_in_order(column) for column in columns)


def _value(number: str) -> float:
    return float(_THOUSANDS.sub("", number).replace(",", "."))


def _is_in_order(column: Sequence[float]) -> bool:
    falls = sum(one > other for one, other in pairwise(column))
    rises = sum(one < other for one, other in pairwise(column))
    return min(falls, rises) <= _OUT_OF_ORDER * len(column)


def _names_something(numbers: Sequence[str]) -> bool:
    """Tell whether long numbers come again and again: two telephones, the accounts of a club."""
    are_long = all(sum(map(str.isdigit, each)) >= _LONG_NUMBER for each in numbers)
    return are_long and len(set(numbers)) <= _RECURS * len(numbers)


def _is_of_frame(text: str, numbers: Sequence[str]) -> bool:
    """Tell whether a theme counts or dates: views, comments, the time that reading takes."""
    if size_in_words(text) > _COUNTER_WORDS:
        return False
    folded = text.lower()
    if _COUNTED.search(folded):
        return True
    has_date = all(" " in each or "/" in each or ":" in each for each in numbers)
    return has_date and _DATED.search(folded) is not None


class Seen(Protocol):
    """A block that recurs, and how posts have it."""

    text: str
    sightings: list[Sighting]


def alternatives(counts: Mapping[int, Seen]) -> set[int]:
    """Return the keys of the blocks that are values of something, of all that recur on a site."""
    found: set[int] = set()
    for family in _families(counts):
        if _take_turns([counts[key] for key in family]):
            found.update(family)
    return found


def _families(counts: Mapping[int, Seen]) -> Iterator[list[int]]:
    """Yield blocks with one label, and blocks that begin and end alike."""
    labelled: dict[str, list[int]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    texts = {key: _folded(count.text) for key, count in counts.items()}
    for key, text in sorted(texts.items()):
        label = _LABELLED.match(text)
        beginning = _BEGINNING.match(text)
        # Values are short: what a long block or a list says is its own.
        if len(text) > _LONGEST_VALUE or "\n" in text:
            continue
        if label and not is_call(label[1]):
            labelled[label[1]].append(key)
        # Without a label, only blocks that are alike can be values of one thing.
        elif beginning and not label:
            others[beginning[0]].append(key)
    for family in labelled.values():
        if len(family) >= _FEWEST_LABELLED:
            yield family
    for family in others.values():
        alike = _alike_neighbours({key: texts[key] for key in family})
        if len(alike) >= _FEWEST_OTHERS:
            yield sorted(alike)


def _folded(text: str) -> str:
    return fold_numbers(text.lower().encode(errors="replace")).decode()


def _alike_neighbours(texts: Mapping[int, str]) -> set[int]:
    """Return the keys of the texts that are like the next one of the alphabet, and of that one."""
    ordered = sorted(texts, key=texts.__getitem__)
    pairs = [pair for pair in pairwise(ordered) if _are_alike(texts[pair[0]], texts[pair[1]])]
    return {key for pair in pairs for key in pair}


def _are_alike(one: str, other: str) -> bool:
    """Tell whether two texts differ in a part only; either may be the longer one."""
    begins = _same_characters(one, other)
    ends = _same_characters(one[begins:][::-1], other[begins:][::-1])
    return begins + ends >= _ALIKE * max(len(one), len(other))


def _same_characters(one: str, other: str) -> int:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def _take_turns(family: Sequence[Seen]) -> bool:
    """Tell whether posts have one of these blocks each, and not the same one for a long while."""
    places = sorted(
        (sighting.order, number)
        for number, count in enumerate(family)
        for sighting in count.sightings
    )
    posts = len({order for order, _ in places})
    if len(places) > posts * (1 + _TOGETHER):
        return False
    changes = sum(one != other for (_, one), (_, other) in pairwise(places))
    return changes >= max(_FEWEST_CHANGES, NUMBERS_VARY * len(places))
