"""Amazon's binary event stream, from bytes as they arrive to one message after another.

Frame: length of all, length of headers, CRC of those eight bytes; headers; payload; CRC of everything before it.
Our own: every piece of a streamed answer passes here. Tests compare it with botocore's.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LONGEST_MESSAGE = 4 * 2**20
"""Bytes; a longer message is no answer of a model."""

_PRELUDE = struct.Struct(">III")
_CRC = struct.Struct(">I")
_OVERHEAD = _PRELUDE.size + _CRC.size
_FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_BYTES, _TEXT = 6, 7


class EventStreamError(ValueError):
    """What arrived is no event stream, or was damaged on its way."""


@dataclass(frozen=True, slots=True)
class EventStreamMessage:
    """One message; of its headers those that are text."""

    headers: Mapping[str, str]
    payload: bytes


class EventStreamDecoder:
    """Cuts a stream into messages. A message that the stream's end cuts off never comes out."""

    __slots__ = ("_known_headers", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._known_headers: dict[bytes, Mapping[str, str]] = {}

    def feed(self, data: bytes) -> Iterator[EventStreamMessage]:
        """Each message that is whole now, in order. The iterator must be read to its end, or no more be fed.

        Raises:
            EventStreamError: A checksum is wrong, or lengths contradict each other.
        """
        buffer = self._rest + data
        position = 0
        while len(buffer) - position >= _PRELUDE.size:
            total, headers_length = self._prelude(buffer, position)
            end = position + total
            if len(buffer) < end:
                break
            yield self._message(buffer, position, end, headers_length)
            position = end
        self._rest = buffer[position:]

    def _prelude(self, buffer: bytes, position: int) -> tuple[int, int]:
        total, headers_length, crc = _PRELUDE.unpack_from(buffer, position)
        if zlib.crc32(buffer[position : position + 8]) != crc:
            raise EventStreamError("wrong checksum of a prelude")
        if total > LONGEST_MESSAGE or headers_length > total - _OVERHEAD:
            raise EventStreamError("impossible length")
        return total, headers_length

    def _message(self, buffer: bytes, start: int, end: int, headers_length: int) -> EventStreamMessage:
        payload_at = start + _PRELUDE.size + headers_length
        if zlib.crc32(memoryview(buffer)[start : end - 4]) != _CRC.unpack_from(buffer, end - 4)[0]:
            raise EventStreamError("wrong checksum of a message")
        raw = buffer[start + _PRELUDE.size : payload_at]
        headers = self._known_headers.get(raw)
        if headers is None:
            headers = self._known_headers[raw] = _headers_of(raw)
        return EventStreamMessage(headers, buffer[payload_at : end - 4])


def _headers_of(raw: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    position = 0
    try:
        while position < len(raw):
            value_at = position + 2 + raw[position]
            name, kind = raw[position + 1 : value_at - 1].decode(), raw[value_at - 1]
            if kind in (_BYTES, _TEXT):
                (length,) = struct.unpack_from(">H", raw, value_at)
                value_at += 2
            else:
                length = _FIXED_SIZES[kind]
            position = value_at + length
            if kind == _TEXT:
                headers[name] = raw[value_at:position].decode()
    except (LookupError, ValueError, struct.error):
        position = -1
    if position != len(raw):
        raise EventStreamError("headers that cannot be read")
    return headers
