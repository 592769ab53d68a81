"""A group of commands that are imported when they are needed, so that each starts fast."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click


class ClosedPipe(Exception):
    """The error that the reader of the output has stopped reading.

    It is not an OSError, because click ends the program with status 1 at one of those.
    """


class LazyGroup(click.Group):
    """A group of commands that imports the module of a command only when it is used."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        """Take each command's module, which defines it as `NAME_command`."""
        super().__init__(*arguments, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return [*self._modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None when there is none of that name."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        module = import_module(self._modules[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that a command line names; an unknown one brings names like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            alike = get_close_matches(args[0], self._modules, 1)
            if args[0].startswith("-") or not alike:
                raise
            words = f"{error.message} Did you mean {alike[0]!r}?"
            raise click.UsageError(words, error.ctx) from None

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the command line. Raises ClosedPipe when whoever reads the help stops."""
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError as error:
            raise ClosedPipe from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Raises ClosedPipe when whoever reads its output stops."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ClosedPipe from error
