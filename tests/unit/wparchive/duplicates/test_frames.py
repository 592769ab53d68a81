"""Posts that only look alike, because of a frame around few facts or because of their media."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fingerprint import content_fingerprint
from wparchive.duplicates import OriginalCandidate
from wparchive.duplicates.compare.facts import title_difference, title_words
from wparchive.duplicates.compare.standing import (
    LONGEST_FRAME,
    line_hashes,
    own_text,
    sentences,
    sentences_slowly,
    standing_lines,
    title_hash,
)
from wparchive.duplicates.evidence import ComparablePost, equal_posts
from wparchive.duplicates.pair import compare_posts
from wparchive.duplicates.summary import PostContent, PostSummary

NOW = datetime(2025, 1, 1, tzinfo=UTC)
SITE = "example.com"

TitleAndText = tuple[str, str]
Case = tuple[TitleAndText, TitleAndText]

_HISTORY = (
    "The mill on the Aller has ground rye since 1620. In the spring its wheel was taken out, "
    "and two carpenters made a new one of larch from the wood behind the church. They work "
    "without a plan, as their fathers did, and measure with a rod that hangs beside the door. "
    "The miller sells flour on Fridays, and whoever wishes may come and watch the stones. "
    "Children are shown how the hopper is filled, why the bell rings when it is empty, and what "
    "became of the two cats that lived under the roof. In winter, when the ice holds the wheel, "
    "there is only the oven, and bread of yesterday's flour. "
)
_NOTICE = (
    "This page is published by the harbour office. Reports are made by those on duty and may be "
    "corrected without notice. The times of tides are those of the gauge at the old bridge, and no "
    "claim follows from them. Whoever moors without a permit pays the costs of being moved. Boats "
    "over nine metres are to be announced a day before, by telephone or at the window in the yard. "
    "Words and pictures may be taken over with the name of the office. Questions about rules, fees "
    "and lost property are answered from Monday to Thursday before noon, and not by letter. The "
    "statutes hang beside the lift."
)

_DOUGH = (
    "Mix 200 g of flour with 100 g of butter, two eggs and 80 g of sugar. Put it into the tin. "
    "{} on top. Bake it for forty minutes. Let it cool before you take it out of the tin."
)

_WORD_OF_THE_DAY = (
    "Today we look at the word {}. It comes from {} and means {}. You can use it in a letter or in "
    "talk. Try to write three sentences with it and read them to a friend. Come back tomorrow for "
    "the next word, and tell your friends about this page if you like it."
)

DIFFERENT: dict[str, Case] = {
    "titles with a long name of a series and one word of their own": (
        (
            "Word of the day: mole",
            _WORD_OF_THE_DAY.format("mole", "Latin", "a wall in the sea"),
        ),
        (
            "Word of the day: quay",
            _WORD_OF_THE_DAY.format("quay", "French", "a place for ships"),
        ),
    ),
    "two recipes whose titles are inflected in their texts": (
        ("Plum cake", _DOUGH.format("Halve twenty plums and lay them")),
        ("Apple cake", _DOUGH.format("Peel four apples and lay them")),
    ),
    "dup-series-whose-topics-stand-in-the-frame": (
        (
            "At the mill: bread and winter",
            f"{_HISTORY}This week we learned to dress the stones with a hammer.",
        ),
        (
            "At the mill: children and stones",
            f"{_HISTORY}Old photographs were found behind a beam, and we show them all.",
        ),
    ),
    "dup-news-with-a-notice-that-names-their-titles": (
        (
            "Lost boats moved to the old bridge",
            "Last night three boats were lost in the fog and moved to the old bridge by the crew "
            f"of the pilot, who found them all undamaged.\n\n{_NOTICE}",
        ),
        (
            "Permit fees and a new window",
            "From May on the fees for a permit rise by a tenth, and a new window in the yard will "
            f"take them also on Saturdays until noon.\n\n{_NOTICE}",
        ),
    ),
    "dup-series-with-an-end-of-its-own": (
        (
            "The Low Water Hour: eels in the harbour",
            "Every Sunday two fishermen and a retired pilot sit down on the quay with a flask of "
            "tea and talk for an hour about whatever came up with the nets that week. You hear "
            "gulls, the harbour crane and now and then a train on the bridge behind them. There "
            "is no plan, no sponsor and no second take. "
            "This time they counted eels until it rained.",
        ),
        (
            "The Low Water Hour: ropes",
            "Every Sunday two fishermen and a retired pilot sit down on the quay with a flask of "
            "tea and talk for an hour about whatever came up with the nets that week. You hear "
            "gulls, the harbour crane and now and then a train on the bridge behind them. There "
            "is no plan, no sponsor and no second take. "
            "Old splices hold better than anybody knew.",
        ),
    ),
    "dup-gallery-notes": (
        (
            "March meeting",
            "Click on any picture to see it larger. All photographs were taken by our members "
            "at this month's meeting and may be downloaded for personal use only, please ask "
            "before you print them.",
        ),
        (
            "April meeting",
            "Click on any picture to see it larger. All photographs were taken by our members "
            "at this month's meeting and may be downloaded for personal use only, please ask "
            "before you print them.",
        ),
    ),
    "dup-podcast-notes": (
        (
            "Episode 12: Tides",
            "Welcome to another episode of the Harbour Talk podcast. Subscribe on Apple "
            "Podcasts, Spotify or wherever you listen, leave us a review, and send your "
            "questions to the studio by email. Thank you for listening and see you next week.",
        ),
        (
            "Episode 13: Lighthouses",
            "Welcome to another episode of the Harbour Talk podcast. Subscribe on Apple "
            "Podcasts, Spotify or wherever you listen, leave us a review, and send your "
            "questions to the studio by email. Thank you for listening and see you next week.",
        ),
    ),
    "dup-short-news-long-legal": (
        (
            "Rates rise",
            "Rates rose on Tuesday after the bank surprised markets with a quarter point. The "
            "information on this website is provided for general purposes only and does not "
            "constitute advice of any kind. Although every effort is made to keep it current we"
            " make no promises about its accuracy, completeness or fitness for a purpose, and "
            "any reliance that you place on it is at your own risk. Under no circumstances "
            "shall the publisher be held responsible for loss or damage, including indirect "
            "loss, arising from its use. Links to other sites are given for convenience and "
            "imply no endorsement. All articles, photographs and drawings are protected by "
            "copyright and may not be copied, stored or passed on without permission in writing"
            " from the editors, whose address is given on the contact page.",
        ),
        (
            "Cat rescued",
            "Firefighters freed a kitten from a chimney in the old town on Sunday. The "
            "information on this website is provided for general purposes only and does not "
            "constitute advice of any kind. Although every effort is made to keep it current we"
            " make no promises about its accuracy, completeness or fitness for a purpose, and "
            "any reliance that you place on it is at your own risk. Under no circumstances "
            "shall the publisher be held responsible for loss or damage, including indirect "
            "loss, arising from its use. Links to other sites are given for convenience and "
            "imply no endorsement. All articles, photographs and drawings are protected by "
            "copyright and may not be copied, stored or passed on without permission in writing"
            " from the editors, whose address is given on the contact page.",
        ),
    ),
    "dup-template-few-names": (
        (
            "Nurse at Alder",
            "Alder Clinic is hiring a night nurse to join its team in Leeds. You will work "
            "closely with colleagues across the company and report to the head of department. "
            "We offer a competitive salary, a pension scheme, twenty five days of holiday and "
            "flexible working hours. Applicants should have several years of experience, "
            "excellent written and spoken English, and the right to work in this country. To "
            "apply please send a letter and your curriculum vitae to the address below before "
            "the closing date. We look forward to hearing from you and welcome applications "
            "from every part of the community.",
        ),
        (
            "Welder at Birch",
            "Birch Steelworks is hiring a senior welder to join its team in Cardiff. You will "
            "work closely with colleagues across the company and report to the head of "
            "department. We offer a competitive salary, a pension scheme, twenty five days of "
            "holiday and flexible working hours. Applicants should have several years of "
            "experience, excellent written and spoken English, and the right to work in this "
            "country. To apply please send a letter and your curriculum vitae to the address "
            "below before the closing date. We look forward to hearing from you and welcome "
            "applications from every part of the community.",
        ),
    ),
    "dup-template-names-first": (
        (
            "Obituary: Ann Marsh",
            "Ann Marsh, of Kettering, passed away peacefully at home surrounded by family. Born"
            " in Dublin, she was a devoted grandmother and a friend to many, known for a warm "
            "smile and a generous heart. A funeral service will be held at the parish church, "
            "followed by a reception in the hall. The family asks that instead of flowers "
            "donations be made to the local hospice. Friends and neighbours are warmly invited "
            "to share their memories in the book of condolence.",
        ),
        (
            "Obituary: Paul Reed",
            "Paul Reed, of Norwich, passed away peacefully at home surrounded by family. Born "
            "in Glasgow, he was a devoted grandfather and a friend to many, known for a warm "
            "smile and a generous heart. A funeral service will be held at the parish church, "
            "followed by a reception in the hall. The family asks that instead of flowers "
            "donations be made to the local hospice. Friends and neighbours are warmly invited "
            "to share their memories in the book of condolence.",
        ),
    ),
    "series-episodes-are-not-near": (
        (
            "Three Stories #5",
            "Part 5\n\n"
            "4 May 2018, 88 minutes\n\n"
            "Every Friday two of us sit down with three stories from the local papers and try "
            "to make sense of them. We pick the stories by drawing lots from a long list that "
            "our readers send in during the week, so nobody can prepare. The whole list, with "
            "what was not drawn, is in the sheet below.\n\n"
            "All stories of the season:\n\n"
            "https://docs.example.org/sheets/season\n\n"
            "Music between the parts: Tin Harbour https://sound.example.org/tin-harbour",
        ),
        (
            "Three Stories #10",
            "Part 10\n\n"
            "29 June 2018, 65 minutes\n\n"
            "Every Friday two of us sit down with three stories from the local papers and try "
            "to make sense of them. We pick the stories by drawing lots from a long list that "
            "our readers send in during the week, so nobody can prepare. The whole list, with "
            "what was not drawn, is in the sheet below.\n\n"
            "All stories of the season:\n\n"
            "https://docs.example.org/sheets/season\n\n"
            "Music between the parts: Tin Harbour https://sound.example.org/tin-harbour",
        ),
    ),
}
"""Pairs of posts of one site that are neither copies nor versions of each other."""


def comparable(
    title: str, text: str, number: int = 1, embeds: tuple[str, ...] = (), pictures: str = ""
) -> ComparablePost:
    key = f"{SITE}/post/{number}"
    candidate = OriginalCandidate(
        key, f"https://{key}", None, NOW - timedelta(weeks=9 - number), len(text.split())
    )
    summary = PostSummary(candidate, SITE, title, content_fingerprint(text), [], None)
    content = PostContent(text, frozenset(pictures.split()), frozenset(embeds))
    return ComparablePost(summary, content)


def kind(a: ComparablePost, b: ComparablePost) -> str | None:
    found = compare_posts(a, b, NOW)
    return found and found.kind


@pytest.mark.parametrize("case", DIFFERENT.values(), ids=DIFFERENT)
def test_posts_of_one_form_are_not_versions_of_each_other(case: Case) -> None:
    (title, text), (other_title, other_text) = case
    posts = comparable(title, text, 1), comparable(other_title, other_text, 2)
    assert kind(*posts) in (None, "related")


BLURB = "Every week we show one of our workshops. Write to us when you want to be the next one."


@pytest.mark.parametrize(
    ("title", "pictures", "embeds", "expected"),
    [
        ("Glass", "glass.jpg", "video-1", "exact"),
        ("Wood", "glass.jpg", "video-2", "exact"),
        ("Wood", "wood.jpg", "video-1", "exact"),
        ("Wood", "wood.jpg", "video-2", None),
        ("Glass", "glass.jpg", "video-2", None),
        ("Glass", "", "", "exact"),
        ("Wood", "", "", None),
    ],
)
def test_a_short_text_needs_an_equal_title_or_shared_media(
    title: str, pictures: str, embeds: str, expected: str | None
) -> None:
    first = comparable("Glass", BLURB, 1, ("video-1",), "glass.jpg")
    other = comparable(title, BLURB, 2, tuple(embeds.split()), pictures)
    assert kind(first, other) == expected


def test_a_picture_under_many_titles_is_no_sign_of_a_copy() -> None:
    titles = ["Glass", "Wood", "Stone", "Paper", "Iron", "Wood"]
    posts = [comparable(title, BLURB, n, (), "logo.jpg") for n, title in enumerate(titles)]
    assert equal_posts(posts) == [(f"{SITE}/post/1", f"{SITE}/post/5")]
    assert len(equal_posts(posts[:4])) == 6


QUESTIONS = (
    "How did you come to the harbour, and what did you do before that? {0} says: by chance. "
    "What does a day of work look like for you when the boats are late? {0} says: long. "
    "Who taught you, and what would you tell those who want to begin today? {0} says: patience."
)


def test_titles_that_name_what_stands_in_one_text_alone_tell_posts_apart() -> None:
    ann = comparable("Interview with Ann", QUESTIONS.format("Ann"), 1)
    ben = comparable("Interview with Ben", QUESTIONS.format("Ben"), 2)
    again = comparable("At the harbour", QUESTIONS.format("Ann") + " Thanks.", 3)
    assert kind(ann, ben) is None
    assert kind(ann, again) == "near"


ANNOUNCEMENT = (
    "Our meeting in {0} takes place as ever in the back room of the Golden Lion, at seven. We talk"
    " about the garden, the library of tools and the summer feast. Guests are welcome, and nobody"
    " needs to register. Bring a chair if you have one, because there are never enough of them."
)


@pytest.mark.parametrize(
    ("title", "one", "other"),
    [
        ("Meeting in {}", "May", "June"),
        ("{} meeting of the club", "First", "3rd"),
        ("Meeting on {}", "Monday", "Sunday"),
        ("{} feast", "Summer", "Winter"),
        ("Part {}", "II", "IV"),
        ("Stammtisch im {}", "Mai", "Juni"),
        ("Встреча в {}", "мае", "июне"),
        ("Spotkanie w {}", "maju", "czerwcu"),
        ("Tapaaminen {}", "tammikuussa", "helmikuussa"),
        ("פגישה {}", "במאי", "ביוני"),
        ("اجتماع {}", "مايو", "يونيو"),
        ("{} की बैठक", "मई", "जून"),
        ("{} 모임", "5월", "6월"),
        ("{}曜日の会", "月", "火"),
        ("星期{}聚会", "一", "日"),
        ("การประชุมเดือน{}", "พฤษภาคม", "มิถุนายน"),
        ("Workshop with {}", "Ann", "Bob"),
    ],
)
def test_titles_that_differ_in_a_month_or_the_like_are_of_different_posts(
    title: str, one: str, other: str
) -> None:
    first = title.format(one)
    second = title.format(other)
    assert kind(comparable(first, ANNOUNCEMENT, 1), comparable(second, ANNOUNCEMENT, 2)) is None
    # Each names the month of the other one as well.
    months = [(one, other, other), (other, one, one)]
    texts = [f"{ANNOUNCEMENT.format(month)} Then in {a} and {b}." for month, a, b in months]
    if title_difference(first, second) == "numbers":
        assert kind(comparable(first, texts[0], 1), comparable(second, texts[1], 2)) is None
    assert kind(comparable(first, texts[0], 1), comparable(first, texts[1], 2)) == "near"


def test_words_of_order_are_told_from_others() -> None:
    assert title_difference("Mars rover", "Jupiter rover") == "words"
    assert title_difference("The march", "The marches") == "words"
    assert title_difference("May meeting", "Meeting") == "words"


def test_who_is_named_in_the_next_announcement_too_is_told_apart() -> None:
    ann = ANNOUNCEMENT.format("May") + " Zoe was here, now it is Ann. Ann talks about eels."
    bob = ANNOUNCEMENT.format("May") + " Ann was here, now it is Bob. Bob talks about eels."
    posts = comparable("Workshop with Ann", ann, 1), comparable("Workshop with Bob", bob, 2)
    assert kind(*posts) is None


def test_ideographs_in_pairs_are_words_of_titles() -> None:
    assert {"夜景", "東京", "タワー"} <= title_words("東京タワーの夜景")
    assert title_words("A to Z") == {"a", "to", "z"}


FRAME = "Talks at the museum are held on the first day of a month. Entrance is free for members."


def test_lines_under_many_titles_are_standing_whatever_their_digits() -> None:
    posts = [(f"Talk {n}", f"About thing {n} and {n * n}.\n\n{FRAME} Room {n}.") for n in range(5)]
    hashes = [(title_hash(title, ""), line_hashes(SITE, text)) for title, text in posts]
    standing = standing_lines(hashes)
    own = "A word on birds.\nRoom with a view."
    assert own_text(SITE, f"A word on birds. {FRAME} Room 7.\nRoom with a view.", standing) == own
    assert own_text("other.example", FRAME, standing) == FRAME
    assert standing_lines(hashes[:4]) == set()


def test_one_text_under_one_title_again_and_again_has_no_standing_lines() -> None:
    assert standing_lines([(title_hash("Talk", ""), line_hashes(SITE, FRAME))] * 9) == set()


def test_a_very_long_frame_is_a_text() -> None:
    text = ". ".join(f"Sentence {word} of a long text" for word in map(chr, range(97, 123)))
    text = f"{text}. " * (LONGEST_FRAME // 150 + 1)
    assert own_text(SITE, text, line_hashes(SITE, text)) == text
    assert own_text(SITE, "Sentence a of a long text.", line_hashes(SITE, text)) == ""


@given(st.text("ab.!?…:؟۔।。！？ \n\t\r\u3000\u2028\x85"))
def test_the_short_way_finds_the_same_sentences(text: str) -> None:
    assert sentences(text) == sentences_slowly(text)
