"""Which language a post is in: text, declarations and script, each where it must win."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Post, Term
from pipelines import language
from pipelines.cleaning import clean_html
from pipelines.errors import StageFailed
from pipelines.language import (
    LanguagePipeline,
    PostLanguage,
    decide_language,
    prose,
    prose_slowly,
    sample_of,
)
from wparchive.text.scripts import (
    is_simplified,
    language_of_letters,
    main_script,
    main_script_slowly,
)

GERMAN = (
    "Der Verein sucht noch Freiwillige, die am Samstag beim Aufbau der Zelte und am Sonntag beim"
    " Abwaschen helfen. Wer Zeit hat, meldet sich bitte bis Mittwoch im Büro neben der Schule."
)
ENGLISH = (
    "The club is looking for people who can help to put up the tents on Saturday and wash the"
    " dishes on Sunday. Whoever has time may call at the office next to the school."
)
DANISH = "Vi mødes om mandagen på den gamle station."
LONG_DANISH = (
    "Foreningen søger frivillige, som lørdag kan hjælpe med at sætte telte op og søndag med at"
    " vaske op. Hvis du har lyst, kan du henvende dig på kontoret ved siden af skolen inden onsdag."
    " Der er kaffe og hjemmebagt kage til alle, og bagefter spiser vi sammen."
)


def post(**fields: Any) -> Post:
    return Post(site="h.org", type="post", id=1, **fields)


@pytest.mark.parametrize(
    ("text", "declared", "site", "tag", "source"),
    [
        (GERMAN, None, None, "de", "text"),
        (GERMAN, None, "de-DE", "de", "text"),
        (GERMAN, "de_AT", None, "de-AT", "declared"),
        (GERMAN, "de", "en-US", "de", "declared"),
        (GERMAN, None, "en-US", "de", "text"),
        (GERMAN, "fr", None, "de", "text"),  # no plug-in is believed against a whole paragraph
        ("Hallo Welt", "fr", None, "fr", "declared"),
        ("Bos", None, "nl-NL", "nl", "text"),
        ("Bos", None, "en-US", "en", "site"),
        ("", None, "nl-BE", "nl", "site"),
        ("", "nl_BE", "fr", "nl-BE", "declared"),
        ("", None, None, None, None),
        ("12345 — !!", None, None, None, None),
        ("Привет", None, "en-US", "ru", "text"),
        ("Новини", None, "uk", "uk", "text"),
        ("Стала доступна документация к версии", None, None, "ru", "text"),
        ("東京", None, "ja", "ja", "text"),
        ("東京", None, "zh-TW", "zh-Hant", "text"),
        (DANISH, None, "nb-NO", "nb", "text"),
        (LONG_DANISH, None, "nb-NO", "da", "text"),
        (LONG_DANISH, None, "da", "da", "text"),
        (DANISH, None, "da", "da", "text"),
        ("Vi møtes på mandager, og alle er velkomne.", None, "nn-NO", "nn", "text"),
        ("Састајемо се понедељком и увек има супе.", None, "sr-RS", "sr-Cyrl", "text"),
        ("Sastajemo se ponedeljkom i uvek ima supe.", None, "sr-RS", "sr-Latn", "text"),
        ("Sastajemo se ponedeljkom i uvek ima supe.", "sr_RS", None, "sr-Latn-RS", "declared"),
        ("Kami berkumpul hari Senin", None, "id", "id", "text"),
        ("Kami berjumpa hari Isnin", None, "ms-MY", "ms", "text"),
        (GERMAN, "mul", "x", "de", "text"),
    ],
)
def test_who_decides(
    text: str, declared: str | None, site: str | None, tag: str | None, source: str | None
) -> None:
    found = decide_language(text, declared, site)
    assert (found.tag, found.source) == (tag, source)


def test_a_post_in_two_languages_is_in_that_of_its_site_and_not_sure() -> None:
    both = f"{ENGLISH}\n{GERMAN}"
    german = decide_language(both, None, "de")
    assert german.tag == "de"
    assert decide_language(both).tag in ("de", "en")
    assert german.confidence < 0.7 < decide_language(GERMAN, None, "de").confidence


def test_confidence_grows_with_the_text_and_with_who_agrees() -> None:
    short, long = GERMAN[:40], GERMAN
    confidences = [
        decide_language(short).confidence,
        decide_language(short, None, "de").confidence,
        decide_language(long, None, "de").confidence,
    ]
    assert confidences == sorted(set(confidences))
    assert decide_language("Bos", None, "en-US").confidence < 0.5


def test_code_is_not_the_language_of_a_post() -> None:
    code = "SELECT name FROM table WHERE id IS NOT NULL ORDER BY date;\n" * 20
    with_code = post(
        title="Как выбрать строки",
        text=f"Вот запрос.\n\n{code}",
        html=f"<p>Вот запрос.</p><pre>{code}</pre>",
    )
    assert "SELECT" not in sample_of(with_code)
    assert decide_language(sample_of(with_code)).tag == "ru"


def test_a_title_in_another_script_stands_against_english_names() -> None:
    sample = "Обзор библиотек\nGoogle Chrome, Visual Studio Code, The Linux Kernel, The Web"
    assert decide_language(sample).tag == "ru"


@pytest.mark.parametrize("site", [None, "en-US", "right"])
@pytest.mark.parametrize(
    ("title", "locale", "tag"),
    [
        ("使用 Docker 部署 Kubernetes 集群", "zh-CN", "zh-Hans"),
        ("nginx安装", "zh-CN", "zh-Hans"),
        ("Spring Boot 整合 MyBatis Plus", "zh-CN", "zh-Hans"),
        ("Docker Compose でログ", "ja", "ja"),
        ("Установка nginx", "ru-RU", "ru"),
    ],
)
@pytest.mark.parametrize(
    "html",
    [
        "<pre>{}</pre>",
        "<p><code>{}</code></p>",
        "<p>{}</p>",
        '<div class="highlight">{}</div>',
    ],
)
def test_a_title_says_the_language_of_a_post_with_only_code(
    title: str, locale: str, tag: str, html: str, site: str | None
) -> None:
    code = "sudo apt-get install nginx\nfor name in sites; do systemctl restart $name; done\n"
    cleaned = clean_html(html.format(code * 2), "https://example.com/")
    sample = sample_of(post(title=title, text=cleaned.text, html=cleaned.html))
    declared = locale if site == "right" else site
    if tag != "vi" or ("<p>{}" not in html and "highlight" not in html):
        assert decide_language(sample, None, declared).tag == tag


def test_a_text_in_english_under_a_title_in_another_script_is_english() -> None:
    assert decide_language(f"Ода в честь таблиц\n{ENGLISH}").tag == "en"
    assert decide_language(f"How to say 你好\n{ENGLISH}").tag == "en"


@pytest.mark.parametrize(
    ("text", "site", "tag"),
    [
        ("Галерея\nФото з Києва", "ru-RU", "uk"),
        ("Зустріч\nЇї провели ввечері.", "bg-BG", "uk"),
        ("Навіны\nСёння ў Мінску адбылася сустрэча.", "ru-RU", "be"),
        ("Навіны\nСёння ў Мінску адбылася сустрэча.", "uk", "be"),
        ("Вести\nЃорѓи ќе дојде", "ru-RU", "mk"),
        ("Вести\nЊему је дошао пријатељ", "bg-BG", "sr-Cyrl"),
        ("خبر\nگزارش پیرو پژوهش چاپ شد", "ar", "fa"),
        ("خبر\nیہ کتاب ہے", "fa-IR", "ur"),
        ("خبر\nهذا كتاب جديد", "ar", "ar"),
        ("هەواڵ\nئەمڕۆ لە قوتابخانە ئاهەنگ بوو.", "fa-IR", "ckb"),
        ("خەۋەر\nبۈگۈن مەكتەپتە بايرام بولدى.", "ar", "ug"),
        ("خبر\nنن په ښوونځي کې جشن و.", "ar", "ps"),
        ("اعلان\nآج اسکول میں جشن تھا۔", "ar", "ur"),
        ("Съезд\nОбъявлен съезд", "uk", "ru"),
        ("Новини\nФото", "ru-RU", "ru"),
        ("Новини\nФото", "bg-BG", "bg"),
    ],
)
def test_letters_that_a_declared_language_lacks_speak_against_it(
    text: str, site: str, tag: str
) -> None:
    assert decide_language(text, None, site).tag == tag


def test_a_name_with_a_letter_of_another_language_changes_nothing() -> None:
    russian = "Выставка\nВ музее открылась выставка картин, среди них работа «Їжак», её привезли."
    assert decide_language(russian, None, "ru-RU").tag == "ru"
    assert language_of_letters(russian) is None


def test_chinese_characters_without_kana_are_chinese_where_mainland_china_writes_them_so() -> None:
    assert [is_simplified(text) for text in ("安装", "読書", "東京", "ログ", "nginx")] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert decide_language("安装", None, "ja").tag == "ja"


def test_a_short_text_is_helped_by_what_stands_around_it() -> None:
    pictures = post(
        title="Bos",
        images=[
            {"url": "https://h.org/1.jpg", "alt": "Een paddenstoel tussen de bladeren"},
            {"url": "https://h.org/2.jpg", "alt": "bos_002"},
        ],
        links=[{"url": "https://h.org/", "text": "Meer foto's van onze wandeling"}],
    )
    assert "bos_002" not in sample_of(pictures)
    assert decide_language(sample_of(pictures)).tag == "nl"


def test_a_site_says_no_region_of_a_text_that_looks_like_another_cyrillic_language() -> None:
    # CLD2 takes it for a language whose own letters it does not have.
    found = decide_language("Примерни подаци", None, "ru-RU")
    assert found.tag == "ru"


def test_the_end_of_a_long_text_is_looked_at() -> None:
    long = post(title="t", text="x" * 5000 + "the end")
    sample = sample_of(long)
    assert sample.endswith("the end")
    assert len(sample) < 900


@given(st.text(max_size=300), st.none() | st.text(max_size=8), st.none() | st.text(max_size=8))
def test_no_text_and_no_declaration_fails(
    text: str, declared: str | None, site: str | None
) -> None:
    found = decide_language(prose(text), declared, site)
    assert 0 <= found.confidence <= 1
    assert (found.tag is None) == (found.source is None)
    assert found == decide_language(prose(text), declared, site)


@given(st.text(st.characters(codec=None), max_size=50))
def test_cld2_takes_what_prose_leaves(text: str) -> None:
    language.pycld2.detect(prose(text))


@given(st.text(st.sampled_from("aé\n\x85\xa0\ud800\ufdd0😀:/w.htps "), max_size=30))
def test_prose_is_what_the_slow_way_finds(text: str) -> None:
    assert prose(text) == prose_slowly(text)


def test_without_the_library_declarations_and_scripts_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "pycld2", None)
    assert decide_language(GERMAN, None, "de").tag == "de"
    assert decide_language("Новости дня") == PostLanguage("ru", 0.3, "script")


@pytest.mark.parametrize(
    ("text", "script"),
    [("PHPで日付", "Kana"), ("使用PHP", "Hani"), ("Das ABC", "Latn"), ("1 + 1", None)],
)
def test_main_script(text: str, script: str | None) -> None:
    assert main_script(text) == script


@given(st.text("aZ09 .\n\0éя日ネ", max_size=6))
def test_main_script_is_what_the_slow_way_finds(text: str) -> None:
    assert main_script(text) == main_script_slowly(text)


def test_the_stage_sets_the_fields_of_posts_only() -> None:
    item = post(text=GERMAN, site_language="de-DE")
    assert LanguagePipeline().process_item(item) is item
    assert (item.language, item.language_source) == ("de", "text")
    assert item.language_confidence is not None
    term = Term(site="h.org", type="post_tag", id=2)
    assert LanguagePipeline().process_item(term) is term
    with pytest.raises(StageFailed):
        LanguagePipeline().process_item(post(text=None))
