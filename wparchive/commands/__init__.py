"""The console script `wparchive`: it asks an archive, and leaves the work to the reading library.

It imports neither Scrapy nor Twisted.

Exit status
0    the question was answered
1    nothing was found: no hit, an unknown key, address or site
2    the command line, a date, a filter, a search or the archive's address cannot be understood
3    there is no archive there, or it cannot be reached or written to
4    the archive was written by a newer version
5    the output cannot be written, or something needs a package that is not installed
6    some documents could not be cleaned again (reclean) or were refused (copy); the others were not
7    something is not as the last run left it (verify), as in the other archive (copy), or as usual
     (health); an export or a bundle lacks files that records name (export, import)
130  interrupted
141  whoever read the output stopped reading (a closed pipe)
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from wparchive.commands.lazy_group import ClosedPipe, LazyGroup
from wparchive.errors import (
    ArchiveBusy,
    ArchiveDamaged,
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
    "runs": "wparchive.commands.runs",
    "health": "wparchive.commands.health",
    "search": "wparchive.commands.search",
    "show": "wparchive.commands.show",
    "stats": "wparchive.commands.stats",
    "history": "wparchive.commands.history",
    "export": "wparchive.commands.export",
    "failures": "wparchive.commands.failures",
    "duplicates": "wparchive.commands.duplicates",
    "reclean": "wparchive.commands.reclean",
    "verify": "wparchive.commands.verify",
    "boilerplate": "wparchive.commands.boilerplate",
    "reindex": "wparchive.commands.reindex",
    "copy": "wparchive.commands.copy",
    "import": "wparchive.commands.import_bundle",
    "serve": "wparchive.commands.serve",
    "validation": "wparchive.commands.validation",
}
"""Each command, and the module that defines it as `NAME_command`.

A module is imported when its command or the general help is asked for.
"""

STATUS: dict[type[ArchiveError], int] = {
    NotFound: 1,
    InvalidQuery: 2,
    InvalidURI: 2,
    ArchiveMissing: 3,
    ArchiveUnreachable: 3,
    ArchiveDamaged: 3,
    ArchiveReadOnly: 3,
    ArchiveBusy: 3,
    ArchiveTooNew: 4,
    OutputFailed: 5,
    ExtraMissing: 5,
    DocumentRejected: 6,
}
INCOMPLETE = STATUS[DocumentRejected]
NOT_AS_IT_WAS = 7
INTERRUPTED = 130  # 128 + SIGINT, as a shell reports a program that a signal has ended
CLOSED_PIPE = 141  # 128 + SIGPIPE


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(package_name="wparchive")
@click.option(
    "--archive",
    metavar="URI",
    help="The archive that the command is about (default: ARCHIVE_URI, else a file).",
)
def cli(archive: str | None) -> None:
    """Ask an archive of WordPress sites: find, read, count, follow, verify and export posts.

    \b
    wparchive sites                          what is held
    wparchive search '"heat pump" -gas*'     find posts
    wparchive show example.com/post/12       read one; --as-of 2024-05 as it was
    wparchive history --since 30d            what changed, vanished and came back
    wparchive stats --by language            count posts
    wparchive duplicates list                which posts repeat others
    wparchive verify                         is all as the last run left it?
    wparchive export -o posts.parquet --tag climate --since 2024
    wparchive serve                          all of it in a browser

    Each command has its own --help with examples; docs/commands.md has them all, with the exit
    statuses.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit with a status of the table above.

    What went wrong is said in one line on standard error.
    """
    if arguments is not None:
        arguments = list(arguments)
    # Python has none where a shell closes it (`>&-`): then nobody wants the output.
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        status = cli.main(arguments, prog_name="wparchive", standalone_mode=False)
        # Here and not at the interpreter's end: a full disk must still make the status.
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        sys.exit(_report(error))
    if isinstance(status, int):
        sys.exit(status)
    sys.exit(0)


def _report(error: BaseException) -> int:
    """Say what went wrong and return the exit status for it.

    A defect of the program itself is raised again.
    """
    from wparchive.commands.output import tell

    if isinstance(error, click.ClickException):
        return _report_usage(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return INTERRUPTED
    if isinstance(error, ArchiveError):
        # The library's messages name no options: Python has none.
        hint = " (--archive names another)" if isinstance(error, ArchiveMissing) else ""
        tell(f"wparchive: {error}{hint}")
        # An error that the table does not name has the status of the class that it is derived from.
        return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if not isinstance(error, (OSError, ClosedPipe)):
        raise error
    _discard_output()
    if isinstance(error, (BrokenPipeError, ClosedPipe)):
        return CLOSED_PIPE
    tell(f"wparchive: cannot write the output: {error.strerror or error}")
    return STATUS[OutputFailed]


def _report_usage(error: click.ClickException) -> int:
    """Say what is wrong with a command line; print the help where no command was named."""
    from wparchive.commands.output import tell

    # To click, a command line without a command is an error, whose message is the help.
    is_help = isinstance(error, click.exceptions.NoArgsIsHelpError)
    if is_help or not isinstance(error, click.UsageError):
        error.show()
        return error.exit_code
    message = " ".join(error.format_message().split())
    if error.ctx:
        message += f" ({error.ctx.command_path} --help tells more)"
    tell(f"wparchive: {message}")
    return error.exit_code


def _discard_output() -> None:
    """Send standard output nowhere, so that the interpreter's own last flush does not fail too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
