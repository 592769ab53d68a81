"""The evidence that two posts with alike texts are one, or are not: titles, pictures, embeds.

A series, an obituary or a job advert has a long frame around few facts. What tells its posts apart
stands in their titles, or is a picture or video that no text shows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations, pairwise, takewhile
from typing import Literal

from wparchive.duplicates.compare.comparison import GAP_WORDS, Comparison, Prepared
from wparchive.duplicates.compare.facts import (
    named,
    title_difference,
    title_words,
    words_and_runs,
)
from wparchive.duplicates.compare.standing import (
    LONGEST_FRAME,
    STANDS_IN,
    StandingLines,
    own_text,
)
from wparchive.duplicates.summary import PostContent, PostSummary
from wparchive.text.normalise import normalise

SHORT_WORDS = 60
"""Equal texts shorter than this need an equal title, or a shared picture or embed.

`Watch the video below`, a blurb under each video or the notes of a podcast stand in many posts.
"""
_OTHER_SHARE = 0.3
"""Titles of which so much differs can name two different things."""
_NAMED_SHARE = 0.5
"""A text that names so much of a title is about it."""
_TOLD_WORDS = 120
"""An equal text of fewer words must have to do with the title, where the titles differ."""
_LONGEST_UNKNOWN_FRAME = 300
"""Posts that share as many words of their own are alike, whatever titles and embeds say."""
_ALL_COMPARED = 50
"""Of more posts with one text than this, only those with neighbouring titles are compared."""
_SERIES_SHARE = 0.25
"""Titles of which so much is the same, at the beginning or the end, are those of a series."""
_REPLACED_WORDS = 5
"""So many words in a row that stand in one text alone can be a story of their own."""


class ComparablePost:
    """A post made ready to be compared with others."""

    def __init__(
        self, summary: PostSummary, content: PostContent, standing: StandingLines = ()
    ) -> None:
        self.summary = summary
        self.content = content
        self._standing = standing

    @cached_property
    def whole(self) -> Prepared:
        """Return the whole text."""
        return Prepared(self.content.text)

    @cached_property
    def own(self) -> Prepared:
        """Return the text without the standing lines of its site."""
        own = own_text(self.summary.site, self.content.text, self._standing)
        if own == self.content.text:
            return self.whole
        return Prepared(own)

    @cached_property
    def title(self) -> str:
        """Return the title in normal form."""
        return normalise(self.summary.title)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Return the words of the title that may say what the post is about."""
        return title_words(self.summary.title)

    @cached_property
    def all_title_words(self) -> frozenset[str]:
        """Return the words of the title, short ones too."""
        return words_and_runs(self.title)

    @cached_property
    def own_words_and_runs(self) -> frozenset[str]:
        """Return the words of its own text that a title can name."""
        return words_and_runs(self.own.normalised)


def text_decides(post: PostSummary) -> bool:
    """Return whether an equal text alone makes a copy, because no furniture is so long."""
    # Two characters of a script without spaces are one word: this may be twice the length.
    return post.candidate.word_count > 2 * LONGEST_FRAME


def kind_of_equal(a: ComparablePost, b: ComparablePost) -> Literal["exact"] | None:
    """Return what two posts with equal texts are.

    A short text may be furniture that a site puts under different things: pictures, videos,
    episodes. Then what tells the posts apart are their titles and media.
    """
    if a.whole.length >= LONGEST_FRAME:
        return "exact"
    is_short = a.whole.length < SHORT_WORDS
    if a.title == b.title:
        # The picture of the day has one title and another picture every day.
        if is_short and _embeds_differ(a, b):
            return None
        return "exact"
    if _share_media(a, b):
        return "exact"
    if is_short or _embeds_differ(a, b):
        return None
    if a.whole.length < _TOLD_WORDS and not _has_to_do_with_titles(a, b):
        return None
    return "exact"


def _has_to_do_with_titles(a: ComparablePost, b: ComparablePost) -> bool:
    if _titles_tell_apart(a, b):
        return False
    return _is_about_its_title(a, b) or _is_about_its_title(b, a)


def _is_about_its_title(post: ComparablePost, other: ComparablePost) -> bool:
    """Return whether the text names anything that only this title names."""
    own = post.title_words - other.title_words or post.all_title_words - other.all_title_words
    return not own or bool(named(own, post.own_words_and_runs))


def _share_media(a: ComparablePost, b: ComparablePost) -> bool:
    shares_picture = not a.content.pictures.isdisjoint(b.content.pictures)
    return shares_picture or not a.content.embeds.isdisjoint(b.content.embeds)


def _embeds_differ(a: ComparablePost, b: ComparablePost) -> bool:
    if not a.content.embeds or not b.content.embeds:
        return False
    return a.content.embeds.isdisjoint(b.content.embeds)


def are_told_apart(a: ComparablePost, b: ComparablePost, found: Comparison) -> bool:
    """Return whether what two posts share can be a frame, around what tells them apart."""
    shorter = b
    if found.shorter == "a":
        shorter = a
    share = found.shared_words / max(1, shorter.own.word_count)
    if shorter.own.length * share >= _LONGEST_UNKNOWN_FRAME or a.title == b.title:
        return False
    if _titles_tell_apart(a, b) or _embeds_differ(a, b):
        return True
    if found.replaced_words < _REPLACED_WORDS:
        return False
    # What each title adds to the name of a series may stand in the frame by chance. A text that is
    # edited from end to end is believed all the same, a part that is no part is not.
    is_edited = found.kind == "near" and not _differs_in_one_place(shorter, found)
    if not is_edited and _are_titles_of_series(a, b):
        return True
    if found.kind == "contained" and _has_own_story(shorter, found) and _are_of_one_site(a, b):
        return True
    return not _is_about_titles(a, b)


def _has_own_story(shorter: ComparablePost, found: Comparison) -> bool:
    """Return whether the part has more words in a row of its own than an edit of the whole has.

    Titles do not help then: their words, which each story has, stand in a frame by chance.
    """
    words_each = shorter.own.length / max(1, shorter.own.word_count)
    return found.replaced_words * words_each > GAP_WORDS


def _are_of_one_site(a: ComparablePost, b: ComparablePost) -> bool:
    return a.summary.site == b.summary.site


def _differs_in_one_place(shorter: ComparablePost, found: Comparison) -> bool:
    """Return whether all that the other text lacks stands in one row, as the facts in a frame."""
    return shorter.own.word_count - found.shared_words <= found.replaced_words


def _are_titles_of_series(a: ComparablePost, b: ComparablePost) -> bool:
    """Return whether titles of one site begin or end alike, and each has something of its own.

    `The Low Water Hour: eels`, `The Low Water Hour: ropes`.
    """
    if not _are_of_one_site(a, b):
        return False
    size = min(len(a.title), len(b.title))
    alike = max(_alike(a.title, b.title), _alike(a.title[::-1], b.title[::-1]))
    return _SERIES_SHARE * size <= alike < size


def _alike(a: str, b: str) -> int:
    """Return how many characters two texts have in common before they differ."""
    for number, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return number
    return min(len(a), len(b))


def _titles_tell_apart(a: ComparablePost, b: ComparablePost) -> bool:
    """Return whether titles and texts say that two posts are about different things.

    Their titles differ in numbers or months alone (`Part 5`, `Part 6`); or each title names
    something that stands in its own text and not in the other one (`Interview with Ann`,
    `Interview with Ben`).
    """
    if title_difference(a.summary.title, b.summary.title) == "numbers":
        return True
    return _names_other(a, b) and _names_other(b, a)


def _names_other(post: ComparablePost, other: ComparablePost) -> bool:
    # Words that both titles have tell nothing apart.
    only = post.all_title_words - other.all_title_words
    if len(only) < _OTHER_SHARE * len(post.all_title_words):
        if not _differ_at_an_end(post.title.split(), other.title.split()):
            return False
    in_text = named(only, post.own_words_and_runs)
    return any(_is_more_of(word, post, other) for word in in_text)


def _differ_at_an_end(a: Sequence[str], b: Sequence[str]) -> bool:
    """Return whether two titles have one beginning or end, and nothing else in common.

    `Word of the day: mole`, `Word of the day: quay`.
    """
    for one, other in ((a, b), (a[::-1], b[::-1])):
        same = sum(1 for _ in takewhile(_is_pair, zip(one, other, strict=False)))
        rest, other_rest = set(one[same:]), set(other[same:])
        if same > 1 and rest and other_rest and rest.isdisjoint(other_rest):
            return True
    return False


def _is_pair(words: tuple[str, str]) -> bool:
    return words[0] == words[1]


def _is_more_of(word: str, post: ComparablePost, other: ComparablePost) -> bool:
    """Return whether a text names something that another one lacks, or names less often.

    The next meeting may name the guest of the last one, who has a post as well.
    """
    if not named(frozenset({word}), other.own_words_and_runs):
        return True
    return post.own.words.count(word) > other.own.words.count(word)


def _is_about_titles(a: ComparablePost, b: ComparablePost) -> bool:
    """Return whether what both texts have names much of what only one of the titles names."""
    both = a.own_words_and_runs & b.own_words_and_runs
    only_a = a.title_words - b.title_words
    only_b = b.title_words - a.title_words
    return any(len(named(only, both)) >= _NAMED_SHARE * len(only) for only in (only_a, only_b))


def equal_posts(posts: Sequence[ComparablePost]) -> list[tuple[str, str]]:
    """Return the pairs of copies, by key, among posts with one text, given in ascending order.

    A picture or embed under many different titles is furniture, and no sign of a copy. Of very many
    posts only neighbours are compared.
    """
    standing = _standing_media(posts)
    bare = [_without_media(post, standing) for post in posts]
    pairs: Iterable[tuple[ComparablePost, ComparablePost]] = combinations(bare, 2)
    if len(bare) > _ALL_COMPARED:
        pairs = pairwise(sorted(bare, key=lambda post: (post.title, post.summary.key)))
    return [
        (min(a.summary.key, b.summary.key), max(a.summary.key, b.summary.key))
        for a, b in pairs
        if kind_of_equal(a, b)
    ]


def _standing_media(posts: Sequence[ComparablePost]) -> set[str]:
    # Under one title a picture counts once: a post that was published again has it again.
    titles = {
        (name, post.title) for post in posts for name in post.content.pictures | post.content.embeds
    }
    counts = Counter(name for name, _ in titles)
    return {name for name, count in counts.items() if count >= STANDS_IN}


def _without_media(post: ComparablePost, standing: Collection[str]) -> ComparablePost:
    if not standing:
        return post
    pictures = post.content.pictures - set(standing)
    embeds = post.content.embeds - set(standing)
    content = replace(post.content, pictures=pictures, embeds=embeds)
    return ComparablePost(post.summary, content)
