"""Streams cut into events: server-sent ones by the standard's rules, Amazon's as botocore reads them."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.llm.providers.event_stream import EventStreamDecoder, EventStreamError
from coaching_core.llm.providers.sse import LONGEST_EVENT, SseParser
from tests.wire import event_stream

_SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=200)


def _packets(data: bytes, sizes: list[int]) -> list[bytes]:
    packets, start = [], 0
    for size in sizes:
        packets.append(data[start : start + size])
        start += size
    return [*packets, data[start:]]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@given(sizes=_SIZES)
def test_events_are_the_same_however_they_arrive(end: bytes, sizes: list[int]) -> None:
    lines = [
        b": a comment",
        b"",
        b"event: x",
        b"data: one",
        b"",
        b"data:two",
        b"",
        b"data: a",
        b"data: b",
        b"id: 7",
        b"",
    ]
    stream = end.join([*lines, b"retry: 5", b"", b"", b"data: cut off"])
    parser = SseParser()
    events = [event for packet in _packets(stream, sizes) for event in parser.feed(packet)]
    if end == b"\r":
        parser.feed(b"x")
    assert events == [b"one", b"two", b"a\nb"]


def test_an_event_without_end_is_not_kept_for_ever() -> None:
    parser = SseParser()
    for _ in range(LONGEST_EVENT // 2**16):
        assert parser.feed(b"x" * 2**16) == []
    with pytest.raises(ValueError, match="too long"):
        parser.feed(b"x")


@given(
    payloads=st.lists(st.binary(max_size=60), min_size=1, max_size=5),
    sizes=_SIZES,
    kinds=st.lists(st.text(max_size=12), min_size=5, max_size=5),
)
def test_amazons_messages_are_those_that_botocore_reads(
    payloads: list[bytes], sizes: list[int], kinds: list[str]
) -> None:
    stream = b"".join(event_stream.event(kind, payload) for kind, payload in zip(kinds, payloads, strict=False))
    theirs: Any = EventStreamBuffer()
    theirs.add_data(stream)
    decoder = EventStreamDecoder()
    ours = [message for packet in _packets(stream, sizes) for message in decoder.feed(packet)]
    assert [(message.headers, message.payload) for message in ours] == [
        (message.headers, message.payload) for message in theirs
    ]
    assert len(ours) == len(payloads)


def test_headers_of_every_type_are_passed_over() -> None:
    values = b"".join(
        bytes([1]) + name + value
        for name, value in (
            (b"a", b"\x00"),
            (b"b", b"\x01"),
            (b"c", b"\x02\x07"),
            (b"d", b"\x03\x00\x07"),
            (b"e", b"\x04" + bytes(4)),
            (b"f", b"\x05" + bytes(8)),
            (b"g", b"\x06\x00\x02ab"),
            (b"h", b"\x07\x00\x03xyz"),
            (b"i", b"\x08" + bytes(8)),
            (b"j", b"\x09" + bytes(16)),
        )
    )
    (message,) = EventStreamDecoder().feed(_message(values, b"{}"))
    assert (message.headers, message.payload) == ({"h": "xyz"}, b"{}")


@pytest.mark.parametrize(
    "headers", [b"\x01", b"\x01a\x07\x00", b"\x01a\x07\x00\x09b", b"\x01a\x0b", b"\x01\xff\x00", b"\x01a\x05\x00"]
)
def test_headers_that_cannot_be_read_are_an_error(headers: bytes) -> None:
    with pytest.raises(EventStreamError):
        list(EventStreamDecoder().feed(_message(headers, b"{}")))


@pytest.mark.parametrize(("total", "headers_length"), [(16, 1), (15, 0), (0, 0), (2**31, 0), (40, 30)])
def test_lengths_that_cannot_be_are_an_error(total: int, headers_length: int) -> None:
    prelude = total.to_bytes(4) + headers_length.to_bytes(4)
    with pytest.raises(EventStreamError):
        list(EventStreamDecoder().feed(prelude + _crc(prelude) + bytes(64)))


def _crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4)


def _message(headers: bytes, payload: bytes) -> bytes:
    prelude = (16 + len(headers) + len(payload)).to_bytes(4) + len(headers).to_bytes(4)
    start = prelude + _crc(prelude) + headers + payload
    return start + _crc(start)
