"""The console script `wparchive`: asks an archive, imports neither Scrapy nor Twisted, and leaves the work to the reading library.

Exit status
0    the question was answered
1    nothing was found: no hit, an unknown key, address or site
2    the command line, a date, a filter, a search or the archive's address cannot be understood
3    there is no archive there, or it cannot be reached or written to
4    the archive was written by a newer version
5    the output cannot be written, or something needs a package that is not installed
6    some documents could not be cleaned again (reclean); the others were
130  interrupted
141  whoever read the output stopped reading (a closed pipe)
"""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from wparchive.errors import (
    ArchiveError,
    ArchiveMissing,
    ArchiveReadOnly,
    ArchiveTooNew,
    ArchiveUnreachable,
    DocumentRejected,
    ExtraMissing,
    InvalidQuery,
    InvalidURI,
    NotFound,
    OutputFailed,
)

COMMANDS = {
    "sites": "wparchive.commands.sites",
    "search": "wparchive.commands.search",
    "show": "wparchive.commands.show",
    "stats": "wparchive.commands.stats",
    "history": "wparchive.commands.history",
    "export": "wparchive.commands.export",
    "failures": "wparchive.commands.failures",
    "duplicates": "wparchive.commands.duplicates",
    "reclean": "wparchive.commands.reclean",
}
"""Command and the module that defines it under the same name; a module is imported when its command or the general help is asked for."""

STATUS: dict[type[ArchiveError], int] = {
    NotFound: 1,
    InvalidQuery: 2,
    InvalidURI: 2,
    ArchiveMissing: 3,
    ArchiveUnreachable: 3,
    ArchiveReadOnly: 3,
    ArchiveTooNew: 4,
    OutputFailed: 5,
    ExtraMissing: 5,
    DocumentRejected: 6,
}
INCOMPLETE = STATUS[DocumentRejected]
INTERRUPTED = 130
CLOSED_PIPE = 141


class ClosedPipe(Exception):
    """Whoever read the output stopped. Not an OSError, because click ends the program with status 1 at one of those."""


class Commands(click.Group):
    """A group whose commands are imported when they are needed, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ClosedPipe from error


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}
)
@click.version_option(package_name="wparchive")
@click.option("--archive", metavar="URI", help="The archive of the command that follows.")
def cli(archive: str | None) -> None:
    """Ask an archive of WordPress sites: find, read, count, follow and export posts.

    \b
    wparchive sites                          what is held
    wparchive search '"heat pump" -gas*'     find posts
    wparchive show example.com/post/12       read one
    wparchive export -o posts.parquet --tag climate --since 2024

    Each command has its own --help with examples; docs/commands.md has them all, with the exit statuses.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit: one line on standard error for what went wrong, and the status of the table above."""
    try:
        status = cli.main(
            list(arguments) if arguments is not None else None,
            prog_name="wparchive",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        sys.exit(_failed(error))
    sys.exit(status if isinstance(status, int) else 0)


def _failed(error: BaseException) -> int:
    """Say what went wrong, in one line, and the exit status for it; a defect of the program itself is raised again."""
    if isinstance(error, click.UsageError) and not isinstance(
        error, click.exceptions.NoArgsIsHelpError
    ):
        where = f" ({error.ctx.command_path} --help tells more)" if error.ctx else ""
        click.echo(f"wparchive: {' '.join(error.format_message().split())}{where}", err=True)
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return INTERRUPTED
    if isinstance(error, ArchiveError):
        click.echo(f"wparchive: {error}", err=True)
        return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if not isinstance(error, (OSError, ClosedPipe)):
        raise error
    _discard_output()
    if isinstance(error, (BrokenPipeError, ClosedPipe)):
        return CLOSED_PIPE
    click.echo(f"wparchive: cannot write the output: {error.strerror or error}", err=True)
    return STATUS[OutputFailed]


def _discard_output() -> None:
    """Standard output goes nowhere from now on, so that the interpreter's own last flush does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
