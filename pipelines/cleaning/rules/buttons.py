"""Hold what looks like a button until its row has ended: it is furniture, or what the post offers.

A button calls to do something, and is none of the post's text. But buttons to files, to works that
others host, and rows of buttons to different pages are a list of links, such as downloads or
sources: those are written with their links.
"""

from collections.abc import Iterable

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.addresses import destination_of, hosts_works, split_address
from pipelines.cleaning.rules.boilerplate import BoilerplateBlock, SkipReason
from pipelines.cleaning.rules.class_names import leads_to_file
from pipelines.cleaning.rules.held import HeldElement

_MAX_CHARS = 60
_MANY_ELSEWHERE = 2
_MANY = 3
_PICTURES = frozenset({"img", "amp-img", "picture", "iframe", "video"})


class HeldButton(HeldElement):
    """An open link that looks like a button. What it holds is remembered.

    It is written after all if it does not stand alone in its line.
    """

    def __init__(self, name: str, attributes: Attributes) -> None:
        super().__init__(SkipReason.BOILERPLATE, name, attributes)
        self.links: list[Attributes] = []
        """The attributes of its links."""
        self.size = 0
        """How many characters it holds."""
        self.is_short = True
        """Whether it holds no more than the words of a button, and no picture."""
        self._look_at(name, attributes)

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._look_at(name, attributes)

    def text(self, data: str) -> None:
        super().text(data)
        self.size += len(data.strip())
        if self.size > _MAX_CHARS:
            self.is_short = False

    def _look_at(self, name: str, attributes: Attributes) -> None:
        if name == "a":
            self.links.append(attributes)
        if name in _PICTURES:
            self.is_short = False


class NamedButton(HeldButton):
    """An open element that a page builder or plug-in calls a button, or a row of buttons.

    It need not stand alone in a line to be one.
    """

    def __init__(self, name: str, attributes: Attributes, block: BoilerplateBlock) -> None:
        super().__init__(name, attributes)
        self.block = block
        """It counts the text that is lost with the button."""

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self.block.start(name, attributes)

    def text(self, data: str) -> None:
        super().text(data)
        self.block.text(data)

    def end(self) -> None:
        super().end()
        self.block.end()


class ButtonRow:
    """The buttons that ended, with nothing but white space between them."""

    def __init__(self, content: ContentBuilder) -> None:
        self._content = content
        self.held: list[HeldButton] = []
        """Those of which it is not known yet whether they are written. The list is emptied and
        never replaced: whoever looks at it for every event keeps it."""
        self.left_out = 0
        """How many buttons were not written, of those known by their look."""
        self.size_left_out = 0
        """How many characters they hold."""
        self.pages_left_out: set[str] = set()
        """The addresses to which they lead, without queries."""

    def add(self, button: HeldButton) -> None:
        """Add a button that has ended."""
        self.held.append(button)

    def add_space(self, data: str) -> None:
        """Add white space after the last button."""
        self.held[-1].text(data)

    def end(self, is_alone: bool) -> list[HeldButton]:
        """End the row; return the buttons to be written.

        It `is_alone` if nothing else stands in its line.
        """
        buttons = self.held.copy()
        self.held.clear()
        if _is_offer((link for button in buttons for link in button.links), self._content):
            for button in buttons:
                if isinstance(button, NamedButton):
                    button.block.keep()
            return buttons
        by_look = [button for button in buttons if not isinstance(button, NamedButton)]
        if not is_alone or not all(button.is_short for button in by_look):
            return by_look
        self.left_out += len(by_look)
        self.size_left_out += sum(button.size for button in by_look)
        for button in by_look:
            self.pages_left_out |= {link.get("href", "").partition("?")[0] for link in button.links}
        return []


def _is_offer(links: Iterable[Attributes], content: ContentBuilder) -> bool:
    """Return whether the links of a row of buttons are what a post offers.

    One is enough that leads to a file, or to a work on a host of works. So are two that lead to
    different pages of other sites, and three that lead to different pages at all. Forms to share
    and channels never count.
    """
    pages: set[str] = set()
    elsewhere: set[str] = set()
    for link in links:
        url = content.media.address(link.get("href"))
        if url is None:
            continue
        target = destination_of(url, content.base_url)
        if target.is_share or target.is_channel or target.is_sign_up:
            continue
        if "download" in link or leads_to_file(url) or hosts_works(url):
            return True
        if target.is_elsewhere and split_address(url).path.strip("/"):
            elsewhere.add(url)
        if target.is_elsewhere or target.is_own_post:
            pages.add(url)
    return len(elsewhere) >= _MANY_ELSEWHERE or len(pages) >= _MANY
