"""Server-sent events, from bytes as they arrive to the data of one event after another."""

from __future__ import annotations

LONGEST_EVENT = 4 * 2**20
"""Bytes; a longer event is no answer of a model."""


class SseParser:
    """Cuts a stream into events. An event that the stream's end cuts off never comes out.

    Line ends may be LF, CRLF or CR, as the standard has it; names of events and comments are left out.
    """

    __slots__ = ("_cr", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """The data of each event that is whole now, in order.

        Raises:
            ValueError: An event is longer than any real one.
        """
        if self._cr or b"\r" in data:
            data = self._with_plain_line_ends(data)
        blocks = (self._rest + data).split(b"\n\n")
        self._rest = blocks.pop()
        if len(self._rest) > LONGEST_EVENT:
            raise ValueError("event too long")
        return [event for block in blocks if (event := _data_of(block))]

    def _with_plain_line_ends(self, data: bytes) -> bytes:
        """A CR at the end waits for what follows, which may be its LF."""
        data = b"\r" + data if self._cr else data
        self._cr = data.endswith(b"\r")
        return data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _data_of(block: bytes) -> bytes:
    if block.startswith(b"data: ") and b"\n" not in block:
        return block[6:]
    found = []
    for line in block.split(b"\n"):
        if line.startswith(b"data:"):
            found.append(line[6:] if line.startswith(b"data: ") else line[5:])
    return b"\n".join(found)
