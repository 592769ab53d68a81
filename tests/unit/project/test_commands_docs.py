"""docs/commands.md names every command, option and exit status, and none that does not exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import wparchive.commands
from wparchive.commands import CLOSED_PIPE, INTERRUPTED, NOT_AS_IT_WAS, STATUS, cli
from wparchive.commands.boilerplate import boilerplate_command
from wparchive.commands.duplicates import duplicates_command
from wparchive.commands.options import FILTERS

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "commands.md").read_text()
SHARED = {"--archive", "--json", "--help", "-h"}


def commands(
    group: click.Group = cli, prefix: str = "wparchive"
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def section(heading: str) -> str:
    """The text under a heading, up to the next of the same level."""
    level = heading.split()[0]
    match = re.search(
        rf"^{re.escape(heading)}$(.*?)(?=^{level} |\Z)", DOCS, re.MULTILINE | re.DOTALL
    )
    assert match, f"docs/commands.md has no section {heading!r}"
    return match[1]


def options(text: str) -> set[str]:
    """Options in the first column of the tables of a section."""
    cells = re.findall(r"^\| ((?:`-[^|]*`(?:, )?)+) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(--?[a-z][a-z-]*)", cell)}


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_the_options_of_a_command_are_those_documented(name):
    text = section(f"## {name}")
    documented = options(text) | (
        options(section("### Filters")) if "[filters](#filters)" in text else set()
    )
    real = {
        option
        for parameter in ALL[name].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    assert documented - SHARED == real - SHARED


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"wparchive copy"}))  # it names two
def test_every_command_can_name_its_archive(name):
    assert "--archive" in {option for parameter in ALL[name].params for option in parameter.opts}


def test_the_documented_commands_exist():
    assert set(re.findall(r"^## (wparchive .*)$", DOCS, re.MULTILINE)) == set(ALL)


def test_shared_options_and_filters_are_documented():
    assert options(section("## Options that commands share").split("### Filters")[0]) == {*SHARED}
    assert options(section("### Filters")) == {f"--{name.replace('_', '-')}" for name in FILTERS}


def test_every_exit_status_is_documented_in_both_places():
    statuses = {0, *STATUS.values(), NOT_AS_IT_WAS, INTERRUPTED, CLOSED_PIPE}
    assert {
        int(status)
        for status in re.findall(r"^\| (\d+) \|", section("### Exit status"), re.MULTILINE)
    } == statuses
    assert {
        int(status)
        for status in re.findall(r"^(\d+) ", wparchive.commands.__doc__ or "", re.MULTILINE)
    } == statuses


def test_every_error_of_the_archive_has_a_status():
    from wparchive import errors

    family = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.ArchiveError)
    }
    assert family - {errors.ArchiveError} == set(STATUS)


def test_the_list_of_commands_says_each_one_in_whole():
    """A first sentence that is too long for the list is cut off there."""
    groups = [("wparchive", cli), ("duplicates", duplicates_command)]
    for name, group in [*groups, ("boilerplate", boilerplate_command)]:
        shown = group.get_help(click.Context(group, info_name=name, terminal_width=80))
        listed = shown.partition("Commands:")[2]
        assert listed.strip()
        assert "..." not in listed, listed


def test_the_help_of_every_command_fits_into_80_columns():
    context = click.Context(cli)
    first = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    for name, command in {"wparchive": cli, **first, **ALL}.items():
        assert command is not None
        shown = click.Context(command, info_name=name, terminal_width=80, max_content_width=80)
        for line in shown.get_help().splitlines():
            assert len(line) <= 80, (name, line)


def test_every_page_names_options_that_its_commands_have():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    # The longest name first: `wparchive duplicates find` is no `wparchive duplicates`.
    names = "|".join(map(re.escape, sorted(ALL, key=len, reverse=True)))
    named = 0
    for page in pages:
        for name, rest in re.findall(rf"({names})\b([^`\n|#;)]*)", page.read_text()):
            real = {option for parameter in ALL[name].params for option in parameter.opts}
            for option in re.findall(r"(?<=\s)--[a-z][a-z-]*", rest):
                named += 1
                assert option in real | SHARED, f"{page.name}: {name}{rest}"
    assert named > 100
