"""Find labels of nothing: what stood under them was skipped, or they come again over each part.

The heading of a list of posts that a plug-in made, the call over a form, the names of tabs that
stand once in a row, and once more over each tab for small screens.
"""

from collections.abc import Sequence

from pipelines.cleaning.rules.post_lines import PostLines, is_label_above
from pipelines.cleaning.rules.stub_words import ALSO_READ, RELATED, SHARE, closing_reason

_MAX_NAMES = 12
_MAX_CALL_LINES = 3  # over a form: the call, and what it promises
_MAX_LINE = 170


def find_labels(post: PostLines, skipped: Sequence[int]) -> dict[int, str]:
    """Return the reason of each line that names nothing, by its number.

    `skipped` says of each block that was skipped how many characters of text stand before it.
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
    return found


def _labels_over(post: PostLines, number: int) -> dict[int, str]:
    """Return the lines that a skipped block takes along, of which this is the last one before."""
    line = post.lines[number]
    if not line.is_text or line.kind == "list_item" or line.places:
        return {}
    first = max(0, number + 1 - _MAX_CALL_LINES)
    for call in range(first, number + 1):
        over = post.lines[call : number + 1]
        if any(part.places or len(part.text) > _MAX_LINE for part in over):
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
