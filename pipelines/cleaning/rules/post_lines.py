"""A post as its lines: where its prose begins and ends, and which lines lead to other posts.

Those are found by where their links lead, by labels, and by what stands beside them. Labels of
nothing are found too: over a block that was skipped, or names of tabs that come again over each.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from pipelines.cleaning.rules.lines import TextLine, is_unspaced
from pipelines.cleaning.rules.stub_words import (
    ALSO_READ,
    OF_LATER,
    RELATED,
    SHARE,
    closing_reason,
    plain,
)

MAX_LABEL = 45
"""The most characters of a label before a link or above a list."""
_MAX_BOX = 10  # lines
_MAX_CONTENTS_LABEL = 25
_MAX_NAMES = 12
_MANY_LINES = 3  # without a link: what comes next stands within a text
_MAX_CALL_LINES = 3  # over a form: the call, and what it promises
_MAX_CALL_LINE = 170
_DIGITS = re.compile(r"\d+")
_NUMBERING = re.compile(r"^[\d.)\s]+")
_MAX_NUMBERING = 20
_MAX_LABEL_WORDS = 7
_MAX_LABELLED_LINE = 300
LETTER = re.compile(r"[^\W\d_]")
"""A letter of any script."""
# A label of no words.
_ARROW_ALONE = re.compile(r"\s*[»›→➡▶▸►👉☞⇒]+\s*")
# A label ends with one of these, in any script.
LABEL_END = re.compile(r"[:：»›→➡▶▸►👉☞⇒–—]\s*$|\s-\s*$")
"""The end of a label."""
_LABEL_WITHIN = re.compile(r"^[^:：]{2,45}[:：]\s*(?=\S)")
_SENTENCE_ENDS = (".", "!", "。", "！", "।", "؟", "…")


class PostLines:
    """The lines of one post, and what rules ask about their places and links."""

    def __init__(self, lines: Sequence[TextLine], base_url: str | None) -> None:
        self.lines = lines
        self.base_url = base_url
        # Few lines have a link.
        self.linked = [number for number, line in enumerate(lines) if line.places]
        """The numbers of the lines with links."""
        prose = [number for number, line in enumerate(lines) if line.is_prose]
        self.prose_size = sum(len(lines[number].text) for number in prose)
        """The characters of all prose."""
        self.first_prose = len(lines)
        """The number of the first line of prose."""
        self.last_prose = -1
        if prose:
            self.first_prose = prose[0]
            self.last_prose = prose[-1]

    def follows_prose(self, number: int) -> bool:
        """Return whether a line stands after the first line of prose."""
        return number > self.first_prose

    @cached_property
    def _enough_text(self) -> int:
        """The number of the line with which there are many without a link."""
        plain = (n for n, line in enumerate(self.lines) if line.is_text and not line.places)
        return next(islice(plain, _MANY_LINES - 1, None), len(self.lines))

    def follows_text(self, number: int) -> bool:
        """Return whether a line stands after prose, or after many short lines, as of a list."""
        return self.follows_prose(number) or number > self._enough_text

    @property
    def has_text(self) -> bool:
        """Whether it has prose, or many short lines."""
        return self.prose_size > 0 or self._enough_text < len(self.lines)

    def beside(self, number: int) -> list[int]:
        """Return the numbers of the lines before and after."""
        return [other for other in (number - 1, number + 1) if 0 <= other < len(self.lines)]

    def lead(self, line: TextLine, kind: str) -> bool:
        """Return whether a line has links, and each of them leads to this kind of place."""
        for target in line.targets(self.base_url):
            if not getattr(target, kind):
                return False
        return bool(line.places)

    def leads_within(self, line: TextLine) -> bool:
        """Return whether a link of a line leads to the site itself, or nowhere."""
        return not self.lead(line, "is_elsewhere")

    def label_of_link(self, number: int) -> str | None:
        """Return the label of a line that is a label and a link to another post, else None."""
        line = self.lines[number]
        if not line.is_text or len(line.text) > _MAX_LABELLED_LINE or len(line.places) > 2:
            return None
        if 5 * line.linked < len(line.text):  # most lines with a link are prose
            return None
        label = label_of(line)
        if label is None or plain(label) in OF_LATER or not self.lead(line, "is_own_post"):
            return None
        return label

    def is_link_to_post(self, number: int) -> bool:
        """Return whether a line is nothing but links to other posts."""
        line = self.lines[number]
        return line.is_text and line.is_link and self.lead(line, "is_own_post")


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first number and the end of each run of numbers that follow each other."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs


def label_of(line: TextLine) -> str | None:
    """Return the label before the links of a line, or before a colon in its only link."""
    before = line.text[: line.places[0][0]]
    if LETTER.search(line.text[line.places[-1][1] :]):
        return None
    if LETTER.search(before):
        is_end = LABEL_END.search(before) is not None or plain(before) in ALSO_READ
        if is_end and is_label(before):
            return before.strip()
        return None
    if _ARROW_ALONE.fullmatch(before):
        return before.strip()
    within = _LABEL_WITHIN.match(line.links[0]["text"])
    if within is None or len(line.places) > 1:
        return None
    if 1 < len(within[0].split()) < 5 or is_unspaced(within[0]):
        return within[0].strip()
    return None


def is_label(text: str) -> bool:
    """Return whether a text is as short as a label."""
    limit = MAX_LABEL
    if is_unspaced(text):
        limit //= 2
    if len(text) > limit or len(text.split()) > _MAX_LABEL_WORDS:
        return False
    return LETTER.search(text) is not None


def is_label_above(line: TextLine) -> bool:
    """Return whether a line is short, has no link, and is no sentence."""
    if not line.is_text or line.places or not is_label(line.text):
        return False
    return not line.text.rstrip("\"'”’»」）)").endswith(_SENTENCE_ENDS)


def is_title(text: str, strictly: bool) -> bool:
    """Return whether a text is as long as titles of posts are."""
    if is_unspaced(text):
        return len(text) >= 5
    if strictly:
        return len(text.split()) >= 4 and len(text) >= 25
    return len(text.split()) >= 3 and len(text) >= 12


class OtherPosts:
    """The search for lines to other posts, and for lists of the post's own headings."""

    def __init__(self, post: PostLines, found: dict[int, str]) -> None:
        """Take the post, and what was found in it: lines that are found are added to it."""
        self.found = found
        self._post = post
        self._lines = post.lines

    def find(self) -> None:
        """Find boxes, labelled links and quoted links."""
        self._find_boxes()
        self._find_labelled_links()
        self._find_quoted_links()

    def _find_labelled_links(self) -> None:
        """Find lines that are a label and a link to another post of the site."""
        labels = {}
        by_form = defaultdict(set)
        for number in self._post.linked:
            label = self._post.label_of_link(number)
            if label is not None and number not in self.found:
                labels[number] = label
                by_form[_DIGITS.sub("0", label.casefold())].add(label)
        in_lists = _runs_of_three(labels)
        for number, label in labels.items():
            line = self._lines[number]
            if not self._post.follows_text(number) or number in in_lists:
                continue
            # A series numbers its labels; what a plug-in inserts has the same one each time.
            if len(by_form[_DIGITS.sub("0", label.casefold())]) > 1:
                continue
            kinds = [self._lines[other].kind for other in self._post.beside(number)]
            if line.kind == "list_item" and "list_item" in kinds:
                continue
            if line.is_link and any(
                self._lines[other].places for other in self._post.beside(number)
            ):
                continue
            title = line.links[0]["text"]
            is_doubtful = len(label.split()) < 2 or title[:1].islower()
            if plain(label) in ALSO_READ or is_title(title, strictly=is_doubtful):
                self.found[number] = "other_post"

    def _find_boxes(self) -> None:
        """Find a label with a list of nothing but links to other posts under it."""
        to_posts = [number for number in self._post.linked if self._post.is_link_to_post(number)]
        size = sum(len(self._lines[number].text) for number in to_posts)
        if size >= self._post.prose_size:  # a list of posts is what this post is about
            return
        for first, end in runs(to_posts):
            if self._is_box(first, end):
                self.found |= dict.fromkeys(range(first - 1, end), "other_post")

    def _is_box(self, first: int, end: int) -> bool:
        """Return whether links to posts, and the line above them, are a box of other posts."""
        if not self._post.follows_prose(first - 1) or end - first > _MAX_BOX:
            return False
        label = self._lines[first - 1]
        kinds = {line.kind for line in self._lines[first:end]}
        if label.kind == "list_item" or not is_label_above(label) or len(kinds) > 1:
            return False
        is_named = label.plain in ALSO_READ
        if label.kind == "heading" and end <= self._post.last_prose and not is_named:
            return False  # a part of the post, and more of it comes
        if "list_item" in kinds:  # all items of a list, or none
            if end < len(self._lines) and self._lines[end].kind == "list_item":
                return False
        elif end - first > 1 and label.kind != "heading" and not is_named:
            return False
        titles = 0
        for line in self._lines[first:end]:
            titles += is_title(line.text, strictly=False) and not line.text[:1].islower()
        return 2 * titles > end - first

    def _find_quoted_links(self) -> None:
        """Find quotations that are nothing but a link to another post, alone within the text."""
        for number in self._post.linked:
            line = self._lines[number]
            if line.kind != "quote" or not self._post.is_link_to_post(number):
                continue
            kinds = [self._lines[other].kind for other in self._post.beside(number)]
            is_alone = "quote" not in kinds and self._post.follows_prose(number)
            if is_alone and is_title(line.text, strictly=True):
                self.found[number] = "other_post"

    def find_contents(self) -> None:
        """Find a list of nothing but the headings that follow it."""
        lines = self._lines
        numbers = [number for number, line in enumerate(lines) if line.kind == "heading"]
        if len(numbers) < 2:
            return
        headings = {_folded_title(lines[number].text): number for number in numbers}
        longest = max(map(len, headings)) + _MAX_NUMBERING
        entries = [
            number
            for number, line in enumerate(lines[: numbers[-1]])
            if line.kind in ("list_item", "paragraph") and len(line.text) <= longest
            if headings.get(_folded_title(line.text), -1) > number
        ]
        for first, end in runs(entries):
            if end - first > 1 and self._is_contents(first):
                self.found |= dict.fromkeys(range(max(0, first - 1), end), "contents")

    def _is_contents(self, first: int) -> bool:
        """Return whether a list of headings has a label of its own, and no sentence before it."""
        if first == 0:
            return self._lines[first].kind == "list_item"
        label = self._lines[first - 1]
        if self._lines[first].kind != "list_item":
            return False
        is_short = len(label.text) <= _MAX_CONTENTS_LABEL
        return label.kind == "paragraph" and is_short and is_label_above(label)


def _runs_of_three(labels: dict[int, str]) -> set[int]:
    """Return the numbers of lines that follow each other, three or more, with other labels."""
    found: set[int] = set()
    for first, end in runs(sorted(labels)):
        different = {labels[number] for number in range(first, end)}
        if end - first > 2 and len(different) > 1:
            found.update(range(first, end))
    return found


def _folded_title(text: str) -> str:
    return " ".join(_NUMBERING.sub("", text).casefold().split())


def find_labels(post: PostLines, skipped: Sequence[int], sign_ups: Sequence[int]) -> dict[int, str]:
    """Return the reason of each line that names nothing, by its number.

    `skipped` says of each block that was skipped how many characters of text stand before it, and
    `sign_ups` of those that ask for an e-mail address.
    """
    found = _names_that_come_again(post)
    if not skipped or not post.prose_size:
        return found
    ends: dict[int, int] = {}
    size = 0
    for number, line in enumerate(post.lines):
        size += len(line.text)
        if line.text:
            ends[size] = number
    for before in skipped:
        if before in ends:
            found |= _labels_over(post, ends[before])
    for before in sign_ups:
        if before in ends:
            found |= _promise_over(post, ends[before])
    return found


def _promise_over(post: PostLines, number: int) -> dict[int, str]:
    """Return the heading of a form that asks for an address, and the lines between the two."""
    for first in range(number, max(-1, number - _MAX_CALL_LINES), -1):
        line = post.lines[first]
        if not line.is_text or line.places or len(line.text) > _MAX_CALL_LINE:
            return {}
        if line.kind == "heading":
            return dict.fromkeys(range(first, number + 1), "join")
    return {}


def _labels_over(post: PostLines, number: int) -> dict[int, str]:
    """Return the lines that a skipped block takes along, of which this is the last one before."""
    line = post.lines[number]
    if not line.is_text or line.kind == "list_item" or line.places:
        return {}
    first = max(0, number + 1 - _MAX_CALL_LINES)
    for call in range(first, number + 1):
        over = post.lines[call : number + 1]
        if any(part.places or len(part.text) > _MAX_CALL_LINE for part in over):
            continue
        if closing_reason(over[0].text) == "join":
            return dict.fromkeys(range(call, number + 1), "join")
    if line.plain in SHARE:
        return {number: "share"}
    is_last = post.follows_prose(number) and not any(
        later.text or later.is_media for later in post.lines[number + 1 :]
    )
    is_heading = line.kind == "heading" and is_label_above(line)
    if line.plain in ALSO_READ or line.plain in RELATED or (is_last and is_heading):
        return {number: "other_post"}
    return {}


def _names_that_come_again(post: PostLines) -> dict[int, str]:
    """Return the names of tabs that stand in a row, where each of them also begins its tab."""
    lines = post.lines
    texts = [line.text for line in lines if line.text]
    if len(set(texts)) == len(texts):
        return {}
    last_places: dict[str, int] = {}
    found: dict[int, str] = {}
    for number, line in enumerate(lines):
        first = last_places.get(line.text)
        if line.is_text and line.text:
            last_places[line.text] = number
        if first is None or not 1 < number - first <= _MAX_NAMES:
            continue
        names = lines[first:number]
        if len({name.text for name in names}) < len(names):
            continue
        # A list before its parts is the author's.
        if any(name.kind == "list_item" for name in names):
            continue
        if all(is_label_above(name) for name in names) and _begin_parts(post, first, number):
            found |= dict.fromkeys(range(first, number), "contents")
    return found


def _begin_parts(post: PostLines, first: int, number: int) -> bool:
    """Return whether the names before a line come again from there, each over something."""
    place = number
    for name in post.lines[first + 1 : number]:
        following = post.lines[place + 2 : place + 40]
        again = [at for at, line in enumerate(following, place + 2) if line.text == name.text]
        if not again:
            return False
        place = again[0]
    return place + 1 < len(post.lines)
