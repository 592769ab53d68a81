"""A post as its lines: where its prose begins and ends, and which lines lead to other posts."""

import re
from collections.abc import Sequence

from pipelines.cleaning.rules.lines import TextLine, is_unspaced
from pipelines.cleaning.rules.stub_words import ALSO_READ, plain

MAX_LABEL = 45
"""The most characters of a label before a link or above a list."""
_MAX_LABEL_WORDS = 7
_MAX_LABELLED_LINE = 300
LETTER = re.compile(r"[^\W\d_]")
"""A letter of any script."""
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

    def beside(self, number: int) -> list[int]:
        """Return the numbers of the lines before and after."""
        return [other for other in (number - 1, number + 1) if 0 <= other < len(self.lines)]

    def lead(self, line: TextLine, kind: str) -> bool:
        """Return whether a line has links, and each of them leads to this kind of place."""
        for target in line.targets(self.base_url):
            if not getattr(target, kind):
                return False
        return bool(line.places)

    def label_of_link(self, number: int) -> str | None:
        """Return the label of a line that is a label and a link to another post, else None."""
        line = self.lines[number]
        if not line.is_text or len(line.text) > _MAX_LABELLED_LINE or len(line.places) > 2:
            return None
        if 5 * line.linked < len(line.text):  # most lines with a link are prose
            return None
        label = label_of(line)
        if label is None or not self.lead(line, "is_own_post"):
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
