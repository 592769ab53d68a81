"""What recurs on a site is furniture, within guards."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.furniture.counting import (
    FrequentKeys,
    SiteCount,
    furniture_of_posts,
    is_furniture,
    needed_posts,
)
from wparchive.furniture.guards import AnyBlock, guard_of, guards_of
from wparchive.furniture.keys import (
    block_key,
    block_keys,
    fold_numbers,
    fold_numbers_slowly,
    has_words,
    is_lone_address,
    key_of_text,
    key_text,
    keys_of_blocks,
    keys_of_kept,
    size_in_words,
)
from wparchive.furniture.remove import Furniture, fields_of_blocks, without_furniture

JOIN = "Join our channel for the news of the day."
OWN = "The ferry of {} will not sail before the {} of the month, says the harbour master."


def block(text: str, kind: str = "paragraph") -> AnyBlock:
    return {"kind": kind, "text": text}


def own(number: int, turn: int = 0) -> AnyBlock:
    words = "abcdefghijklmnopqrstuvwxyz"
    return block(OWN.format(words[number % 26] * (turn + 2), words[number // 26 + turn] * 3))


def furniture_of(posts: Sequence[Sequence[AnyBlock]], types: Sequence[str] = ()) -> set[int]:
    named = list(types) or ["post"] * len(posts)
    return furniture_of_posts(zip(named, posts, strict=True))


def removed_blocks(
    blocks: Sequence[AnyBlock], furniture: Collection[int], dropped: Collection[int] = ()
) -> list[bool]:
    known = Furniture(frozenset(furniture), frozenset(dropped))
    found = without_furniture(blocks, known)  # type: ignore[arg-type]
    keys = block_keys([block["text"] for block in blocks])
    assert without_furniture(blocks, known, keys) == found  # type: ignore[arg-type]
    assert keys_of_kept(found, keys) == keys_of_blocks(found)
    return ["removed" in block for block in found]


def learned(posts: Sequence[Sequence[AnyBlock]], text: str) -> bool:
    return block_key(text) in furniture_of(posts)


def test_a_paragraph_that_recurs_is_removed() -> None:
    posts = [[own(n), own(n, 1), block(JOIN)] for n in range(30)]
    furniture = furniture_of(posts)
    assert furniture == {block_key(JOIN)}
    assert removed_blocks(posts[0], furniture) == [False, False, True]


@pytest.mark.parametrize("with_it", [4, 3])
def test_four_posts_of_a_small_site_are_enough(with_it: int) -> None:
    posts = [[own(n), block(JOIN)] if n < with_it else [own(n)] for n in range(40)]
    assert learned(posts, JOIN) == (with_it == 4)


def test_a_site_of_nineteen_posts_shows_nothing_yet() -> None:
    assert not learned([[own(n), block(JOIN)] for n in range(19)], JOIN)
    assert learned([[own(n), block(JOIN)] for n in range(20)], JOIN)


def test_two_in_a_hundred_are_needed() -> None:
    assert [needed_posts(posts) for posts in (20, 200, 201, 250, 1000)] == [4, 4, 5, 5, 20]


def test_one_type_of_a_large_site_is_enough() -> None:
    posts = [[own(n), block(JOIN)] for n in range(25)] + [[own(n, 1)] for n in range(600)]
    types = ["recipe"] * 25 + ["post"] * 600
    assert furniture_of(posts, types) == {block_key(JOIN)}


def test_the_same_block_many_times_in_one_post_counts_once() -> None:
    posts = [[own(n), own(n, 1)] for n in range(30)]
    posts[0] = [own(0), *[block(JOIN)] * 10]
    assert not learned(posts, JOIN)


@pytest.mark.parametrize(
    ("kind", "text", "guard"),
    [
        ("heading", "What we talk about today", "heading"),
        ("code", "import sys\nfrom pathlib import Path", "code"),
        ("embed", "A film about the harbour", "no prose"),
        ("figure", "A photo of the harbour", "no prose"),
        ("paragraph", "Best wishes", "short"),
        ("paragraph", "また明日。", "short"),
        ("paragraph", "https://maps.example/harbour", "address"),
        ("paragraph", "harbour@post.example", "address"),
        ("list_item", "Bread of rye, sliced thinly", "amid the text"),
        ("table", "Grown-ups | 4 pounds\nChildren under ten | nothing", "amid the text"),
    ],
)
def test_what_guards_keep_stays(kind: str, text: str, guard: str) -> None:
    posts = [[own(n), own(n, 1), block(text, kind), own(n, 2), own(n, 3)] for n in range(30)]
    assert not learned(posts, text)
    assert removed_blocks(posts[0], {block_key(text)}) == [False] * 5
    if guard != "amid the text":
        assert guard_of(block(text, kind)) == guard


def test_list_items_near_an_end_are_removed() -> None:
    tail = [block(f"Follow us on {name}", "list_item") for name in ("Mast", "Buoy", "Keel")]
    posts = [[own(n), own(n, 1), own(n, 2), *tail] for n in range(30)]
    assert removed_blocks(posts[0], furniture_of(posts)) == [False] * 3 + [True] * 3


def test_a_step_of_a_numbered_list_with_steps_of_the_post_stays() -> None:
    last = {**block("Serve it hot with rice.", "list_item"), "depth": 1, "ordered": True}
    for step, stays in ((own, True), (lambda n, turn: block(JOIN), False)):
        steps = [[{**last, **step(n, 1)}, {**last, **step(n, 2)}, last] for n in range(30)]
        posts = [[own(n), *each] for n, each in enumerate(steps)]
        assert learned(posts, last["text"]) != stays


def test_the_label_of_a_list_that_stays_stays() -> None:
    label = block("What we offer to you:")
    items = [block(f"days of holiday on {name}", "list_item") for name in ("Mast", "Keel")]
    amid = [[own(n), own(n, 1), label, *items, own(n, 2), own(n, 3)] for n in range(30)]
    assert furniture_of(amid) == set()
    at_the_end = [[own(n), own(n, 1), label, *items] for n in range(30)]
    assert len(furniture_of(at_the_end)) == 3


def test_a_post_keeps_its_body() -> None:
    posts = [[own(n), block(JOIN)] for n in range(30)]
    posts += [[block("Trailer", "heading"), block(JOIN)]]
    furniture = furniture_of(posts)
    assert block_key(JOIN) in furniture
    assert removed_blocks(posts[-1], furniture) == [False, False]


NOTICE = "None of this is advice, and nobody here is liable for anything at all. " * 9


def test_a_long_notice_goes_from_under_a_short_text() -> None:
    posts = [[own(n), block(NOTICE)] for n in range(30)]
    assert furniture_of(posts) == {block_key(NOTICE)}


def test_a_long_notice_stays_where_the_post_says_next_to_nothing() -> None:
    posts = [[block(f"Closed on {'abcdefghij'[n % 10] * 9}."), block(NOTICE)] for n in range(30)]
    assert furniture_of(posts) == set()


def test_a_long_standing_text_is_no_frame_of_a_caption() -> None:
    standing = [block(f"{OWN.format(letter * 4, letter)} {NOTICE}") for letter in "abcdefghijk"]
    assert furniture_of([[own(n), *standing] for n in range(30)]) == set()
    assert len(furniture_of([[own(n), *standing[:10]] for n in range(30)])) == 10


def test_what_is_the_whole_body_of_most_of_its_posts_is_text() -> None:
    poem = "The tide comes in, the tide goes out, and nobody has asked it to."
    posts = [[block(poem)] for _ in range(20)] + [[own(n), block(poem)] for n in range(10)]
    posts += [[own(n, 1)] for n in range(20)]
    assert not learned(posts, poem)


def test_demonstration_posts_with_one_body_keep_it() -> None:
    bodies = [block(OWN.format(word, word)) for word in ("red", "green", "blue")]
    assert furniture_of([[block(f"Post {n}", "heading"), *bodies] for n in range(30)]) == set()


def test_what_the_cleaner_removed_is_as_if_it_were_not_there() -> None:
    stub = {**block("Also read: what the harbour master said"), "removed": "stub"}
    posts = [[own(n), block(JOIN), stub] for n in range(30)]
    assert furniture_of(posts) == {block_key(JOIN)}
    furniture = Furniture(frozenset({block_key(JOIN), block_key(stub["text"])}))
    for only in ([block(JOIN), stub], [stub]):
        assert without_furniture(only, furniture) == only  # type: ignore[arg-type]
    (_, join, last) = without_furniture(posts[0], furniture)  # type: ignore[arg-type]
    assert (join.get("removed"), last.get("removed")) == ("recurs", "stub")


def test_somebody_may_drop_anything() -> None:
    blocks = [block("Our sponsors", "heading"), block("Thanks")]
    keys = {block_key(each["text"]) for each in blocks}
    assert removed_blocks(blocks, set(), keys) == [True, True]


def test_what_was_furniture_stays_it_for_longer() -> None:
    counted = SiteCount({block_key(JOIN)})
    for number in range(400):
        blocks = [own(number)]
        if number < 6:
            blocks.append(block(JOIN))
        counted.add(str(number), "post", blocks)
    count = counted.counts[block_key(JOIN)]
    assert not is_furniture(count, counted.posts, was=False)
    assert is_furniture(count, counted.posts, was=True)


def test_numbers_are_folded_but_versions_and_dates_are_not() -> None:
    assert block_key("© 2015 The Harbour") == block_key("© 2023 the harbour")
    assert block_key("Use code TIDE7 for 1,500 off") == block_key("Use code TIDE12 for 20 off")
    assert block_key("Version 0.1.2 is there") != block_key("Version 0.1.3 is there")
    assert block_key("Harbour, 15.03.2005") != block_key("Harbour, 16.03.2005")


@given(st.text("019.,:/ a", max_size=12))
def test_the_fast_way_to_fold_numbers_is_the_slow_one(text: str) -> None:
    assert fold_numbers(text.encode()) == fold_numbers_slowly(text.encode())


# Letters whose lower case depends on what stands beside them, quotes, numbers, and what cannot be
# encoded.
_SIGNS = "aAΣσÉİ\u0307’“—\xa0'\" 019.,\n\0\ud800"


@given(st.lists(st.text(_SIGNS, max_size=8), max_size=5))
def test_texts_folded_at_once_have_the_keys_that_each_has(texts: list[str]) -> None:
    assert block_keys(texts) == [block_key(text) for text in texts]


def test_the_keys_of_archives_stay() -> None:
    keys = [
        "3ca60bc980527d54",
        "f6f5b52d73f80fa1",
        "8790bbe8da17e92d",
        "f03837fc19cc89ae",
        "b69b61e0d88ffd24",
    ]
    texts = ["“Σ’Α” – İ\xa01,500", "ΟΔΟΣ", "Join our channel.", "0.1.2", "x" * 900 + "É"]
    assert [key_text(block_key(text)) for text in texts] == keys


def test_the_middle_of_a_long_block_does_not_count() -> None:
    middle = "and so on " * 99
    begin, end = "a word of the beginning " * 20, "a word of the end " * 30
    assert block_key(begin + end) == block_key(begin + middle + end)
    assert block_key(begin + end) != block_key(begin + end + "indeed")


def test_sizes() -> None:
    assert size_in_words("Number 7 of 12") == 2
    assert size_in_words("おはようございます。") == 2
    assert size_in_words("हिन्दी में लिखा") == 3
    assert is_lone_address("www.harbour.example/a")
    assert is_lone_address("mailto:ann@localhost")
    assert is_lone_address("file://localhost")
    assert not is_lone_address("see harbour.example")
    assert not is_lone_address("港の話です。")
    assert len(key_text(-1)) == 16
    assert [key_of_text(key_text(key)) for key in (-1, 0, 7, -(2**63))] == [-1, 0, 7, -(2**63)]


@given(st.text("aé\u0301'- 1かな漢", max_size=12), st.integers(0, 40), st.integers(1, 9))
def test_the_beginning_of_a_text_shows_no_words_that_it_has_not(
    text: str, blanks: int, least: int
) -> None:
    text = " " * (2 * blanks) + text + text
    assert has_words(text, least) == (size_in_words(text) >= least)


@given(st.lists(st.lists(st.integers(0, 40), max_size=8), max_size=60), st.integers(1, 10))
def test_counts_fall_short_by_no_more_than_they_say(posts: list[list[int]], counters: int) -> None:
    frequent = FrequentKeys(counters=counters)
    true: Counter[int] = Counter()
    for keys in posts:
        frequent.add(keys)
        true.update(set(keys))
    frequent.shrink()
    assert len(frequent.counts) <= counters
    assert frequent.shortfall * counters <= true.total()
    for key, count in true.items():
        assert 0 <= count - frequent.counts.get(key, 0) <= frequent.shortfall


def test_a_post_whose_only_table_is_removed_has_none() -> None:
    table = {"kind": "table", "text": "A | B", "rows": [{"cells": ["A", "B"]}]}
    quoted = {"kind": "list_item", "text": "Words.", "quoted": True}
    blocks = [{"kind": "paragraph", "text": "Words of the post."}, table, quoted]
    has = ["table", "image", "quote"]
    removed = [blocks[0], {**table, "removed": "recurs"}, {**quoted, "removed": "recurs"}]
    assert fields_of_blocks(removed, has)["has"] == ["image"]
    assert fields_of_blocks(blocks, ["image"])["has"] == has


LETTER = block("The letter of the day has all that matters in your mailbox.")
BUTTON = block("Sign up")


def title(text: str, level: int = 4) -> AnyBlock:
    return {"kind": "heading", "text": text, "level": level}


def with_box(number: int, *box: AnyBlock) -> list[AnyBlock]:
    return [own(number), own(number, 1), *box, own(number, 2)]


def texts_removed(posts: Sequence[Sequence[AnyBlock]], number: int = 0) -> list[str]:
    removed = removed_blocks(posts[number], furniture_of(posts))
    return [b["text"] for b, is_gone in zip(posts[number], removed, strict=True) if is_gone]


def test_a_box_amid_the_text_goes_with_its_heading_and_its_button() -> None:
    box = [title("The letter"), LETTER, BUTTON]
    posts = [with_box(n, *box) if n % 3 == 0 else [own(n)] for n in range(30)]
    assert texts_removed(posts) == [part["text"] for part in box]


@pytest.mark.parametrize("level", [2, 3])
def test_a_heading_over_nothing_but_furniture_goes(level: int) -> None:
    box = [title("The letter", 3), LETTER]
    posts = [[own(n), *box] for n in range(30)]
    assert texts_removed(posts) == [part["text"] for part in box]
    posts = [[own(n), *box, title(f"Part {n}", level), own(n, 1)] for n in range(30)]
    assert texts_removed(posts) == [part["text"] for part in box]


TITLED = {
    "text of the post's own stands under the heading": [title("The letter"), LETTER],
    "a part of a lower level stands under it": [title("The letter", 2), LETTER, title("Part", 3)],
    "the heading stands over the line alone": [title("The letter"), BUTTON],
}


@pytest.mark.parametrize("box", TITLED.values(), ids=TITLED.keys())
def test_headings_of_the_text_stay(box: Sequence[AnyBlock]) -> None:
    posts = [with_box(n, *box) for n in range(30)]
    assert {"The letter", "Part", "Sign up"}.isdisjoint(texts_removed(posts))


def test_a_sign_off_at_the_end_stays_under_a_box() -> None:
    posts = [[own(n), title("The letter"), LETTER, block("Ada")] for n in range(30)]
    assert "Ada" not in texts_removed(posts)


def test_a_heading_that_often_stands_over_other_text_is_none_of_a_box() -> None:
    posts = [[own(n), title("The letter"), LETTER if n % 3 else own(n, 1)] for n in range(30)]
    assert texts_removed(posts, 1) == [LETTER["text"]]


def test_a_short_line_that_varies_is_no_button() -> None:
    weather = ("Sunny", "Cloudy", "Rain")
    posts = [with_box(n, title("The letter"), LETTER, block(weather[n % 3])) for n in range(30)]
    assert texts_removed(posts) == [LETTER["text"]]


def test_the_guards_look_at_each_block_a_few_times_only() -> None:
    """What is asked of a list grows with its items, and not with their square."""
    asked = [_asked_of_list(items) for items in (200, 400)]
    assert asked[1] < 2.2 * asked[0]


def _asked_of_list(items: int) -> int:
    class Asking(list[AnyBlock]):
        asked = 0

        def __getitem__(self, place: Any) -> Any:
            Asking.asked += 1
            return super().__getitem__(place)

    item = {"kind": "list_item", "text": "The ferry and its", "depth": 1, "ordered": False}
    blocks = Asking([own(0, turn) for turn in range(9)] + [item] * items)
    guards_of(blocks, [1] * 9 + [0] * items, {0})
    return Asking.asked
