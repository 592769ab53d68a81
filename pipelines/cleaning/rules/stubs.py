"""Find lines that are no text of a post by their structure and position: stubs.

A line to another post, a box of such lines, a line or table to join a channel, the numbers of a
player, a lone link to a source, a table of contents. They are found by where links lead, what
stands around them, and what comes before and after; words count only where a plug-in writes
nothing but one of them, and then in many languages.

Text that looks like it stays: a rule needs prose before it, a label, and links that lead where such
lines lead. When in doubt a line stays. What all posts of a site repeat is found elsewhere.
"""

import re
from collections.abc import Sequence

from pipelines.cleaning.rules.addresses import (
    Destination,
    names_network,
    names_service,
    split_address,
)
from pipelines.cleaning.rules.lines import TextLine, is_unspaced
from pipelines.cleaning.rules.post_lines import (
    LABEL_END,
    LETTER,
    MAX_LABEL,
    OtherPosts,
    PostLines,
    find_labels,
)
from pipelines.cleaning.rules.service_lines import find_service_lines, name_of
from pipelines.cleaning.rules.stub_words import (
    ABOUT_AUTHOR,
    ADVERTISEMENT,
    MORE,
    RELATED,
    SOURCE,
    STEP_LABELS,
    closing_reason,
    is_button_word,
    is_counter,
    is_of_word,
    plain,
)
from wparchive.model.document_parts import Embed

_MAX_JOIN_LINE = 170
_MIN_LINKED = 0.18  # of a line that calls to follow
_MIN_LINKED_AT_THE_END = 0.12
_MAX_CARD_LINES = 8
_MAX_CARD = 700  # characters of an author's card
_MAX_BOX = 10  # lines
_MAX_SHARE = 0.4  # of the text of a post
_MAX_SHARE_BESIDE_PROSE = 0.6  # where some prose is left
_SHORT = 200  # characters that may go whatever their share
_MAX_PASSED_LINE = 80  # between stubs at the end of a post
_MAX_WORD = 12  # on the button of a player
_ARROW = re.compile(r"[«»‹›←→⟵⟶➡⬅▶◀►◄⇒⇐👉☞]")
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}"
_TIMES = re.compile(rf"{_TIME}(?:[\s/|–-]+{_TIME}){{0,3}}")
_NUMBER_AND_WORDS = re.compile(r"(?:\d{1,3}\s*)?([^\d]{2,30})")
_RECORDING = re.compile(r"\.(?:mp3|m4a|ogg|opus|wav|aac)$", re.IGNORECASE)


def find_stubs(
    post: PostLines,
    embeds: Sequence[Embed],
    skipped: Sequence[int] = (),
    sign_ups: Sequence[int] = (),
) -> dict[int, str]:
    """Return the reason of each line that is a stub, by its number.

    `skipped` says of each block that was skipped how many characters of text stand before it, and
    `sign_ups` of those that ask for an e-mail address.

    Never a large share of a post is a stub: then there is none, but for the table of contents.
    """
    search = _Search(post, embeds)
    search.found |= find_labels(post, skipped, sign_ups)
    search.find()
    found = search.found
    if not found:
        return found
    lines = post.lines
    # A table of contents says nothing that is lost: its headings stay.
    contents = {number for number, reason in found.items() if reason == "contents"}
    size = sum(len(lines[number].text) for number in found.keys() - contents)
    whole = sum(len(line.text) for number, line in enumerate(lines) if number not in contents)
    prose = sum(len(line.text) for n, line in enumerate(lines) if line.is_prose and n not in found)
    share = _MAX_SHARE
    if prose >= _SHORT:
        share = _MAX_SHARE_BESIDE_PROSE
    if size == whole or (size > _SHORT and size > share * whole):
        return {number: found[number] for number in contents}
    return found


class _Search:
    """The search for stubs in the lines of one post."""

    def __init__(self, post: PostLines, embeds: Sequence[Embed]) -> None:
        self.found: dict[int, str] = {}
        """The reason of each line that was found to be a stub, by its number."""
        self._post = post
        self._lines = post.lines
        self._embeds = embeds

    def find(self) -> None:
        """Find all stubs."""
        self._find_words()
        other_posts = OtherPosts(self._post, self.found)
        other_posts.find_contents()
        self._find_author_card()
        if self._post.linked:
            self.found |= find_service_lines(self._post, self._embeds)
        if self._post.linked and self._post.has_text:
            other_posts.find()
            self._find_groups()
        self._find_at_the_end()

    def _find_author_card(self) -> None:
        """Find the words that stand over the card of an author, and the card, at the end."""
        first = max(self._post.first_prose + 1, len(self._lines) - _MAX_CARD_LINES)
        for number in range(first, len(self._lines)):
            line = self._lines[number]
            if not line.is_text or line.places or len(line.text) > MAX_LABEL:
                continue
            if line.plain not in ABOUT_AUTHOR:
                continue
            card = self._lines[number:]
            size = sum(len(part.text) for part in card)
            headings = [part for part in card[2:] if part.kind == "heading"]
            if size <= _MAX_CARD and not headings:
                self.found |= dict.fromkeys(range(number, len(self._lines)), "author")
            return

    # Channels

    def _find_groups(self) -> None:
        """Find lines that are a link to a group, and tables of which each row has one."""
        for number in self._post.linked:
            line = self._lines[number]
            if line.kind == "table":
                self._find_join_table(number)
            elif self._is_share_line(line):
                self.found[number] = "share"
            elif self._is_link_to_sign_up(number):
                self.found[number] = "join"
            elif self._post.follows_prose(number) and self._is_join_line(line):
                if (
                    line.is_link
                    and self._is_among_links(number)
                    and self._post.lead(line, "is_group")
                ):
                    self.found[number] = "join"

    def _is_share_line(self, line: TextLine) -> bool:
        """Return whether a line is links by which readers share the page, perhaps with a label."""
        if (
            not line.is_text
            or len(line.text) > _MAX_JOIN_LINE
            or not self._post.lead(line, "is_share")
        ):
            return False
        return line.is_link or LABEL_END.search(line.text[: line.places[0][0]]) is not None

    def _is_link_to_sign_up(self, number: int) -> bool:
        """Return whether a line is nothing but a link to the form for a newsletter."""
        line = self._lines[number]
        if line.kind != "paragraph" or not line.is_link or not self._post.follows_prose(number):
            return False
        return self._post.lead(line, "is_sign_up")

    def _find_join_table(self, number: int) -> None:
        line = self._lines[number]
        rows = line.text.count("\n") + 1
        if len(line.places) < rows or len(line.text) > _MAX_JOIN_LINE * rows:
            return
        if not self._post.lead(line, "is_channel"):
            return
        self.found[number] = "join"
        if not number:
            return
        above = self._lines[number - 1]
        if above.kind == "quote" and not above.places and len(above.text) <= _MAX_JOIN_LINE:
            self.found[number - 1] = "join"

    def _is_join_line(self, line: TextLine, least_linked: float = _MIN_LINKED) -> bool:
        """Return whether a line calls to follow, or says where to listen or to donate."""
        limit = _MAX_JOIN_LINE
        if is_unspaced(line.text):
            limit //= 2
        if not line.places or len(line.text) > limit:
            return False
        is_item = line.kind == "list_item" and line.is_link and names_service(line.text)
        if line.kind not in ("paragraph", "heading") and not is_item:
            return False
        if line.linked < least_linked * len(line.text):
            return False
        channels = 0
        is_certain = False
        for target, link in zip(line.targets(self._post.base_url), line.links, strict=True):
            is_named = names_service(link["text"])
            if link["text"].startswith("@"):  # a person
                return False
            if not target.is_elsewhere and not is_named:  # the feed of the site is a channel
                return False
            channels += target.is_channel or is_named
            is_certain = is_certain or is_named or target.is_group
        return is_certain and 2 * channels > len(line.links)

    # The end of a post

    def _find_at_the_end(self) -> None:
        """Go up from the end as long as there are stubs; one short line may stand between."""
        is_passed = False
        for number in range(len(self._lines) - 1, self._post.first_prose, -1):
            line = self._lines[number]
            if number in self.found or not line.text:
                continue
            reason = self._reason_at_the_end(number)
            if reason is None and not is_passed and line.kind == "heading" and not line.places:
                reason = self.found.get(number + 1)  # the heading of nothing but stubs
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
            if line.kind in ("paragraph", "heading"):
                return self._closing_reason(number)
            return None
        if self._is_download(line):
            return "player"
        if line.is_link and line.plain in MORE:
            return "other_post"
        if self._is_join_line(line, _MIN_LINKED_AT_THE_END) and self._is_among_links(number):
            return "join"
        targets = line.targets(self._post.base_url)
        if _is_list_of_accounts(line, targets):
            return "join"
        if self._is_lone_source(line, targets):
            return "source"
        if len(line.around_links()) <= MAX_LABEL:
            if _is_about_the_page(targets):
                return "copyright"
            if self._post.lead(line, "is_own_list"):
                return "tags"
        if self._leads_on(number):
            return "other_post"
        return None

    def _is_among_links(self, number: int) -> bool:
        """Return whether a line is no item of a list, or all items beside it are links."""
        if self._lines[number].kind != "list_item":
            return True
        beside = [self._lines[other] for other in self._post.beside(number)]
        return all(line.is_link or not line.text for line in beside if line.kind == "list_item")

    def _closing_reason(self, number: int) -> str | None:
        """Return why a line without a link is a stub; a call never goes without its whole block."""
        line = self._lines[number]
        reason = closing_reason(line.text)
        if reason != "join":
            return reason
        block = [
            other
            for other in range(max(0, number - _MAX_BOX), number + _MAX_BOX)
            if other < len(self._lines) and self._lines[other].block == line.block
        ]
        for other in block:
            part = self._lines[other]
            if part.is_prose and other not in self.found and closing_reason(part.text) is None:
                return None
        self.found |= dict.fromkeys(block, reason)
        return reason

    def _is_download(self, line: TextLine) -> bool:
        """Return whether a line is several links to one recording, to play or to load it."""
        urls = {link["url"] for link in line.links}
        is_recording = all(_RECORDING.search(split_address(url).path) for url in urls)
        return len(urls) == 1 and len(line.links) > 1 and is_recording

    def _leads_on(self, number: int) -> bool:
        """Return whether a line leads to the posts before and after, with arrows or labels."""
        line = self._lines[number]
        if self._post.is_link_to_post(number) and _ARROW.search(line.text):
            return True
        label = self._post.label_of_link(number)
        if label is None:
            return False
        if plain(label) in STEP_LABELS:
            return True
        beside = [
            other for other in self._post.beside(number) if self._lines[other].block == line.block
        ]
        return any(self._post.label_of_link(other) is not None for other in beside)

    def _is_lone_source(self, line: TextLine, targets: Sequence[Destination]) -> bool:
        if len(targets) != 1 or not targets[0].is_elsewhere:
            return False
        word = line.plain
        if word != plain(line.links[0]["text"]):
            return False
        if word in SOURCE:
            return True
        key = name_of(line.links[0]["url"])
        return len(word) <= _MAX_WORD and any(
            key == name_of(embed["url"]) for embed in self._embeds
        )

    def _find_rest_of_block(self, number: int) -> None:
        """Find the short lines that go with a line about the page itself."""
        for other in self._post.beside(number):
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
            if line.kind == "paragraph" and is_of_word(text):
                self.found[number] = "word"
            if not text or len(text) > MAX_LABEL or not line.is_text:
                continue
            if number < self._post.first_prose and is_button_word(text):
                self.found[number] = "button"
            if line.places:
                continue
            is_counted = text[0].isdigit()
            if is_counted and _TIMES.fullmatch(text):
                self._find_player(number)
            elif line.kind == "paragraph" and plain(text) in ADVERTISEMENT:
                self.found[number] = "advertisement"
            elif line.kind == "paragraph" and is_counter(text):
                self.found[number] = "counter"
            elif (is_counted or number == last) and self._post.follows_prose(number):
                words = _NUMBER_AND_WORDS.fullmatch(text)
                if words is not None and words[1].strip(" :：").casefold() in RELATED:
                    self.found[number] = "other_post"

    def _find_player(self, number: int) -> None:
        """Find the times under a picture or a player, and the word on its button."""
        if self.found.get(number - 1) == "player" or (number and self._lines[number - 1].is_media):
            self.found[number] = "player"
        elif number > 1 and self._lines[number - 2].is_media:
            word = self._lines[number - 1]
            if word.kind == "paragraph" and len(word.text) <= _MAX_WORD:
                self.found |= {number: "player", number - 1: "player"}


def _is_list_of_accounts(line: TextLine, targets: Sequence[Destination]) -> bool:
    """Return whether a line is nothing but names of networks, each before a link to an account.

    Two of them at least: one account may be what the post is about.
    """
    if len(targets) < 2 or not all(target.is_elsewhere for target in targets):
        return False
    position = 0
    for start, end in line.places:
        label = line.text[position:start].strip(" |/·•,")
        if not label.endswith((":", "：")) or not names_network(label):
            return False
        position = end
    return LETTER.search(line.text[position:]) is None


def _is_about_the_page(targets: Sequence[Destination]) -> bool:
    """Return whether links give the address of their own page, perhaps beside that of the site."""
    if any(target.is_elsewhere for target in targets):
        return False
    return any(target.is_itself for target in targets)
