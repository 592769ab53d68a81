"""What each post fills in with facts of its own is text, although its form recurs."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.unit.wparchive.furniture.test_furniture import block, furniture_of, own
from wparchive.furniture.guards import AnyBlock
from wparchive.furniture.keys import block_key
from wparchive.furniture.varied import Sighting, leading_form, variety_of

POSTS = 40
DRAWN = random.Random(7)
DRAWS = [DRAWN.randrange(1, 90_000) for _ in range(POSTS)]


def is_left_out(posts: Sequence[Sequence[AnyBlock]], text: str) -> bool:
    return block_key(text) in furniture_of(posts)


def posts_with(line: Callable[[int], str], kind: str = "paragraph") -> list[list[AnyBlock]]:
    """Posts that end with a line; `line` is given the number of the post."""
    return [[own(n), own(n, 1), own(n, 2), block(line(n), kind)] for n in range(POSTS)]


FACTS: dict[str, Callable[[int], str]] = {
    "a large number": lambda n: f"Attendance at the match: {DRAWS[n]:,}",
    "a price": lambda n: f"The price in our shop is {DRAWS[n] % 90}.{DRAWS[n] % 89} €",
    "a distance": lambda n: f"Distance of the whole walk {DRAWS[n] % 17}.{DRAWS[n] % 9} km",
    "one of few": lambda n: f"The difficulty of this recipe is {DRAWS[n] % 3 + 1} of 5",
    "a number that is mostly the same": lambda n: f"We give it {4 + (n % 5 == 0)} of five stars",
    "a row and a fact": lambda n: f"Episode {n + 1} of the show, {DRAWS[n] % 50} minutes long",
    "a time": lambda n: f"Doors of the hall open at {DRAWS[n] % 12 + 10}:{DRAWS[n] % 50 + 10}",
    "a year": lambda n: f"This film was published in {1950 + DRAWS[n] % 70}",
    "German": lambda n: f"Zuschauer im ganzen Stadion: {DRAWS[n]}",
    "Russian": lambda n: f"Длина всего маршрута: {DRAWS[n] % 40} км",
    "Japanese": lambda n: f"本日の入場者数は全部で{DRAWS[n]}人でした。",
}
NOT_FACTS: dict[str, Callable[[int], str]] = {
    "one number everywhere": lambda n: "Call the office at 555 12 34 for a chair",
    "the year of a notice": lambda n: f"© {2015 + n // 8} The harbour and its keepers",
    "a counter that grows": lambda n: f"Join the {1000 + 13 * n:,} readers of our letter",
    "a counter that falls": lambda n: f"Only {900 - n} days until the great feast",
    "one of two telephones": lambda n: f"Call us at 0{5551234 + n % 2} for a chair",
    "views": lambda n: f"This post has {DRAWS[n]} views so far",
    "comments, Polish": lambda n: f"Pod tym wpisem: {DRAWS[n] % 80} komentarzy",
    "shares": lambda n: f"Shared {DRAWS[n] % 80} times on Facebook by readers",
    "the time of reading": lambda n: f"Reading time of this: {DRAWS[n] % 9} minutes",
    "the date of the theme": lambda n: f"Posted by the desk on {DRAWS[n] % 28}, {2000 + n // 12}",
    "a code of the season": lambda n: f"Use the code TIDE{n // 20} for a discount",
}


@pytest.mark.parametrize("kind", ["paragraph", "list_item"])
@pytest.mark.parametrize("line", FACTS.values(), ids=FACTS)
def test_numbers_that_differ_from_post_to_post_are_facts(
    line: Callable[[int], str], kind: str
) -> None:
    assert not is_left_out(posts_with(line, kind), line(0))


@pytest.mark.parametrize("line", NOT_FACTS.values(), ids=NOT_FACTS)
def test_numbers_that_stand_still_or_count_are_none(line: Callable[[int], str]) -> None:
    assert is_left_out(posts_with(line), line(0))


QUESTION = "What do you do when the boats are late?"
OTHER_QUESTION = "Who taught you to tie these knots?"


@pytest.mark.parametrize(
    "question", [QUESTION, "Что вы делаете, когда опаздывают лодки?", "船が遅れたら何をしますか？"]
)
def test_a_question_that_each_post_answers_is_text(question: str) -> None:
    posts = [[own(n), block(question), own(n, 1)] for n in range(POSTS)]
    assert not is_left_out(posts, question)


def test_a_question_of_an_interview_may_have_words_of_a_call() -> None:
    where, views = "Where can we follow you on Twitter?", "What are your views on boats?"
    posts = [[own(n), block(where), own(n, 1), block(views), own(n, 2)] for n in range(POSTS)]
    assert furniture_of(posts) == set()


def test_questions_that_open_an_interview_are_text_where_others_follow() -> None:
    questions = block(QUESTION), block(OTHER_QUESTION)
    posts = [[questions[0], own(n), questions[1], own(n, 1)] for n in range(POSTS)]
    assert furniture_of(posts) == set()


CALLS: dict[str, Callable[[int], list[AnyBlock]]] = {
    "a call after a question": lambda n: [own(n), block("Enjoyed this? Subscribe"), own(n, 1)],
    "a question at the end": lambda n: [own(n), own(n, 1), block(QUESTION)],
    "a question that opens all posts": lambda n: [block(QUESTION), own(n), own(n, 1)],
    "a question before the same call": lambda n: [
        *(own(n), own(n, 1), block(QUESTION)),
        *(block("Write to the harbour master today."), own(n, 2)),
    ],
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_question_that_calls_for_something_is_furniture(
    call: Callable[[int], list[AnyBlock]],
) -> None:
    assert len(furniture_of([call(n) for n in range(POSTS)])) >= 1


def test_an_answer_that_recurs_is_text_and_a_call_in_the_form_of_a_question_is_none() -> None:
    nothing = block("Nobody had anything to add.")
    posts = [[own(n), block(QUESTION), own(n, 1) if n % 2 else nothing] for n in range(POSTS)]
    assert furniture_of(posts) == set()
    calls = [
        "Follow us on Telegram?",
        "Want our newsletter?",
        "Advertisement:",
        "Noch mehr Werbung:",
    ]
    for call in calls:
        called = [[own(n), block(f"Please read this. {call}"), own(n, 1)] for n in range(POSTS)]
        assert len(furniture_of(called)) == 1


VALUES = ("Easy", "Hard", "For cooks")


@pytest.mark.parametrize(
    "value", [lambda n: own(n, 1), lambda n: block(VALUES[DRAWS[n] % 3]), lambda n: picture(n)]
)
def test_a_label_that_a_value_follows_is_text(value: Callable[[int], AnyBlock]) -> None:
    label = "What you need for it:"
    posts = [[own(n), block(label), value(n), own(n, 2)] for n in range(POSTS)]
    assert not is_left_out(posts, label)


def picture(number: int) -> AnyBlock:
    return {"kind": "figure", "text": "", "url": f"https://h.org/{number}.jpg"}


def test_a_label_before_what_is_the_same_everywhere_is_furniture() -> None:
    label = "Follow us here as well:"
    links = [block(f"Our page on {name}", "list_item") for name in ("Mast", "Buoy")]
    posts = [[own(n), own(n, 1), block(label), *links] for n in range(POSTS)]
    assert is_left_out(posts, label)


def test_titles_of_the_parts_of_a_form_are_labels_and_a_single_line_is_none() -> None:
    taste, verdict = block("How does it taste"), block("Our verdict on it")
    form = [[own(n), taste, own(n, 1), verdict, own(n, 2)] for n in range(POSTS)]
    assert furniture_of(form) == set()
    call = [[own(n), block("Join our channel today"), own(n, 1)] for n in range(POSTS)]
    assert len(furniture_of(call)) == 1


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (QUESTION, "question"),
        ("« Pourquoi ici ? »", "question"),
        ("ماذا تفعل الآن؟", "question"),
        ("Τι κάνεις εδώ;", "question"),
        ("Save; then go on", "title"),
        ("食材：", "label"),
        ("Enjoyed this? Subscribe", None),
        ("A sentence stands here.", None),
        ("What you need", "title"),
        ("A line of many words that says what nobody has asked for", None),
        (f"{QUESTION * 20}", None),
    ],
)
def test_forms(text: str, form: str | None) -> None:
    assert leading_form(text) == form


def test_few_posts_show_no_row() -> None:
    def seen(numbers: Sequence[str]) -> Any:
        found = [Sighting(n, number, 0, False, 0, 0) for n, number in enumerate(numbers)]
        return variety_of("Number 1 of the row.", found)

    assert seen(["1", "2", "3", "4", "5"]) == "facts"
    assert seen(["1", "2", "3", "4", "5", "6"]) is None
    assert seen(["9:30", "9:45", "10:00", "10:15", "10:30", "10:45"]) == "facts"
    assert seen(["1", "1", "1", "1", "1", "2"]) is None


REFEREES = ("Ulf Brandt", "Ina Voss", "Jens Ohm")
TURNS = [DRAWS[n] % 3 for n in range(POSTS)]


@pytest.mark.parametrize(
    "line",
    [
        lambda n: f"The referee of this match: {REFEREES[TURNS[n]]}",
        lambda n: f"We were taken there by {REFEREES[TURNS[n]]} in his old boat.",
        lambda n: f"撮影地はいつもの{'京金長'[TURNS[n]]}です。",
        lambda n: f"Lieu de la fête : {('place', 'salle', 'église')[TURNS[n]]}",
    ],
)
def test_values_that_take_turns_are_facts(line: Callable[[int], str]) -> None:
    assert furniture_of(posts_with(line)) == set()


@pytest.mark.parametrize(
    "line",
    [
        lambda n: f"Our office is at this place: {REFEREES[n // 14]} Street",
        lambda n: f"Follow our page on {REFEREES[TURNS[n] % 2]} for the news of the day.",
        lambda n: f"Advertisement for you: {REFEREES[TURNS[n]]} sells tea",
        lambda n: f"About the author: {REFEREES[TURNS[n]]} {'lives by the river ' * 5}",
    ],
)
def test_values_that_change_once_in_a_while_are_furniture(line: Callable[[int], str]) -> None:
    found = furniture_of(posts_with(line))
    assert {block_key(line(n)) for n in range(POSTS)} == found


def test_what_stands_together_in_a_post_is_no_choice() -> None:
    lines = [block(f"Follow us here: {name}") for name in REFEREES]
    posts = [[own(n), own(n, 1), lines[0], lines[1 + n % 2]] for n in range(POSTS)]
    assert len(furniture_of(posts)) == 3


SENTENCE = "Preheat the oven to a gentle heat."
REFRAIN = "And the sea, and the sea, and the sea."
OFTEN = [DRAWS[n] % 2 == 0 for n in range(POSTS)]


def item(text: str, is_numbered: bool) -> AnyBlock:
    return {"kind": "list_item", "text": text, "depth": 1, "ordered": is_numbered}


def some(n: int, *blocks: AnyBlock) -> list[AnyBlock]:
    return list(blocks) if OFTEN[n] else []


AUTHORS: dict[str, tuple[str, Callable[[int], list[AnyBlock]]]] = {
    "a sentence amid the text": (
        SENTENCE,
        lambda n: [own(n), *some(n, block(SENTENCE)), own(n, 1), own(n, 2)],
    ),
    "one in the middle of a short post": (
        SENTENCE,
        lambda n: [own(n), *some(n, block(SENTENCE)), own(n, 1)],
    ),
    "a refrain": (REFRAIN, lambda n: [own(n), block(REFRAIN), own(n, 1), block(REFRAIN)]),
    "a step of a list": (
        SENTENCE,
        lambda n: [
            *(own(n), own(n, 1), item(SENTENCE, True), item("Open the lid of it", True)),
            item(f"Turn it {own(n)['text']}", True),
        ],
    ),
    "an item among others": (
        SENTENCE,
        lambda n: [
            own(n),
            item(f"Mended {own(n)['text']}", False),
            *some(n, item(SENTENCE, False)),
        ],
    ),
}
SITES: dict[str, Callable[[int], list[AnyBlock]]] = {
    "at the end": lambda n: [own(n), own(n, 1), own(n, 2), *some(n, block(SENTENCE))],
    "at the beginning": lambda n: [*some(n, block(SENTENCE)), own(n), own(n, 1), own(n, 2)],
    "in all posts": lambda n: [own(n), block(SENTENCE), own(n, 1), own(n, 2)],
    "a box of two": lambda n: [
        *(own(n), *some(n, block(SENTENCE), block("One letter a week, no more.")), own(n, 1)),
        own(n, 2),
    ],
    "a call": lambda n: [
        *(own(n), *some(n, block("Follow us on Telegram for more.")), own(n, 1), own(n, 2)),
    ],
    "a long one": lambda n: [own(n), *some(n, block(f"{SENTENCE} " * 4)), own(n, 1), own(n, 2)],
}


@pytest.mark.parametrize("name", AUTHORS)
def test_a_sentence_of_the_author_s_is_text(name: str) -> None:
    text, post = AUTHORS[name]
    assert not is_left_out([post(n) for n in range(POSTS)], text)


@pytest.mark.parametrize("name", SITES)
def test_a_sentence_of_the_site_s_is_furniture(name: str) -> None:
    assert furniture_of([SITES[name](n) for n in range(POSTS)])
