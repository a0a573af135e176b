"""Our frames, read by botocore."""

from __future__ import annotations

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import event_stream


def parsed(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    """What botocore makes of it."""
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(message.headers, message.payload) for message in buffer]


@given(st.lists(st.tuples(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=50)), st.binary())))
def test_botocore_reads_back_what_was_framed(messages: list[tuple[dict[str, str], bytes]]) -> None:
    assert parsed(b"".join(event_stream.frame(*message) for message in messages)) == messages


def test_an_event_and_an_exception_say_what_they_are() -> None:
    (event, body), (failure, _) = parsed(event_stream.event("metadata", b"{}") + event_stream.exception("oops", b"{}"))
    assert event == {":event-type": "metadata", ":content-type": "application/json", ":message-type": "event"}
    assert body == b"{}"
    assert (failure[":exception-type"], failure[":message-type"]) == ("oops", "exception")


def test_a_corrupted_frame_is_refused() -> None:
    with pytest.raises(ChecksumMismatch):
        parsed(event_stream.corrupted(event_stream.event("metadata", b"{}")))
