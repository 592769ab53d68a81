"""Find the lines that a service writes for authors to copy: under its player, and on its cards.

`Some talk from Somebody on Vimeo`, `Created with Slide Maker`, `Rankings: Sushi | North | South`,
`View this post on Instagram`. All their links lead to that service, and little stands between them.
"""

import re
from collections.abc import Sequence

from pipelines.cleaning.rules.addresses import service_of, split_address
from pipelines.cleaning.rules.lines import TextLine, is_unspaced
from pipelines.cleaning.rules.post_lines import LETTER, MAX_LABEL, PostLines
from wparchive.model.document_parts import Embed

_MAX_LINE = 170
_ACCOUNT = re.compile(r"\(@[\w.]{1,40}\)")
_YEAR = re.compile(r"\b20\d\d\b")
_MAX_INVITATION = 100
_MIN_LISTS = 3  # links on a card, under the link to the thing itself
_MIN_LINKS_ALONE = 3  # of a credit line whose player is gone
_FEWEST_LINKS = min(_MIN_LISTS, _MIN_LINKS_ALONE)
_MAX_BETWEEN = 25  # characters that are no link, behind the label
_MAX_BESIDE_LINKS = 46 + _MAX_BETWEEN
_LABEL = re.compile(r"[^:：]{2,45}[:：]")
_VIDEO = re.compile(r"(?:^|&)v=([^&]+)")
_MADE_WITH = re.compile(
    r"(?:created|made|generated|powered|built|embedded|published)\s(?:with|by|using|on|via)",
    re.IGNORECASE,
)


def find_service_lines(post: PostLines, embeds: Sequence[Embed]) -> dict[int, str]:
    """Return the reason of each line that a service wrote, by its number."""
    services = {service_of(embed["url"]) for embed in embeds}
    named = {name_of(embed["url"]) for embed in embeds} | {""}
    found = {}
    for number in post.linked:
        line = post.lines[number]
        if line.kind == "quote" and _invites_to_quoted(line, named):
            found[number] = "player"
        if line.kind != "paragraph" or len(line.text) > _MAX_LINE:
            continue
        if len(line.text) - line.linked > _MAX_BESIDE_LINKS:
            continue  # as most lines with a link
        if not services and len(line.links) < _FEWEST_LINKS and not _MADE_WITH.search(line.text):
            continue
        service = _only_service(line)
        if service is None:
            continue
        if _is_credit(post, number, named, is_embedded=service in services):
            found[number] = "player"
        elif _is_card(post, number, service):
            found[number] = "card"
    return found


def name_of(url: str) -> str:
    """Return what names a thing in its address: the last part of its path; empty for none."""
    parts = split_address(url)
    video = _VIDEO.search(parts.query)
    if video is not None:
        return video[1]
    return parts.path.rstrip("/").rpartition("/")[2]


def _only_service(line: TextLine) -> str | None:
    """Return the service to which all links of a line lead; None if there are several."""
    services = {service_of(link["url"]) for link in line.links}
    if len(services) > 1:
        return None
    return services.pop() or None


def _invites_to_quoted(line: TextLine, named: set[str]) -> bool:
    """Return whether a line of a quoted post is the network's: `View this post on Instagram`.

    It is a link to that post, with the network's name or the account. A caption is longer.
    """
    if not line.is_link or len(line.text) > _MAX_INVITATION:
        return False
    service = _only_service(line)
    if service is None or {name_of(link["url"]) for link in line.links} - named | {""} != {""}:
        return False
    names_service = service.partition(".")[0] in line.text.casefold()
    return (names_service and len(line.text) <= MAX_LABEL) or _names_account(line.text)


def _names_account(text: str) -> bool:
    """Return whether a text ends with an account in parentheses, or with when it was shared."""
    account = _ACCOUNT.search(text)
    if account is None:
        return False
    rest = text[account.end() :]
    return not LETTER.search(rest) or _YEAR.search(rest) is not None or is_unspaced(rest)


def _is_credit(post: PostLines, number: int, named: set[str], is_embedded: bool) -> bool:
    """Return whether a line says whose thing a player shows, and on which service."""
    line = post.lines[number]
    words = line.around_links()
    if not LETTER.search(words) or len(words) > MAX_LABEL:
        return False
    if _names_its_service(line) and post.follows_prose(number):
        # The player may be gone, or an element that only its script knows.
        if len(line.links) >= _MIN_LINKS_ALONE or _MADE_WITH.fullmatch(words.strip(" .:")):
            return True
    if not is_embedded or len(line.links) < 2 or number == 0:
        return False
    kinds = [post.lines[other].kind for other in post.beside(number)]
    # Before another player it may be the title of that one.
    if kinds.pop(0) != "embed" or "embed" in kinds:
        return False
    return any(name_of(link["url"]) in named for link in line.links)


def _names_its_service(line: TextLine) -> bool:
    """Return whether a line ends with the name of a service, as a link to its front page."""
    link = line.links[-1]
    parts = split_address(link["url"])
    if parts.path.strip("/") or parts.query or LETTER.search(line.text[line.places[-1][1] :]):
        return False
    name = re.sub(r"[\W_]", "", link["text"]).casefold()
    return name != "" and name in service_of(link["url"]).partition(".")[0].replace("-", "")


def _is_card(post: PostLines, number: int, service: str) -> bool:
    """Return whether a line is a label and links to lists, under a link to one thing in them."""
    line = post.lines[number]
    if len(line.links) < _MIN_LISTS or number == 0 or post.leads_within(line):
        return False
    label = _LABEL.match(line.text)
    if label is None or 3 * line.linked < len(line.text) - label.end():
        return False
    if len(line.around_links()) > label.end() + _MAX_BETWEEN:
        return False
    thing = post.lines[number - 1]
    return thing.is_text and thing.is_link and _only_service(thing) == service
