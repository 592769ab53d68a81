"""From the bytes of a robots.txt to the rules for one crawler, whatever its size. Pure.

Protego writes each rule down for each agent that its group names, so that half a megabyte of names
before half a megabyte of rules would fill the memory. Here the names that are not ours become one.
"""

import re

from protego import Protego

ROBOTS_MAX_BYTES = 512 << 10
"""Of a longer robots.txt the beginning counts, in whole lines: RFC 9309 2.5 asks for 500 KiB."""
UNREAD = "cannot be read, which forbids everything for now"
"""What is said of a robots.txt whose server is broken or busy."""
_DENY_ALL = "User-agent: *\nDisallow: /\n"
# Both forms that Protego takes for the name of an agent: with a colon, and without.
_NAMES_AGENT = re.compile(
    r"\s*user(?:[- ]?agent\s*:|(?:-|\s+)?agent\s(?=[^:]*(?::\S.*)?$))\s*(.*)", re.IGNORECASE
)
_OTHERS = "User-agent: /"
"""An agent of this name is nobody."""


def in_whole_lines(body: bytes) -> bytes:
    """Return the beginning of a robots.txt that is read."""
    if len(body) <= ROBOTS_MAX_BYTES:
        return body
    head = body[:ROBOTS_MAX_BYTES]
    # Half a line would be another rule: `Disallow: /` in place of `Disallow: /private`.
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]


def robots_rules(status: int, body: bytes, agent: str) -> Protego:
    """Return the rules for an agent that an answer for /robots.txt means."""
    return Protego.parse(_for_agent(effective_rules(status, body), agent))


def effective_rules(status: int, body: bytes) -> str:
    """Return the text of the rules that an answer for /robots.txt means (RFC 9309 2.3.1).

    A server that is broken, or asks for a pause, forbids everything. A file that is not there, or
    that visitors may not read, forbids nothing.
    """
    if forbids_everything_for_now(status):
        return _DENY_ALL
    if status >= 400 or body.lstrip()[:1] == b"<":  # an HTML page instead of rules is no rules
        return ""
    return in_whole_lines(body).decode("utf-8-sig", "replace")


def forbids_everything_for_now(status: int) -> bool:
    """Tell whether a server is broken or busy, so that its rules cannot be known."""
    return status == 429 or status >= 500


def _for_agent(text: str, agent: str) -> str:
    """Return rules in which all agents but the best name of ours have one name."""
    lines = text.splitlines()
    named = [_agent_of(line) for line in lines]
    ours = max((name for name in named if _fits(name, agent)), key=len, default="*")
    for number, name in enumerate(named):
        if name not in ("", "*", ours):
            lines[number] = _OTHERS
    return "\n".join(lines)


def _agent_of(line: str) -> str:
    """Return the name in a line that names an agent; empty for any other line.

    Protego leaves asterisks within a name out, and so does this.
    """
    found = _NAMES_AGENT.fullmatch(line.partition("#")[0].strip())
    if found is None:
        return ""
    name = found[1].strip().lower()
    return name.replace("*", "") or name[:1]


def _fits(name: str, agent: str) -> bool:
    """Tell whether rules for this name are for the agent, as Protego sees it."""
    if name in ("", "*") or name not in agent.lower():
        return False
    return re.search(rf"(?<![\w-]){re.escape(name)}", agent.lower()) is not None
