"""`wparchive serve`: the archive as web pages, until Ctrl-C."""

import secrets
import socket
from contextlib import suppress
from ipaddress import ip_address

import click

from wparchive.commands.options import archive_option
from wparchive.commands.output import tell
from wparchive.errors import OutputFailed, extra_missing
from wparchive.reading.library import Archive


@click.command("serve")
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8050,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--token", metavar="WORD", help="Show pages only to readers who have this (see above)."
)
def serve_command(archive: Archive, host: str, port: int, token: str | None) -> None:
    """Show the archive as web pages, read-only, until Ctrl-C.

    \b
    wparchive serve                    http://127.0.0.1:8050, for this machine
    wparchive serve --host 0.0.0.0     for others too, by an address with a token

    Pages load nothing from other servers. The pictures of a post are loaded only when its reader
    asks for them. An address that other machines can reach always has a token: yours, or a new
    one. If readers come over a network that is not yours, put a server with HTTPS before it.
    """
    is_local = _is_loopback(host)
    if not is_local and not token:
        token = secrets.token_urlsafe(24)
    try:
        import uvicorn

        from wparchive.web.app import LOOPBACK, web_app
    except ImportError as error:
        need = "the web pages need Starlette, Jinja2 and uvicorn"
        raise extra_missing(need, "web", "starlette jinja2 uvicorn") from error
    hosts = ["*"]
    if is_local:
        # A page of another site could send a browser here under a name of its own (DNS rebinding).
        hosts = [*LOOPBACK, host]
    with listening(host, port) as listener:
        address = _address(host, listener.getsockname()[1], token)
        tell(f"{archive.address} is shown at {address} (Ctrl-C ends it)")
        config = uvicorn.Config(
            web_app(archive, hosts, token or ""), log_level="warning", access_log=False
        )
        # uvicorn raises it once more after it has ended in good order.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _address(host: str, port: int, token: str | None) -> str:
    """Return where a browser finds the pages."""
    name = host
    if ":" in host:
        name = f"[{host}]"
    address = f"http://{name}:{port}/"
    if token:
        address += f"?token={token}"
    return address


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises OutputFailed."""
    family = socket.AF_INET
    if ":" in host:
        family = socket.AF_INET6
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        # Python's own message repeats the address in brackets.
        reason = (error.strerror or str(error)).partition(" (while ")[0]
        raise OutputFailed(
            f"cannot listen on {host} port {port}: {reason}; name another with --port"
        ) from error
