"""`wparchive` as an analyst runs it: a process, its output, its exit status."""

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samples.documents import post
from tests.archives import FIRST, filled, new_file, sample_file
from wparchive.commands import cli

__all__ = ["sample_file"]
COMMAND = [sys.executable, "-m", "wparchive"]
HEAVY = {"scrapy", "twisted", "pymongo", "pyarrow", "pandas", "bs4", "lxml", "asyncio"}


@pytest.fixture
def wparchive(sample_file, tmp_path):
    """Runs the command on the sample archive."""

    def run(*arguments, archive=sample_file, **environment):
        env = {**os.environ, "ARCHIVE_URI": archive, "COLUMNS": "100", **environment}
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, env=env, cwd=tmp_path
        )

    return run


@pytest.mark.parametrize(
    "arguments", [["--help"], ["sites"], ["search", "heat"], ["stats", "--by", "month"]]
)
def test_it_imports_only_what_it_needs(sample_file, arguments):
    code = (
        "import sys\n"
        "from wparchive.commands import main\n"
        f"try: main({arguments!r})\n"
        "finally:\n"
        f"    heavy = {HEAVY!r} & set(sys.modules)\n"
        "    assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "ARCHIVE_URI": sample_file},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_site_of_which_nothing_is_held_has_no_empty_table(wparchive, sample_file, tmp_path):
    target = tmp_path / "archive.db"
    with (
        sqlite3.connect(sample_file.removeprefix("sqlite:///")) as there,
        sqlite3.connect(target) as here,
    ):
        there.backup(here)
        for table in ("posts", "terms", "authors", "media", "comments"):
            here.execute(f"DELETE FROM {table} WHERE site = 'example.com/blog'")
    done = wparchive("sites", "--archive", str(target))
    assert done.returncode == 0
    assert ", complete\n  nothing is held of it\n" in done.stdout
    assert done.stdout.count("type") == 1


def test_sites(wparchive):
    done = wparchive("sites")
    assert done.returncode == 0
    assert done.stdout.startswith("example.com/blog  An Example\n  last crawl ")
    assert ", complete\n" in done.stdout
    assert "  post      " in done.stdout
    assert "\x1b" not in done.stdout
    one, other = map(json.loads, wparchive("sites", "--json").stdout.splitlines())
    assert one["last_run"]["finished_at"] == "2025-01-10T00:05:00Z"
    assert other["types"][0] == {
        "site": "other.org",
        "kind": "posts",
        "type": "post",
        "live": 1,
        "withdrawn": 1,
        "deleted": 1,
        "unpublished": 0,
    }


def test_search(wparchive):
    done = wparchive("search", "heat", "pump*", "--site", "example.com/blog")
    assert done.returncode == 0
    shown = (
        "**Heat** **pumps**!\n"
        "2024-05-17  example.com/blog/post/1  Ada Lovelace\n"
        "  The **heat** **pump** is very quiet."
    )
    assert shown in done.stdout
    assert wparchive("search", "heat", "-pump").stdout.count("example.com/blog/post/") == 1
    assert wparchive("search", "--count", "heat").stdout == "4\n"
    (line,) = wparchive("search", "東京", "--json").stdout.splitlines()
    found = json.loads(line)
    assert found["post"]["title"] == "天気予報"
    assert found["snippet"] == {"text": "東京都の天気は晴れです。北京も晴れ。", "hits": [[0, 2]]}


def test_search_goes_on_where_an_answer_ended(wparchive):
    def keys(done):
        return [json.loads(line)["post"]["_id"] for line in done.stdout.splitlines()]

    search = ["search", "heat", "--order", "newest", "--json"]
    whole = keys(wparchive(*search))
    first = wparchive(*search, "--limit", "3")
    assert keys(first) == whole[:3]
    cursor = first.stderr.removeprefix("next: ").strip()
    last = wparchive(*search, "--limit", "3", "--after", cursor)
    assert keys(last) == whole[3:]
    assert last.stderr == "", "nothing follows"
    shown = wparchive("search", "heat", "--order", "newest", "--limit", "3")
    assert shown.stderr.endswith(f"Go on with --after {cursor}\n")
    refused = wparchive("search", "heat", "--after", cursor)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "this cursor continues search/newest, not search/relevance" in refused.stderr


def test_all_posts_are_listed_where_an_order_is_named(wparchive):
    newest = wparchive("search", "--order", "newest", "--limit", "2", "--json").stdout.splitlines()
    oldest = wparchive("search", "--order", "oldest", "--limit", "1", "--json").stdout
    dates = [json.loads(line)["post"]["published_at"] for line in [*newest, oldest]]
    assert dates == sorted(dates, reverse=True)
    assert wparchive("search", "--count").stdout == "8\n"
    assert "tells of changes" in wparchive("search", "--since", "2030").stderr


def test_a_period_of_deleted_posts_hints_at_when_posts_vanished(wparchive):
    site = ("--site", "other.org")
    done = wparchive("search", "--since", "90d", "--state", "deleted", *site)
    hint = "wparchive history --since 90d --deleted --site other.org"
    assert done.stderr.splitlines()[0].endswith(f"what vanished then: {hint}")
    assert "vanished" not in wparchive("search", "--since", "90d", "--state", "any", *site).stderr
    assert "vanished" not in wparchive("search", "--state", "deleted", *site).stderr


def test_options_that_select_posts_find_them_without_words(wparchive):
    chosen = ("--site", "example.com/blog", "--type", "post")
    total = int(wparchive("search", "--count", *chosen).stdout)
    first = wparchive("search", *chosen, "--limit", "2")
    assert f"2 of {total} posts" in first.stderr
    cursor = first.stderr.split("--after")[1].split()[0]
    lines = wparchive("search", *chosen, "--after", cursor, "--limit", "100", "--json").stdout
    rows = [json.loads(line) for line in lines.splitlines()]
    assert len(rows) == total - 2
    dates = [row["post"]["published_at"] or "" for row in rows]  # those without a date are last
    assert dates == sorted(dates, reverse=True)
    none = wparchive("search", *chosen, "--until", "1990")
    assert none.returncode == 1
    assert "nothing found that these options select; fewer filters or --state any" in none.stderr


def test_filters_that_find_nothing_say_that_posts_are_to_be_cleaned_again(tmp_path, wparchive):
    older = [post(id_, "Ein kurzer Text.", language=None, cleaner_version=1) for id_ in (1, 2)]
    uri = filled(new_file(tmp_path), lambda store: store.save("posts", older, FIRST))
    for arguments in (["stats", "--has", "table"], ["search", "kurzer", "--language", "de"]):
        done = wparchive(*arguments, archive=uri)
        assert done.returncode == 1
        assert "2 posts have no language" in done.stderr
        assert "`wparchive reclean --all`" in done.stderr
    assert "reclean" not in wparchive("stats", "--type", "page", archive=uri).stderr


def test_markdown_of_one_post_leaves_out_what_is_no_part_of_its_text(tmp_path, wparchive):
    html = "<p>The harbour froze over.</p><p>Join us</p>"
    blocks = [
        {"kind": "paragraph", "text": "The harbour froze over."},
        {"kind": "paragraph", "text": "Join us", "removed": "join"},
    ]
    one = post(1, "The harbour froze over.", html=html, blocks=blocks)
    uri = filled(new_file(tmp_path), lambda store: store.save("posts", [one], FIRST))
    key = one["_id"]
    assert "Join us" not in wparchive("show", key, "--format", "markdown", archive=uri).stdout
    assert "Join us" in wparchive("show", key, "--format", "html", archive=uri).stdout


def test_words_that_look_like_options_of_other_commands_are_exclusions(wparchive):
    assert wparchive("search", "heat", "-hidden").returncode == 0
    assert wparchive("search", "heat", "-nothing").returncode == 0


@pytest.mark.parametrize(
    "name",
    ["example.com/blog/post/2", "https://example.com/blog/post-2", "example.com/blog/post-2/"],
)
def test_show_finds_a_post_by_any_name(wparchive, name):
    done = wparchive("show", name)
    assert done.returncode == 0
    assert done.stdout.startswith("天気予報\nkey:        example.com/blog/post/2\n")
    assert done.stdout.endswith("\n\n東京都の天気は晴れです。北京も晴れ。\n")


def test_show_in_every_format(wparchive):
    def shown(form):
        return wparchive("show", "example.com/blog/post/1", "--format", form).stdout

    assert shown("html") == "<p>The heat pump is very quiet.</p><p>It saves gas in New York.</p>\n"
    assert shown("markdown").endswith(
        "# Heat pumps!\n\nThe heat pump is very quiet.\n\nIt saves gas in New York.\n\n"
    )
    assert json.loads(shown("json"))["tags"][0]["name"] == "Clean Energy"
    assert json.loads(shown("raw")) == {"id": 1, "type": "post"}
    assert (
        "Heat pumps\n"
        in wparchive("show", "example.com/blog/post/1", "--as-of", "2025-01-05").stdout
    )


def test_stats(wparchive):
    assert wparchive("stats").stdout.startswith("posts   8\n")
    assert wparchive("stats", "--by", "month").stdout.splitlines()[1].split()[:2] == [
        "2020-02",
        "1",
    ]
    row = {"tag": None, "posts": 5, "share": 0.625}
    assert json.loads(wparchive("stats", "--by", "tag", "--top", "1", "--json").stdout) == row
    told = wparchive("stats", "--by", "tag,type", "--top", "1", "--json").stdout
    assert json.loads(told)["share"] == json.loads(told)["posts"] / 8
    assert list(json.loads(told)) == ["tag", "type", "posts", "share"]
    pairs = wparchive("stats", "--by", "tag,type", "--top", "1").stdout.splitlines()
    for line in pairs[1:]:
        count, share = line.split()[1:3]
        assert share == f"{int(count) / 8:.1%}", "a share is one of all 8 posts"
    assert len(pairs) > 1


def test_history(wparchive):
    done = wparchive("history", "example.com/blog/post/1")
    assert "It saves [-oil-]{+gas+} in New York." in done.stdout
    assert "title: Heat pumps{+!+}" in done.stdout
    assert (
        "The heat pump is quiet."
        in wparchive("history", "example.com/blog/post/1", "--as-of", "2025-01-05").stdout
    )
    told = [
        json.loads(line)
        for line in wparchive(
            "history", "--since", "2025", "--deleted", "--edited", "--json"
        ).stdout.splitlines()
    ]
    assert [(event["what"], event["key"]) for event in told] == [
        ("deleted", "other.org/post/9"),
        ("edited", "example.com/blog/post/1"),
    ]
    newest = wparchive("history", "--since", "2025", "--limit", "2", "--json").stdout
    assert len(newest.splitlines()) == 2
    assert (
        wparchive("history", "--since", "2025", "--site", "other.org", "--withdrawn")
        .stdout.splitlines()[1]
        .endswith("Post 10")
    )


def test_failures(wparchive):
    assert "truncated_json" in wparchive("failures").stdout
    assert (
        json.loads(wparchive("failures", "--json").stdout)["_id"]
        == "example.com/blog/post/77#parse"
    )
    assert wparchive("failures", "--site", "other.org").stdout.startswith("none: ")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["search", "zzz"], 1, "nothing found"),
        (["search", "heat", "--site", "nope.com"], 1, "it holds: example.com/blog, other.org"),
        (
            ["search", "heat", "--site", "nope.com", "--count"],
            1,
            "it holds: example.com/blog, other.org",
        ),
        (
            ["export", "--site", "nope.com", "-o", "x.csv"],
            1,
            "it holds: example.com/blog, other.org",
        ),
        (["stats", "--tag", "nope"], 1, "no post has the tag"),
        (["stats", "--tag", "(none)"], 1, "--without tag selects them"),
        (["search", "heat or 東京"], 1, "OR in capitals"),
        (["search", "heat", "--type", "pages"], 1, "did you mean 'page'"),
        (["export", "-o", "x.csv", "--embeds", "nope"], 1, "no post has embeds of 'nope'"),
        (["history", "--since", "2030"], 1, "nothing happened"),
        (["failures", "--site", "nope.com"], 1, "it holds: example.com/blog, other.org"),
        (["export", "-o", "x.csv", "--with-raw"], 2, "no place for raw records"),
        (
            ["show", "example.com/blog/post/999"],
            1,
            "holds no post with the id 999 of example.com/blog",
        ),
        (["history", "example.com/blog/post/1", "--as-of", "2020"], 1, "not archived yet"),
        (["search", '"open'], 2, "never closed"),
        (["search", "--sicne", "2024", "heat"], 2, "Did you mean '--since'?"),
        (["search", "-only"], 2, "nothing to search for"),
        (["search"], 2, "name words, or an option that selects posts"),
        (["history", "--since", "2030", "--deleted"], 1, "nothing was deleted in that time"),
        (["stats", "--since", "2024-13"], 2, "not a date"),
        (["stats", "--state", "gone"], 2, "'gone' is not one of"),
        (["history"], 2, "name a POST"),
        (["history", "example.com/blog/post/1", "--since", "2024"], 2, "or the POST"),
        (["history", "--since", "2024", "--full"], 2, "about one POST"),
        (["nosuch"], 2, "No such command"),
        (["serch", "heat"], 2, "Did you mean 'search'?"),
        (["serve", "--port", "99999"], 2, "99999 is not in the range"),
        (["export"], 2, "Missing option"),
        (["export", "-o", "x"], 2, "has no ending that names a format"),
        (["export", "-o", "-", "--format", "markdown"], 2, "makes a folder"),
        (["export", "-o", "all.xml"], 2, "add --site, one of example.com/blog, other.org"),
        (["sites", "--archive", "sqlite:///nothing.db"], 3, "no archive at sqlite:////"),
        (["sites", "--archive", "sqlite:///nothing.db"], 3, "(--archive names another)"),
        (["--archive", "sqlite:///nothing.db", "sites"], 3, "no archive at sqlite:////"),
        (
            ["sites", "--archive", "mongodb://127.0.0.1:9/x?serverSelectionTimeoutMS=100"],
            3,
            "no server answers",
        ),
        (["sites", "--archive", "ftp://x"], 2, "an archive is"),
        (["sites", "--archive", ""], 2, "an archive is"),
        (["export", "-o", "no/such/folder.csv"], 5, "No such file or directory"),
    ],
)
def test_trouble_is_one_line_and_a_status(wparchive, tmp_path, arguments, status, message):
    done = wparchive(*arguments)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_newer_archive_is_status_4(wparchive, tmp_path_factory):
    import sqlite3

    folder = tmp_path_factory.mktemp("newer")
    address = filled(new_file(folder))
    connection = sqlite3.connect(folder / "archive.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert wparchive("sites", archive=address).returncode == 4


def test_the_option_of_the_group_is_stronger_than_the_environment(wparchive, sample_file):
    assert (
        wparchive("--archive", sample_file, "sites", archive="sqlite:///nothing.db").returncode == 0
    )


@pytest.mark.parametrize(
    "arguments",
    [["search", "heat"], ["export", "-o", "-", "--format", "jsonl"], ["sites"], ["-h"], ["runs"]],
)
def test_a_closed_pipe_is_quiet(sample_file, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ARCHIVE_URI": sample_file},
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    "arguments", [["search", "heat"], ["export", "-o", "-", "--format", "csv"], ["sites"]]
)
def test_a_full_disk_behind_standard_output_is_said(sample_file, arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "ARCHIVE_URI": sample_file},
        )
    assert done.returncode == 5
    assert (
        done.stderr.splitlines()[-1]
        == "wparchive: cannot write the output: No space left on device"
    )


def test_an_interrupt_ends_cleanly(sample_file, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    export = [*COMMAND, "export", "-o", str(pipe), "--format", "csv"]
    process = subprocess.Popen(
        export, stderr=subprocess.PIPE, text=True, env={**os.environ, "ARCHIVE_URI": sample_file}
    )
    waiting = Path(
        f"/proc/{process.pid}/wchan"
    )  # what the process sleeps in: until it opens the pipe, which nobody reads
    deadline = time.monotonic() + 10
    while "wait_for_partner" not in waiting.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def on_a_terminal(arguments, **environment):
    """Everything that the command prints when it runs on a terminal of 24 lines."""
    controller, terminal = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {
        "TERM": "xterm",
        "PAGER": "cat",
        **environment,
    }
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdin=terminal, stdout=terminal, stderr=terminal, env=env
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    process.wait()
    os.close(controller)
    return shown.decode()


def test_colours_are_for_terminals_that_want_them(sample_file):
    assert "\x1b[" in on_a_terminal(["search", "heat"], ARCHIVE_URI=sample_file)
    assert "\x1b[" not in on_a_terminal(["search", "heat"], ARCHIVE_URI=sample_file, NO_COLOR="1")


def test_long_answers_go_through_the_pager_on_a_terminal_only(sample_file, wparchive):
    many = ["history", "--since", "2025", "--full"]
    assert (
        on_a_terminal(["search", "quiet"], ARCHIVE_URI=sample_file, PAGER="sed s/^/PAGED/").count(
            "PAGED"
        )
        == 0
    )
    long = ["show", "example.com/blog/post/1", "--format", "text"]
    assert "PAGED" in on_a_terminal(
        long, ARCHIVE_URI=sample_file, PAGER="sed s/^/PAGED/", LINES="5", COLUMNS="80"
    )
    assert "PAGED" not in wparchive(*many, PAGER="sed s/^/PAGED/", LINES="5").stdout


def test_progress_is_shown_on_a_terminal_only(sample_file, wparchive, tmp_path):
    assert "100%" in on_a_terminal(
        ["export", "-o", str(tmp_path / "a.csv")], ARCHIVE_URI=sample_file
    )
    done = wparchive("export", "-o", str(tmp_path / "b.csv"), "--json")
    assert done.stderr == f"8 posts written to {tmp_path / 'b.csv'}\n"
    assert json.loads(done.stdout) == {
        "output": str(tmp_path / "b.csv"),
        "format": "csv",
        "posts": 8,
    }


def test_a_site_cannot_control_the_terminal(tmp_path):
    async def fill(store):
        await store.save("posts", [post(1, "text \x1b]0;pwned\x07", title="\x1b[2Jtitle")], FIRST)

    address = filled(new_file(tmp_path), fill)
    for arguments in (
        ["show", "example.com/blog/post/1"],
        ["search", "text"],
        ["history", "--since", "2020"],
        ["show", "example.com/blog/post/1", "--json"],
    ):
        shown = on_a_terminal(arguments, ARCHIVE_URI=address)
        assert "title" in shown
        assert "\x1b[2J" not in shown
        assert "\x1b]0" not in shown


def test_completion_offers_commands_and_options():
    def completed(words, at):
        env = {
            **os.environ,
            "_WPARCHIVE_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(at),
        }
        return subprocess.run(COMMAND, capture_output=True, text=True, env=env).stdout

    assert "plain,search" in completed("wparchive se", 1)
    assert "plain,--since" in completed("wparchive search --si", 2)


def test_every_command_has_examples_in_its_help():
    import click

    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert f"wparchive {name}" in (command.help or ""), name


@pytest.mark.parametrize(
    "line", ["sites", "search heat --json", "export -o - --format csv", "failures", "--help"]
)
def test_a_closed_standard_output_is_no_traceback(sample_file, line):
    command = " ".join(COMMAND)
    done = subprocess.run(
        ["sh", "-c", f"{command} {line} >&-"],
        capture_output=True,
        text=True,
        env={**os.environ, "ARCHIVE_URI": sample_file},
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize("command", ["show", "search", "stats --site", "failures --type"])
def test_broken_bytes_of_a_command_line_are_no_traceback(wparchive, command):
    done = wparchive(*command.split(), "\udcff")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_csv_begins_with_a_byte_order_mark_on_request(wparchive, tmp_path):
    path = tmp_path / "posts.csv"
    assert wparchive("export", "-o", str(path)).returncode == 0
    plain = path.read_bytes()
    assert wparchive("export", "-o", str(path), "--bom").returncode == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + plain
    refused = wparchive("export", "-o", str(tmp_path / "posts.jsonl"), "--bom")
    assert (refused.returncode, "leave out --bom" in refused.stderr) == (2, True)
