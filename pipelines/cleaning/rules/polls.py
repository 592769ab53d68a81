"""Find polls that only attributes or scripts name: those of Crowdsignal, once PollDaddy.

A script shows them in a browser. Where the page has the question and the answers, they are text.
"""

import re
from typing import Any

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.settings import settings_of
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.document_parts import Embed

POLL_ATTRIBUTE = "data-crowdsignal-poll"
"""The attribute in which the block of a poll has its question and its answers."""
_POLL = "https://poll.fm/{}"
_NUMBER = re.compile(r"https?://(?:\w+\.)?(?:poll\.fm|polldaddy\.com/(?:p|poll))/(\d{1,12})(?!\d)")
_CONTAINER = re.compile(r"PDI_container(\d{1,12})")
_SURVEYS = re.compile(
    r"(?:[\w-]+\.)?(?:survey\.fm|polldaddy\.com|crowdsignal\.com|poll\.fm)(?:/s)?"
)
_NAME = re.compile(r"[\w-]{1,100}")
_MAX_ANSWERS = 100


def number_of_poll(url: str) -> str:
    """Return the number of the poll to which an address leads; empty for any other."""
    found = _NUMBER.match(url)
    return found[1] if found is not None else ""


def poll_of_script(content: ContentBuilder, attributes: Attributes) -> str | None:
    """Return the address of the poll that a script shows; None where a `noscript` has its title."""
    source = attributes.get("src", "")
    if source.startswith("//"):
        source = f"https:{source}"
    return _address(content, number_of_poll(source))


def poll_of_block(content: ContentBuilder, attributes: Attributes) -> str | None:
    """Return the address of the poll or survey that the attributes of a block name; or None."""
    container = _CONTAINER.fullmatch(attributes.get("id", ""))
    if container is not None:
        return _address(content, container[1])
    settings = settings_of(attributes.get("data-settings", ""))
    number = number_of_poll(str(settings.get("url", "")))
    if number:
        return _address(content, number)
    domain = settings.get("domain")
    name = settings.get("id")
    if not isinstance(domain, str) or not isinstance(name, str | int):
        return None
    if not _SURVEYS.fullmatch(domain.rstrip("/")) or not _NAME.fullmatch(str(name)):
        return None
    return f"https://{domain.rstrip('/')}/{name}"


def _address(content: ContentBuilder, number: str) -> str | None:
    if not number or number in content.lookahead.polls_in_noscript:
        return None
    return _POLL.format(number)


def write_poll(content: ContentBuilder, attributes: Attributes) -> None:
    """Write the question and the answers of a poll whose block has them as JSON."""
    if POLL_ATTRIBUTE not in attributes:
        return
    poll = settings_of(attributes[POLL_ATTRIBUTE])
    texts = [_text(poll.get(name)) for name in ("question", "note")]
    answers = poll.get("answers")
    options = []
    if isinstance(answers, list):
        options = [_text(answer.get("text")) for answer in answers if isinstance(answer, dict)]
    for text in filter(None, texts):
        _write_paragraph(content, text)
    _write_list(content, [option for option in options[:_MAX_ANSWERS] if option])
    data = poll.get("apiPollData")
    number = data.get("id") if isinstance(data, dict) else poll.get("pollId")
    if isinstance(number, int):
        embed = Embed(kind="iframe", url=_POLL.format(number), title=texts[0])
        content.write_embed(embed)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return collapse_whitespace(re.sub(r"<[^<>]*>", "", value))


def _write_paragraph(content: ContentBuilder, text: str) -> None:
    content.separate()
    content.html.write_tag("<p>")
    content.write(text)
    content.separate()
    content.html.write_tag("</p>")


def _write_list(content: ContentBuilder, items: list[str]) -> None:
    if not items:
        return
    content.text.start_list(None)
    content.html.write_tag("<ul>")
    for item in items:
        content.text.start_item(None)
        content.html.write_tag("<li>")
        content.write(item)
        content.separate()
        content.text.end_item()
        content.html.write_tag("</li>")
    content.text.end_list()
    content.html.write_tag("</ul>")
