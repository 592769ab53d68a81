"""Rules of any size: the beginning counts, and names of others cost nothing."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from crawler.robots_rules import ROBOTS_MAX_BYTES, in_whole_lines, robots_rules

API = "https://h.org/wp-json/wp/v2/posts"
AGENTS = ("wparchive", "wparchive/0.2", "Mozilla/5.0 (GoogleBot; wparchive)")
NAMES = st.sampled_from(
    (
        "*",
        "**",
        "wparchive",
        "wp",
        "WPArchive/0.2",
        "archive",
        "w*p",
        "googlebot",
        "a: b",
        "a:b",
        "",
    )
)
FORMS = st.sampled_from(
    ("User-agent: {}", "useragent:{}", "user agent {}", "user  agent {}", "User-agent\t{} # x")
)
RULES = st.sampled_from(
    (
        "Disallow: /",
        "Allow: /wp-json/",
        "Disallow: *v2",
        "Crawl-delay: 4",
        "Sitemap: /s",
        "",
        "x: y",
    )
)
LINES = st.lists(st.builds(str.format, FORMS, NAMES) | RULES, max_size=12)


@given(LINES, st.sampled_from(AGENTS))
def test_the_names_of_other_agents_change_nothing(lines, agent):
    text = "\n".join(lines)
    ours = robots_rules(200, text.encode(), agent)
    theirs = Protego.parse(text)
    assert ours.can_fetch(API, agent) == theirs.can_fetch(API, agent)
    assert ours.crawl_delay(agent) == theirs.crawl_delay(agent)


def test_rules_are_written_down_once_and_not_for_each_name():
    names = b"".join(b"User-agent: bot%d\n" % number for number in range(1000))
    body = names + b"User-agent: wparchive\n" + b"Disallow: /\n" * 1000
    tracemalloc.start()
    try:
        assert not robots_rules(200, body, "wparchive").can_fetch(API, "wparchive")
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < 10_000_000


def test_of_a_long_file_the_beginning_counts():
    first = b"User-agent: *\nDisallow: /wp-json/\n"
    filler = b"# as long as half a line of a rule\n" * (ROBOTS_MAX_BYTES // 10)
    rules = robots_rules(200, first + filler + b"Disallow: /\n", "wparchive")
    assert not rules.can_fetch(API, "wparchive")
    assert rules.can_fetch("https://h.org/", "wparchive")


def test_half_a_line_is_no_rule():
    body = b"User-agent: *\n"
    body += b"#" * (ROBOTS_MAX_BYTES - len(body) - len("\nDisallow: /")) + b"\nDisallow: /private\n"
    assert in_whole_lines(body).endswith(b"#\n")
    assert robots_rules(200, body, "wparchive").can_fetch(API, "wparchive")
    assert in_whole_lines(b"#" * ROBOTS_MAX_BYTES * 2) == b""
