"""Frames of ``application/vnd.amazon.eventstream``, the binary form in which Bedrock streams.

A frame is a prelude (length of all, length of the headers, CRC-32 of these two), the headers, the payload, and the
CRC-32 of everything before it; all numbers big-endian.
"""

from __future__ import annotations

import struct
from zlib import crc32

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7
_FRAMING_BYTES = 16  # prelude with its CRC, and the CRC at the end


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One frame with string headers."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", _FRAMING_BYTES + len(head) + len(payload), len(head))
    message = prelude + struct.pack(">I", crc32(prelude)) + head + payload
    return message + struct.pack(">I", crc32(message))


def event(kind: str, payload: bytes) -> bytes:
    """A frame of the stream proper, such as ``contentBlockDelta``."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return frame(headers, payload)


def exception(kind: str, payload: bytes) -> bytes:
    """A frame that reports a failure after the stream has begun, such as ``modelStreamErrorException``."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, payload)


def corrupted(whole: bytes) -> bytes:
    """The frame with a wrong CRC at its end; its prelude stays right."""
    return whole[:-1] + bytes([whole[-1] ^ 0xFF])


def _header(name: str, value: str) -> bytes:
    raw, text = name.encode(), value.encode()
    return struct.pack(">B", len(raw)) + raw + struct.pack(">BH", _STRING, len(text)) + text
