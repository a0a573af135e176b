"""Requests out of bytes, however these are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.http_reader import MalformedRequestError, Request, RequestReader

PLAIN = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Client-Request-Id: 7: 8\r\n\r\nhello"
CHUNKED = b"POST /b%3A0 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
BARE = b"GET /c HTTP/1.1\r\nConnection: close\r\n\r\n"


def read(*parts: bytes) -> list[Request]:
    """All requests in the bytes, asked for after each part."""
    reader, found = RequestReader(), []
    for part in parts:
        reader.feed(part)
        while (request := reader.next_request()) is not None:
            found.append(request)
    return found


@given(cuts=st.lists(st.integers(0, len(PLAIN + CHUNKED + BARE)), max_size=8))
def test_requests_are_found_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    everything = PLAIN + CHUNKED + BARE
    edges = [0, *sorted(cuts), len(everything)]
    plain, chunked, bare = read(*(everything[a:b] for a, b in pairwise(edges)))
    assert (plain.path, plain.raw_body, plain.headers["x-client-request-id"]) == ("/a", b"hello", "7: 8")
    assert (chunked.path, chunked.raw_body, chunked.keep_alive) == ("/b%3A0", b"hello", True)
    assert (bare.method, bare.raw_body, bare.keep_alive) == ("GET", b"", False)


@pytest.mark.parametrize(
    "broken",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"x" * 70_000,
    ],
)
def test_what_is_no_request_is_said_to_be_none(broken: bytes) -> None:
    with pytest.raises(MalformedRequestError):
        read(broken)


def test_a_caller_that_waits_for_continue_is_noticed() -> None:
    reader = RequestReader()
    reader.feed(PLAIN.replace(b"Host: x", b"Expect: 100-continue")[:-5])
    assert reader.next_request() is None
    assert reader.awaits_continue
