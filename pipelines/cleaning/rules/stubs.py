"""Find lines that are no text of a post by their structure and position: stubs.

A line to another post, a box of such lines, a line or table to join a channel, the numbers of a
player, a lone link to a source, a table of contents. They are found by where links lead, what
stands around them, and what comes before and after; words count only where a plug-in writes
nothing but one of them, and then in many languages.

Text that looks like it stays: a rule needs prose before it, a label, and links that lead where such
lines lead. When in doubt a line stays. What all posts of a site repeat is found elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.cleaning.rules.addresses import Destination, names_service
from pipelines.cleaning.rules.lines import TextLine, is_unspaced
from wparchive.model.documents import Embed

_MAX_LABEL = 45  # characters
_MAX_LABEL_WORDS = 7
_MAX_LABELLED_LINE = 300
_MAX_JOIN_LINE = 170
_MIN_LINKED = 0.18  # of a line that calls to follow
_MAX_BOX = 10  # lines
_MAX_SHARE = 0.4  # of the text of a post
_SHORT = 200  # characters that may go whatever their share
_MAX_PASSED_LINE = 80  # between stubs at the end of a post
_MAX_CONTENTS_LABEL = 25
_MAX_WORD = 12  # on the button of a player
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d+")
_NUMBERING = re.compile(r"^[\d.)\s]+")
# A label ends with one of these, in any script.
_LABEL_END = re.compile(r"[:：»›→➡▶▸►👉☞⇒–—]\s*$|\s-\s*$")
_LABEL_WITHIN = re.compile(r"^[^:：]{2,45}[:：]\s*(?=\S)")
_ARROW = re.compile(r"[«»‹›←→⟵⟶➡⬅▶◀►◄⇒⇐👉☞]")
_ARROWS = re.compile(r"\s*[«»‹›←→➡▶►⇒>]+\s*")
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}"
_TIMES = re.compile(rf"{_TIME}(?:[\s/|–-]+{_TIME}){{0,3}}")
_NUMBER_AND_WORDS = re.compile(r"(?:\d{1,3}\s*)?([^\d]{2,30})")
_SENTENCE_ENDS = (".", "!", "。", "！", "।", "؟", "…")
_BRACKETS = "[]()（）【】「」:： \t.…-–—*~"
_VIDEO = re.compile(r"(?:^|&)v=([^&]+)")


def _phrases(phrases: str) -> frozenset[str]:
    return frozenset(phrases.split("|"))


# What plug-ins write above posts that they found, or fail to find.
_RELATED = _phrases(
    "related|related posts|related articles|verwandt|ähnliche beiträge|verwandte beiträge|"
    "articles similaires|articles liés|similaires|relacionado|relacionados|"
    "entradas relacionadas|artículos relacionados|posts relacionados|artigos relacionados|"
    "correlati|articoli correlati|gerelateerd|gerelateerde berichten|relaterade|"
    "relaterade inlägg|relaterede|relatert|powiązane|podobne wpisy|související|súvisiace|"
    "terkait|artikel terkait|berkaitan|ilgili|ilgili yazılar|похожее|похожие записи|"
    "похожие статьи|по теме|схожі записи|пов’язане|関連|関連記事|関連投稿|相关|相关文章|"
    "相關|相關文章|관련|관련 글|관련글|เรื่องที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง|ذات صلة|"
    "مقالات ذات صلة|مواضيع ذات صلة|مرتبط|संबंधित|संबंधित पोस्ट|liên quan|bài liên quan|"
    "σχετικά|קשור|پست‌های مرتبط|مطالب مرتبط"
)
# What stands over a place for advertisements, which a script fills.
_ADVERTISEMENT = _phrases(
    "advertisement|advertisements|advertising|advertisement continue reading|sponsored links"
    "|story continues below advertisement|article continues below advertisement|anzeige|werbung"
    "|publicidad|anuncio|anuncios|publicité|annonce|pubblicità|publicidade|iklan|advertentie"
    "|annons|reklame|mainos|reklama|reklam|реклама|广告|廣告|広告|スポンサーリンク"
    "|スポンサードリンク|광고|โฆษณา|إعلان|إعلانات|विज्ञापन|quảng cáo|διαφήμιση|פרסומת|تبلیغات"
)
# What plug-ins write over buttons that a script fills.
_SHARE = _phrases(
    "share|share this|share this post|share this article|share on|like this|teilen|teilen mit"
    "|beitrag teilen|gefällt mir|compartir|compártelo|comparte esto|comparte|me gusta esto|partager"
    "|partagez|partager cet article|j’aime ça|condividi|mi piace|compartilhar|compartilhe isso"
    "|delen|dela|del|udostępnij|sdílet|paylaş|bagikan|bagikan ini|поделиться|поделиться ссылкой"
    "|поделитесь|поширити|シェア|シェアする|この記事をシェア|共有|共有:|分享|分享到|分享本文|공유하기"
    "|点赞|點讚|收藏|打赏|打賞|赞赏|打赏作者|赞赏作者|微信打赏|支付宝打赏|微信扫一扫|いいね|좋아요"
    "|แชร์|แชร์เรื่องนี้|شارك|شارك هذا الموضوع|مشاركة|साझा करें|शेयर करें|chia sẻ|κοινοποίηση"
)
# What links to the rest of a text are called.
_MORE = _phrases(
    "read more|more|continue reading|keep reading|full story|see more|view more|weiterlesen"
    "|weiter lesen|mehr lesen|mehr erfahren|leer más|seguir leyendo|sigue leyendo|ver más"
    "|lire la suite|lire plus|en savoir plus|voir plus|leggi tutto|continua a leggere|leggi di più"
    "|leia mais|continue lendo|saiba mais|ler mais|lees meer|lees verder|läs mer|les mer|læs mere"
    "|czytaj dalej|czytaj więcej|číst dál|devamını oku|devamı|selengkapnya|baca selengkapnya"
    "|lanjut membaca|читать далее|читать дальше|читать полностью|подробнее|далее|детальніше"
    "|続きを読む|もっと見る|もっと読む|詳しくはこちら|阅读全文|閱讀全文|阅读更多|查看更多|查看全文|更多"
    "|展开全文|展开阅读全文|继续阅读|繼續閱讀|더 보기|더보기|อ่านต่อ|อ่านเพิ่มเติม|اقرأ المزيد|المزيد"
    "|متابعة القراءة|और पढ़ें|आगे पढ़ें|đọc thêm|xem thêm|διαβάστε περισσότερα|קרא עוד|ادامه مطلب"
)
# What automatic blogs call the link to where they took a text from.
_SOURCE = _phrases(
    "source|sources|via|source link|quelle|quellen|la source|fuente|fuentes|fonte|fonti|"
    "bron|källa|kilde|lähde|źródło|zdroj|sumber|kaynak|источник|ссылка|джерело|出典|引用元|"
    "ソース|来源|來源|原文|原文链接|출처|ที่มา|المصدر|مصدر|स्रोत|nguồn|πηγή|מקור|منبع"
)


def find_stubs(
    lines: Sequence[TextLine], embeds: Sequence[Embed], base_url: str | None
) -> dict[int, str]:
    """Return the reason of each line that is a stub, by its number.

    Never a large share of a post is a stub: then there is none.
    """
    search = _Search(lines, embeds, base_url)
    search.find()
    found = search.found
    if not found:
        return found
    size = sum(len(lines[number].text) for number in found)
    whole = sum(len(line.text) for line in lines)
    if size == whole or (size > _SHORT and size > _MAX_SHARE * whole):
        return {}
    return found


class _Search:
    """The search for stubs in the lines of one post."""

    def __init__(
        self, lines: Sequence[TextLine], embeds: Sequence[Embed], base_url: str | None
    ) -> None:
        self.found: dict[int, str] = {}
        """The reason of each line that was found to be a stub, by its number."""
        self._lines = lines
        self._embeds = embeds
        self._base_url = base_url
        # Few lines have a link.
        self._linked = [number for number, line in enumerate(lines) if line.places]
        prose = [number for number, line in enumerate(lines) if line.is_prose]
        self._prose_size = sum(len(lines[number].text) for number in prose)
        self._first_prose = len(lines)
        self._last_prose = -1
        if prose:
            self._first_prose = prose[0]
            self._last_prose = prose[-1]

    def find(self) -> None:
        """Find all stubs."""
        self._find_words()
        self._find_contents()
        if self._linked and self._prose_size:
            self._find_boxes()
            self._find_labelled_links()
            self._find_groups()
        self._find_at_the_end()

    def _follows_prose(self, number: int) -> bool:
        return number > self._first_prose

    def _beside(self, number: int) -> list[int]:
        """Return the numbers of the lines before and after."""
        return [other for other in (number - 1, number + 1) if 0 <= other < len(self._lines)]

    def _lead(self, line: TextLine, kind: str) -> bool:
        """Return whether a line has links, and each of them leads to this kind of place."""
        for target in line.targets(self._base_url):
            if not getattr(target, kind):
                return False
        return bool(line.places)

    # Lines to other posts

    def _find_labelled_links(self) -> None:
        """Find lines that are a label and a link to another post of the site."""
        labels = {}
        by_form = defaultdict(set)
        for number in self._linked:
            label = self._label_of_link(number)
            if label is not None and number not in self.found:
                labels[number] = label
                by_form[_DIGITS.sub("0", label.casefold())].add(label)
        in_lists = _runs_of_three(labels)
        for number, label in labels.items():
            line = self._lines[number]
            if not self._follows_prose(number) or number in in_lists:
                continue
            # A series numbers its labels; what a plug-in inserts has the same one each time.
            if len(by_form[_DIGITS.sub("0", label.casefold())]) > 1:
                continue
            kinds = [self._lines[other].kind for other in self._beside(number)]
            if line.kind == "list_item" and "list_item" in kinds:
                continue
            if line.is_link and any(self._lines[other].places for other in self._beside(number)):
                continue
            title = line.links[0]["text"]
            is_doubtful = len(label.split()) < 2 or title[:1].islower()
            if _is_title(title, strictly=is_doubtful):
                self.found[number] = "other_post"

    def _label_of_link(self, number: int) -> str | None:
        """Return the label of a line that is a label and a link to another post, else None."""
        line = self._lines[number]
        if not line.is_text or len(line.text) > _MAX_LABELLED_LINE or len(line.places) > 2:
            return None
        if 5 * line.linked < len(line.text):  # most lines with a link are prose
            return None
        label = _label_of(line)
        if label is None or not self._lead(line, "is_own_post"):
            return None
        return label

    def _is_link_to_post(self, number: int) -> bool:
        line = self._lines[number]
        return line.is_text and line.is_link and self._lead(line, "is_own_post")

    def _find_boxes(self) -> None:
        """Find a label with a list of nothing but links to other posts under it."""
        to_posts = [number for number in self._linked if self._is_link_to_post(number)]
        size = sum(len(self._lines[number].text) for number in to_posts)
        if size >= self._prose_size:  # a list of posts is what this post is about
            return
        for first, end in _runs(to_posts):
            if self._is_box(first, end):
                self.found |= dict.fromkeys(range(first - 1, end), "other_post")

    def _is_box(self, first: int, end: int) -> bool:
        """Return whether links to posts, and the line above them, are a box of other posts."""
        if not self._follows_prose(first - 1) or end - first > _MAX_BOX:
            return False
        label = self._lines[first - 1]
        kinds = {line.kind for line in self._lines[first:end]}
        if label.kind == "list_item" or not _is_label_above(label) or len(kinds) > 1:
            return False
        if label.kind == "heading" and end <= self._last_prose:
            return False  # a part of the post, and more of it comes
        if "list_item" in kinds:  # all items of a list, or none
            if end < len(self._lines) and self._lines[end].kind == "list_item":
                return False
        elif end - first > 1 and label.kind != "heading":
            return False
        titles = 0
        for line in self._lines[first:end]:
            titles += _is_title(line.text, strictly=False) and not line.text[:1].islower()
        return 2 * titles > end - first

    def _find_contents(self) -> None:
        """Find a list of nothing but the headings that follow it."""
        lines = self._lines
        numbers = [number for number, line in enumerate(lines) if line.kind == "heading"]
        if len(numbers) < 2:
            return
        items = [number for number in range(numbers[-1]) if lines[number].kind == "list_item"]
        if len(items) < 2:
            return
        headings = {_folded_title(lines[number].text): number for number in numbers}
        entries = [
            number
            for number in items
            if headings.get(_folded_title(lines[number].text), -1) > number
        ]
        for first, end in _runs(entries):
            if end - first > 1 and self._is_contents(first):
                self.found |= dict.fromkeys(range(max(0, first - 1), end), "contents")

    def _is_contents(self, first: int) -> bool:
        """Return whether a list of headings has a label of its own, and no sentence before it."""
        if first == 0:
            return True
        label = self._lines[first - 1]
        is_short = len(label.text) <= _MAX_CONTENTS_LABEL
        return label.kind == "paragraph" and is_short and _is_label_above(label)

    # Channels

    def _find_groups(self) -> None:
        """Find lines that are a link to a group, and tables of which each row has one."""
        for number in self._linked:
            line = self._lines[number]
            if line.kind == "table":
                self._find_join_table(number)
            elif number > self._first_prose and self._is_join_line(line):
                if line.is_link and self._lead(line, "is_group"):
                    self.found[number] = "join"

    def _find_join_table(self, number: int) -> None:
        line = self._lines[number]
        rows = line.text.count("\n") + 1
        if len(line.places) < rows or len(line.text) > _MAX_JOIN_LINE * rows:
            return
        if not self._lead(line, "is_channel"):
            return
        self.found[number] = "join"
        if not number:
            return
        above = self._lines[number - 1]
        if above.kind == "quote" and not above.places and len(above.text) <= _MAX_JOIN_LINE:
            self.found[number - 1] = "join"

    def _is_join_line(self, line: TextLine) -> bool:
        """Return whether a line calls to follow, or says where to listen or to donate."""
        limit = _MAX_JOIN_LINE
        if is_unspaced(line.text):
            limit //= 2
        if line.kind not in ("paragraph", "heading") or not line.places or len(line.text) > limit:
            return False
        if line.linked < _MIN_LINKED * len(line.text):
            return False
        channels = 0
        is_certain = False
        for target, link in zip(line.targets(self._base_url), line.links, strict=True):
            if not target.is_elsewhere or link["text"].startswith("@"):  # a person
                return False
            is_named = names_service(link["text"])
            channels += target.is_channel or is_named
            is_certain = is_certain or is_named or target.is_group
        return is_certain and 2 * channels > len(line.links)

    # The end of a post

    def _find_at_the_end(self) -> None:
        """Go up from the end as long as there are stubs; one short line may stand between."""
        is_passed = False
        for number in range(len(self._lines) - 1, self._first_prose, -1):
            line = self._lines[number]
            if number in self.found or not line.text:
                continue
            reason = self._reason_at_the_end(number)
            if reason is not None:
                self.found[number] = reason
                if reason == "copyright":
                    self._find_rest_of_block(number)
            elif is_passed or line.is_prose or len(line.text) > _MAX_PASSED_LINE:
                return
            else:
                is_passed = True

    def _reason_at_the_end(self, number: int) -> str | None:
        line = self._lines[number]
        if not line.is_text:
            return None
        if not line.places:
            if line.kind in ("paragraph", "heading") and _plain(line.text) in _SHARE:
                return "share"
            return None
        if line.is_link and _ARROWS.sub("", _plain(line.text)).strip(_BRACKETS) in _MORE:
            return "other_post"
        if self._is_join_line(line):
            return "join"
        targets = line.targets(self._base_url)
        if self._is_lone_source(line, targets):
            return "source"
        if len(line.around_links()) <= _MAX_LABEL:
            if _is_about_the_page(targets):
                return "copyright"
            if self._lead(line, "is_own_list"):
                return "tags"
        if self._leads_on(number):
            return "other_post"
        return None

    def _leads_on(self, number: int) -> bool:
        """Return whether a line leads to the posts before and after, with arrows or labels."""
        line = self._lines[number]
        if self._is_link_to_post(number) and _ARROW.search(line.text):
            return True
        if self._label_of_link(number) is None:
            return False
        beside = [other for other in self._beside(number) if self._lines[other].block == line.block]
        return any(self._label_of_link(other) is not None for other in beside)

    def _is_lone_source(self, line: TextLine, targets: Sequence[Destination]) -> bool:
        if len(targets) != 1 or not targets[0].is_elsewhere:
            return False
        word = _plain(line.text)
        if word != _plain(line.links[0]["text"]):
            return False
        if word in _SOURCE:
            return True
        key = _key(line.links[0]["url"])
        return len(word) <= _MAX_WORD and any(key == _key(embed["url"]) for embed in self._embeds)

    def _find_rest_of_block(self, number: int) -> None:
        """Find the short lines that go with a line about the page itself."""
        for other in self._beside(number):
            line = self._lines[other]
            is_short = len(line.text) <= _MAX_PASSED_LINE
            if line.block == self._lines[number].block and is_short and not line.places:
                self.found[other] = "copyright"

    # What plug-ins and players write

    def _find_words(self) -> None:
        """Find lines that are nothing but a word of a plug-in, or the times of a player."""
        last = len(self._lines) - 1
        while last >= 0 and not self._lines[last].text:
            last -= 1
        for number, line in enumerate(self._lines):
            text = line.text
            if not text or len(text) > _MAX_LABEL or line.places or not line.is_text:
                continue
            is_counted = text[0].isdigit()
            if is_counted and _TIMES.fullmatch(text):
                self._find_player(number)
            elif line.kind == "paragraph" and _plain(text) in _ADVERTISEMENT:
                self.found[number] = "advertisement"
            elif (is_counted or number == last) and self._follows_prose(number):
                words = _NUMBER_AND_WORDS.fullmatch(text)
                if words is not None and words[1].strip(" :：").casefold() in _RELATED:
                    self.found[number] = "other_post"

    def _find_player(self, number: int) -> None:
        """Find the times under a picture or a player, and the word on its button."""
        if number and self._lines[number - 1].is_media:
            self.found[number] = "player"
        elif number > 1 and self._lines[number - 2].is_media:
            word = self._lines[number - 1]
            if word.kind == "paragraph" and len(word.text) <= _MAX_WORD:
                self.found |= {number: "player", number - 1: "player"}


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first number and the end of each run of numbers that follow each other."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs


def _runs_of_three(labels: dict[int, str]) -> set[int]:
    """Return the numbers of lines that follow each other, three or more, with other labels."""
    found: set[int] = set()
    for first, end in _runs(sorted(labels)):
        different = {labels[number] for number in range(first, end)}
        if end - first > 2 and len(different) > 1:
            found.update(range(first, end))
    return found


def _plain(text: str) -> str:
    return text.strip(_BRACKETS).casefold()


def _label_of(line: TextLine) -> str | None:
    """Return the label before the links of a line, or before a colon in its only link."""
    before = line.text[: line.places[0][0]]
    if _LETTER.search(line.text[line.places[-1][1] :]):
        return None
    if _LETTER.search(before):
        if _LABEL_END.search(before) and _is_label(before):
            return before.strip()
        return None
    within = _LABEL_WITHIN.match(line.links[0]["text"])
    if within is None or len(line.places) > 1:
        return None
    if 1 < len(within[0].split()) < 5 or is_unspaced(within[0]):
        return within[0].strip()
    return None


def _is_label(text: str) -> bool:
    limit = _MAX_LABEL
    if is_unspaced(text):
        limit //= 2
    if len(text) > limit or len(text.split()) > _MAX_LABEL_WORDS:
        return False
    return _LETTER.search(text) is not None


def _is_label_above(line: TextLine) -> bool:
    if not line.is_text or line.places or not _is_label(line.text):
        return False
    return not line.text.rstrip("\"'”’»」）)").endswith(_SENTENCE_ENDS)


def _is_title(text: str, strictly: bool) -> bool:
    """Return whether a text is as long as titles of posts are."""
    if is_unspaced(text):
        return len(text) >= 5
    if strictly:
        return len(text.split()) >= 4 and len(text) >= 25
    return len(text.split()) >= 3 and len(text) >= 12


def _is_about_the_page(targets: Sequence[Destination]) -> bool:
    """Return whether links give the address of their own page, perhaps beside that of the site."""
    if any(target.is_elsewhere for target in targets):
        return False
    return any(target.is_itself for target in targets)


def _key(url: str) -> str:
    """Return what names a video in its address."""
    parts = urlsplit(url)
    video = _VIDEO.search(parts.query)
    if video is not None:
        return video[1]
    return parts.path.rstrip("/").rpartition("/")[2]


def _folded_title(text: str) -> str:
    return " ".join(_NUMBERING.sub("", text).casefold().split())
