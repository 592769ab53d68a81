"""`wparchive boilerplate` for people: what it lists, and what it says of what it does not find."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samples.documents import SITE, post
from tests.archives import recurring_block
from wparchive.backends.opening import open_store
from wparchive.commands import cli
from wparchive.errors import InvalidQuery, NotFound

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """An archive with two posts and three recurring blocks."""
    uri = f"sqlite:///{tmp_path}/archive.db"

    async def fill() -> None:
        store = open_store(uri)
        await store.open()
        await store.save("posts", [post(1, "Own words.\n\nJoin our channel."), post(2)], AT)
        kept = recurring_block(2, removed=False, reason="heading", block_kind="heading")
        asked = recurring_block(3, removed=False, reason="asked", overruled="keep")
        await store.save_recurring_blocks(SITE, [recurring_block(1), kept, asked])
        await store.close()

    asyncio.run(fill())
    return uri


def said(archive: str, *arguments: str) -> Result:
    line = ["boilerplate", *arguments, "--site", SITE, "--archive", archive]
    return CliRunner().invoke(cli, line, standalone_mode=False)


def test_the_list_says_what_was_decided_and_why(archive: str) -> None:
    lines = said(archive, "list").output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3"]
    assert "you said keep" in lines[1]
    assert "heading" in lines[2]
    assert "left out" in lines[3]
    assert "Join our channel." in lines[3]


def test_the_only_site_need_not_be_named_and_one_of_several_must(archive: str) -> None:
    named = said(archive, "list").output
    alone = ["boilerplate", "list", "--archive", archive]
    assert CliRunner().invoke(cli, alone, standalone_mode=False).output == named

    async def add_another() -> None:
        store = open_store(archive)
        await store.open()
        await store.save("posts", [post(1, site="other.example")], AT)
        await store.close()

    asyncio.run(add_another())
    for command in ([*alone], ["verify", "--expect", "0" * 64, "--archive", archive]):
        error = CliRunner().invoke(cli, command, standalone_mode=False).exception
        assert isinstance(error, InvalidQuery)
        assert f"--site which site is meant; the archive holds: {SITE}, other.example" in str(error)


@pytest.mark.parametrize("name", ["4", "0000", "nothing", "000000000000000"])
def test_a_block_that_is_not_one_of_them_is_refused(archive: str, name: str) -> None:
    assert isinstance(said(archive, "keep", name).exception, NotFound)


def test_keep_wants_names_or_all(archive: str) -> None:
    for arguments in ([], ["1", "--all"]):
        assert "by --all" in str(said(archive, "keep", *arguments).exception)


def test_keep_and_drop_say_what_they_did(archive: str) -> None:
    output = said(archive, "keep", "--all").output
    assert f"kept in the texts of {SITE} for good: 1 block\n" in output
    assert "changed: 0 posts" in output
    output = said(archive, "drop", "1", "2").output
    assert f"left out of the texts of {SITE} for good: 2 blocks\n" in output
