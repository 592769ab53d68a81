"""A TCP proxy for MongoDB's wire protocol that cuts a connection at the worst moment.

The server gets a command and carries it out; its answer never arrives.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class CuttingProxy:
    """Passes everything on, until it is told to cut."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 27017)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        credentials = parts.netloc.rpartition("@")[0]
        netloc = f"{credentials}@127.0.0.1:{port}".lstrip("@")
        # A member of a replica set would tell its own address, past the proxy.
        query = f"{parts.query}&directConnection=true".lstrip("&")
        self.uri = urlunsplit(parts._replace(netloc=netloc, path=parts.path or "/", query=query))
        """The server's address, by way of the proxy."""
        self._open: list[socket.socket] = []
        self._cuts: list[bytes] = []
        self.cuts_made = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, command: str, times: int = 1, collection: str = "") -> None:
        """Cut the connections on which this command comes next, to a collection if one is named."""
        mark = b"\x02" + command.encode() + b"\x00"
        if collection:
            name = collection.encode() + b"\x00"
            mark += struct.pack("<i", len(name)) + name
        self._cuts += [mark] * times

    def close(self) -> None:
        """End all connections."""
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._server) as server:
            self._open.append(server)
            # A client of this protocol waits for each answer, so one thread serves both ways.
            while message := _message(client):
                server.sendall(message)
                answer = _message(server)
                if not answer or self._is_to_cut(message):
                    return
                client.sendall(answer)

    def _is_to_cut(self, message: bytes) -> bool:
        for mark in self._cuts:
            if mark in message[:200]:
                self._cuts.remove(mark)
                self.cuts_made += 1
                return True
        return False


def _message(connection: socket.socket) -> bytes:
    """One whole message; empty at the end of a connection."""
    head = _exactly(connection, 4)
    if not head:
        return b""
    (length,) = struct.unpack("<i", head)
    return head + _exactly(connection, length - 4)


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        part = connection.recv(min(size - len(received), 1 << 16))
        if not part:
            return b""
        received += part
    return bytes(received)


@contextmanager
def cutting_proxy(uri: str) -> Iterator[CuttingProxy]:
    """Run a proxy before a server."""
    proxy = CuttingProxy(uri)
    try:
        yield proxy
    finally:
        proxy.close()
