"""Made-up articles in several scripts, for the languages that the recorded posts lack.

They are seeded, with names, numbers and paragraphs. Words are drawn by Zipf's law from the
language's function words and a made-up lexicon. Each article has a topic of its own that repeats,
so that unrelated articles share short runs of common words as real ones do.
"""

import random
from functools import cache

FUNCTION_WORDS = {
    "en": (
        "the of and to in a is that for was on with as it at by from be this have are not or had "
        "but he his they which one all were we said has been their an who will would more when "
        "there if out so up about into than its some could time them these two may then"
    ),
    "de": (
        "der die das und ist in zu den nicht von sie mit dem sich des auf für im eine als auch "
        "es an werden aus er hat dass wird"
    ),
    "ru": (
        "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой "
        "ещё год время рука дело день"
    ),
    "ar": "في من على إلى أن هذا التي كان عن مع ما هو بعد كل قد بين ذلك لم حتى عند يوم سنة مدينة",
    "hi": "और का के में है की को से यह नहीं पर एक भी कि हो था साथ अपने लिए दिन साल",
    "he": (
        "של את על הוא לא כי זה גם היא עם אל היה כל אבל או אם יותר אחרי ישראל שנה ירושלים מדינה "
        "עיר בית"
    ),
    "ko": (
        "그리고 있다 하는 것은 이다 위해 대한 통해 우리 때문에 사람 시간 한국 서울 "
        "정부 회사 문제 학교 세계 경제 사회"
    ),
    "ja": (
        "の に は を が で と し た て する いる ある から こと など ため よう また もの "
        "日本 東京 会社 時間 問題 学校 世界 政府 生活 文化 歴史 技術 研究 市場 写真 "
        "料理 電車 音楽 旅行 新聞 天気 季節"
    ),
    "zh": (
        "的 了 在 是 和 有 不 也 就 都 我们 他们 可以 没有 一个 自己 这个 现在 因为 但是 "
        "已经 知道 工作 问题 社会 经济 发展 国家 世界 城市 学校 公司 市场 技术 研究 "
        "生活 文化 历史 政府 企业 地方 今天 消息 记者"
    ),
    "th": "และ ที่ ใน เป็น ของ มี ได้ ไม่ ให้ ว่า การ จะ กับ คน วัน ปี",
}
"""Frequent words; the made-up words are built from pairs of their letters."""
UNSPACED = frozenset({"ja", "th", "zh"})
IDEOGRAPHIC = frozenset({"ja", "zh"})
SYLLABLES = {
    "hi": ([chr(code) for code in range(0x0915, 0x093A)], ["", *"ािीुूेो"]),
    "ko": ([chr(code) for code in range(0xAC00, 0xD7A4, 28)], [""]),
    "th": ([chr(code) for code in range(0x0E01, 0x0E2F)], ["", *"ะาิีุู"]),
}
"""Letters and signs for the words of languages whose frequent words have too few syllables."""
_LEXICON = 4000


@cache
def lexicon(language: str) -> list[str]:
    """The language's words, the frequent ones first."""
    rng = random.Random(f"lexicon {language}")
    frequent = FUNCTION_WORDS[language].split()
    if language in IDEOGRAPHIC:
        characters = sorted(set("".join(frequent)))
        return frequent + ["".join(rng.choices(characters, k=2)) for _ in range(_LEXICON)]
    if language in SYLLABLES:
        parts = [
            first + sign for first in SYLLABLES[language][0] for sign in SYLLABLES[language][1]
        ]
        return frequent + [
            "".join(rng.choices(parts, k=rng.randint(1, 3))) for _ in range(_LEXICON)
        ]
    parts = sorted({word[start : start + 2] for word in frequent for start in range(len(word) - 1)})
    return frequent + ["".join(rng.choices(parts, k=rng.randint(2, 4))) for _ in range(_LEXICON)]


@cache
def _weights(size: int) -> list[float]:
    return [1 / (rank + 3) for rank in range(size)]


def article(language: str, length: int, rng: random.Random) -> str:
    """An article of about that many words, in paragraphs of some sentences."""
    words = lexicon(language)
    topic = rng.sample(words[len(FUNCTION_WORDS[language].split()) :], 40)
    names = [word.capitalize() for word in rng.sample(words, 8)]
    paragraphs: list[str] = []
    written = 0
    while written < length:
        sentences = [
            _sentence(language, words, topic, names, rng) for _ in range(rng.randint(2, 5))
        ]
        written += sum(len(sentence) for sentence in sentences)
        joint = "" if language in UNSPACED else " "
        stop = "。" if language in IDEOGRAPHIC else "."
        paragraphs.append(" ".join(joint.join(sentence) + stop for sentence in sentences))
    return "\n\n".join(paragraphs)


def _sentence(
    language: str, words: list[str], topic: list[str], names: list[str], rng: random.Random
) -> list[str]:
    chosen = rng.choices(words, _weights(len(words)), k=rng.randint(7, 24))
    for place in range(len(chosen)):
        chance = rng.random()
        if chance < 0.25:
            chosen[place] = rng.choice(topic)
        elif chance < 0.29:
            chosen[place] = rng.choice(names)
        elif chance < 0.31:
            chosen[place] = str(rng.randint(2, 3000))
    chosen[0] = chosen[0].capitalize()
    return chosen
