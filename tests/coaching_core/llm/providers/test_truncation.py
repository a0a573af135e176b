"""Bodies that end too early, in good order: whatever the byte, never taken for a whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from coaching_core.errors import IncompleteReplyError
from coaching_core.llm.types import Provider, ProviderReply, TextDelta, Usage
from coaching_core.settings import Settings
from tests.coaching_core.llm.providers import recordings
from tests.coaching_core.llm.providers.raw_server import Recorded, recorded_server
from tests.coaching_core.llm.providers.wires import WIRES, Wire
from tests.wire import event_stream
from tests.wire.client import KEY

pytest_plugins = ["tests.wire.fixtures"]
pytestmark = pytest.mark.usefixtures("aws_keys")

OPENAI, ANTHROPIC, BEDROCK = WIRES
_OPENAI_USAGE, _OTHERS_USAGE = Usage(40, 9, 16), Usage(40, 9, 16, 4)
_STREAMS = (
    pytest.param(OPENAI, recordings.OPENAI_STREAM, b'"cached_tokens": 16', _OPENAI_USAGE, id="openai"),
    pytest.param(OPENAI, recordings.OPENAI_STREAM_WITH_CRLF, b'"cached_tokens": 16', _OPENAI_USAGE, id="openai crlf"),
    pytest.param(ANTHROPIC, recordings.ANTHROPIC_STREAM, b'"message_stop"', _OTHERS_USAGE, id="anthropic"),
    pytest.param(BEDROCK, recordings.BEDROCK_STREAM, b'"latencyMs"', _OTHERS_USAGE, id="bedrock"),
)
_BODIES = (
    pytest.param(OPENAI, recordings.OPENAI_BODY, _OPENAI_USAGE, id="openai"),
    pytest.param(ANTHROPIC, recordings.ANTHROPIC_BODY, _OTHERS_USAGE, id="anthropic"),
    pytest.param(BEDROCK, recordings.BEDROCK_BODY, _OTHERS_USAGE, id="bedrock"),
)


def with_recording(vendor: Wire, work: Callable[[Provider, Recorded], Awaitable[None]]) -> None:
    """Work with the wire's adapter and a server that sends what a test tells it."""

    async def serve() -> None:
        async with recorded_server() as recorded:
            settings: dict[str, Any] = {f"{vendor.name}_base_url": recorded.url, "aws_region": "eu-central-1"}
            keys: dict[str, Any] = {"openai_api_key": KEY, "anthropic_api_key": KEY}
            provider = vendor.adapter(Settings(_env_file=None, **settings, **keys))
            try:
                await work(provider, recorded)
            finally:
                await provider.aclose()

    asyncio.run(serve())


async def _read(provider: Provider, vendor: Wire) -> tuple[list[str], ProviderReply | IncompleteReplyError]:
    texts: list[str] = []
    try:
        async for piece in provider.stream(vendor.ask()):
            if isinstance(piece, ProviderReply):
                return texts, piece
            assert isinstance(piece, TextDelta)
            texts.append(piece.text)
    except IncompleteReplyError as error:
        return texts, error
    raise AssertionError("a stream ended without reply or error")


@pytest.mark.parametrize(("vendor", "body", "needed", "usage"), _STREAMS)
def test_a_stream_cut_at_any_byte_is_incomplete_and_keeps_its_text(
    vendor: Wire, body: bytes, needed: bytes, usage: Usage
) -> None:
    first_whole = body.index(needed)

    async def cut_everywhere(provider: Provider, recorded: Recorded) -> None:
        whole = 0
        for length in range(len(body) + 1):
            recorded.body = body[:length]
            texts, end = await _read(provider, vendor)
            if isinstance(end, ProviderReply):
                whole += 1
                assert length > first_whole
                assert end == ProviderReply(recordings.TEXT, "stop", usage)
                assert tuple(texts) == recordings.PIECES
            else:
                assert end.partial_text == "".join(texts)
                assert tuple(texts) == recordings.PIECES[: len(texts)]
        assert whole >= 1

    with_recording(vendor, cut_everywhere)


@pytest.mark.parametrize(("vendor", "body", "usage"), _BODIES)
def test_a_body_cut_at_any_byte_is_incomplete(vendor: Wire, body: bytes, usage: Usage) -> None:
    async def cut_everywhere(provider: Provider, recorded: Recorded) -> None:
        for length in range(len(body)):
            recorded.body = body[:length]
            with pytest.raises(IncompleteReplyError):
                await provider.complete(vendor.ask())
        recorded.body = body
        assert await provider.complete(vendor.ask()) == ProviderReply(recordings.TEXT, "stop", usage)

    with_recording(vendor, cut_everywhere)


@pytest.mark.parametrize(("vendor", "body", "needed", "usage"), _STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_it_does_not_matter_how_a_stream_is_cut_into_packets(
    vendor: Wire, body: bytes, needed: bytes, usage: Usage, size: int
) -> None:
    async def read(provider: Provider, recorded: Recorded) -> None:
        recorded.body, recorded.pieces_of = body, size
        texts, end = await _read(provider, vendor)
        assert tuple(texts) == recordings.PIECES
        assert end == ProviderReply(recordings.TEXT, "stop", usage)

    with_recording(vendor, read)


@pytest.mark.parametrize(("vendor", "body", "needed", "usage"), _STREAMS)
def test_without_any_one_event_that_counts_a_stream_is_incomplete(
    vendor: Wire, body: bytes, needed: bytes, usage: Usage
) -> None:
    """Events of text or of none may be missing without a trace; finish, usage and end may not."""
    marks = {
        "openai": (b'"finish_reason": "stop"', b'"prompt_tokens"'),
        "anthropic": (b'"message_start"', b'"stop_reason": "end_turn"', b'"message_stop"'),
        "bedrock": (b'"stopReason"', b'"latencyMs"'),
    }[vendor.name]

    async def leave_one_out(provider: Provider, recorded: Recorded) -> None:
        for mark in marks:
            recorded.body = b"".join(event for event in _events(vendor, body) if mark not in event)
            assert len(recorded.body) < len(body)
            assert isinstance((await _read(provider, vendor))[1], IncompleteReplyError)

    with_recording(vendor, leave_one_out)


@pytest.mark.parametrize("position", range(0, len(recordings.BEDROCK_STREAM), 7))
def test_a_flipped_bit_in_a_binary_stream_is_noticed(position: int) -> None:
    body = bytearray(recordings.BEDROCK_STREAM)
    body[position] ^= 4

    async def read(provider: Provider, recorded: Recorded) -> None:
        recorded.body = bytes(body)
        assert isinstance((await _read(provider, BEDROCK))[1], IncompleteReplyError)

    with_recording(BEDROCK, read)


_NONSENSE = (
    b"",
    b"null",
    b"[]",
    b"7",
    b"{}",
    b"<html>Bad gateway</html>",
    b'{"choices": [7], "output": 7, "content": 7, "usage": 7}',
    b'{"choices": [{"message": 7}], "output": {"message": 7}, "content": [7], "stop_reason": 7}',
    b'{"choices": [{"message": {"content": 7}}], "content": [{"type": "text", "text": 7}]}',
    b'{"type": "content_block_delta", "delta": 7}',
    b'{"type": "content_block_delta", "delta": {"text": 7}, "choices": [{"delta": {"content": 7}}]}',
    b"[" * 100_000,
    b"\xff\xfe",
    b"\x00" * 64,
)


@pytest.mark.parametrize("vendor", WIRES, ids=lambda vendor: vendor.name)
@pytest.mark.parametrize("nonsense", _NONSENSE, ids=range(len(_NONSENSE)))
def test_nonsense_is_incomplete(vendor: Wire, nonsense: bytes) -> None:
    framed = event_stream.event("contentBlockDelta", nonsense) if vendor is BEDROCK else b"data: " + nonsense + b"\n\n"

    async def read(provider: Provider, recorded: Recorded) -> None:
        recorded.body = nonsense
        with pytest.raises(IncompleteReplyError):
            await provider.complete(vendor.ask())
        for body in (nonsense, framed):
            recorded.body = body
            assert isinstance((await _read(provider, vendor))[1], IncompleteReplyError)

    with_recording(vendor, read)


def _events(vendor: Wire, body: bytes) -> list[bytes]:
    if vendor is BEDROCK:
        frames, position = [], 0
        while position < len(body):
            length = int.from_bytes(body[position : position + 4])
            frames.append(body[position : position + length])
            position += length
        return frames
    end = b"\r\n\r\n" if b"\r\n" in body else b"\n\n"
    return [event + end for event in body.split(end)[:-1]]
