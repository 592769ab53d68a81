"""`python -m pipelines.cleaning`, as somebody runs it who looks for a mistake of the cleaner."""

import json
import subprocess
import sys

import pytest

HTML = '<h2>Hi</h2><p>A <a href="/x">link</a><img src="i.jpg" alt="An image"></p>'
RECORD = {"id": 1, "link": "https://a.org/p/", "content": {"rendered": HTML, "protected": False}}
MODULE = [sys.executable, "-m", "pipelines.cleaning"]


def run(given: str | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    if isinstance(given, str):
        given = given.encode()
    done = subprocess.run([*MODULE, *options], input=given, capture_output=True, check=False)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_everything_is_shown_under_headings() -> None:
    shown = run(HTML, "--base", "https://a.org/p/").stdout
    assert "== text\nHi\n\nA link\n" in shown
    assert '== html\n<h2>Hi</h2><p>A <a href="https://a.org/x">link</a>' in shown
    assert "== links\nhttps://a.org/x\tlink\n" in shown
    assert "== images\nhttps://a.org/p/i.jpg\tAn image\n" in shown
    assert shown.endswith("== 3 words, flags: none\n")


@pytest.mark.parametrize(
    ("field", "shown"),
    [("text", "Hi\n\nA link\n"), ("links", "https://a.org/x\tlink\n"), ("embeds", "\n")],
)
def test_one_field_is_shown_alone(field: str, shown: str) -> None:
    assert run(HTML, "--base", "https://a.org/", "--field", field).stdout == shown


def test_a_record_brings_its_own_base() -> None:
    links = json.loads(run(json.dumps(RECORD), "--field", "links", "--json").stdout)
    assert links == [{"url": "https://a.org/x", "text": "link"}]
    other = run(json.dumps(RECORD), "--base", "https://b.org/", "--field", "links").stdout
    assert other == "https://b.org/x\tlink\n"


def test_a_title_and_an_excerpt_of_a_record_are_shown_as_they_are_archived() -> None:
    excerpt = '<p>One &#8230; <a class="more-link" href="/p/">Read on</a></p><p>Two</p>'
    record = RECORD | {"title": {"rendered": "A &amp; B"}, "excerpt": {"rendered": excerpt}}
    shown = run(json.dumps(record)).stdout
    assert shown.startswith("== title\nA & B\n\n== excerpt\nOne …\n\nTwo\n\n== text\nHi\n")
    assert run(json.dumps(record), "--field", "excerpt").stdout == "One …\n\nTwo\n"
    # HTML by itself is taken for the field that is asked for.
    assert run(excerpt, "--field", "excerpt").stdout == "One …\n\nTwo\n"
    assert run(excerpt, "--field", "title").stdout == "One … Two\n"
    assert json.loads(run(json.dumps(record), "--json").stdout)["title"] == "A & B"


def test_a_record_without_an_excerpt_says_so() -> None:
    done = run(json.dumps(RECORD), "--field", "excerpt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the JSON record has no excerpt.rendered" in done.stderr


def test_json_has_every_field() -> None:
    shown = json.loads(run(HTML, "--json").stdout)
    assert shown["text"] == "Hi\n\nA link"
    assert {"html", "links", "images", "embeds", "word_count", "flags"} <= set(shown)


@pytest.mark.parametrize("record", ['{"id": 1}', '{"content": "x"}', '{"content": {}}'])
def test_a_record_without_content_is_an_error(record: str) -> None:
    done = run(record)
    assert done.returncode == 2
    assert done.stderr == (
        "pipelines.cleaning: the JSON record has no content.rendered; see --help\n"
    )


def test_text_that_only_looks_like_json_is_html() -> None:
    assert run("{not json}", "--field", "text").stdout == "{not json}\n"


def test_any_bytes_can_be_looked_at() -> None:
    done = run(b"\xef\xbb\xbf<p>a\xffb</p>", "--field", "text")
    assert (done.returncode, done.stdout) == (0, "a\ufffdb\n")


def test_a_reader_that_stops_is_no_failure_to_talk_about() -> None:
    command = " ".join(MODULE) + " --field text | head -1"
    done = subprocess.run(
        command, shell=True, input=b"<p>x" * 100_000, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"x\n", b"")


def test_help_says_that_records_are_accepted() -> None:
    shown = run("", "--help").stdout
    assert "one record as JSON" in shown
    assert "wparchive show KEY --format raw | python -m pipelines.cleaning" in shown
