"""A local server that speaks the OpenAI wire, in its own process: what it can be ordered to do.

``tests.wire.client.WireServer`` starts it, ``tests.wire.server`` is it, ``tests.wire.fixtures`` gives it to tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FaultKind = Literal[
    "none",
    "status",
    "hang",
    "cut",
    "abort",
    "close",
    "no_usage",
    "no_finish",
    "garbage_sse",
    "garbage_json",
    "empty_choices",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one call.

    Attributes:
        kind: ``none`` lets the call pass (a place holder in a plan). ``status`` answers with an HTTP error.
            ``hang`` never answers. ``close`` drops the connection before any answer. ``cut`` ends a stream in good
            order but with no finish frame, no usage and no ``[DONE]``; ``abort`` breaks the connection there.
            ``no_usage`` and ``no_finish`` leave out that one thing. ``garbage_sse`` sends a line that is not JSON in
            mid-stream, ``garbage_json`` a body that is not JSON, ``empty_choices`` a reply with no choice in it.
            Without a stream, ``cut`` and ``abort`` break off half-way through the body, and ``garbage_sse`` is
            ``garbage_json``.
        status: HTTP status of ``status``.
        retry_after: Seconds named in a Retry-After header; None sends no such header.
        retry_after_date: Name the moment as an HTTP date instead of seconds.
        after_chunks: Pieces of text that a stream sends before ``hang``, ``cut``, ``abort`` or ``garbage_sse``.
    """

    kind: FaultKind = "status"
    status: int = 500
    retry_after: float | None = None
    retry_after_date: bool = False
    after_chunks: int = 0


@dataclass(frozen=True, slots=True)
class WireUsage:
    """Tokens that the server says a call took; ``cached_tokens`` are part of ``input_tokens``."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server answers from now on.

    Attributes:
        latency_ms: Wait before the first byte of an answer.
        chunk_count: Into how many pieces a streamed text is cut (fewer when the text is shorter).
        chunk_interval_ms: Wait before each piece after the first.
        reply: The text of every answer; ``echo`` gives back the last message of the user. A judge's question (a JSON
            object with the key ``rubric``) is always answered by a verdict.
        finish_reason: What the finish frame says.
        usage: Tokens to report; None counts them (four characters a token, at least one).
        faults: What goes wrong, call after call; used up once, in order of arrival. With ``fault_rate`` above 0 it is
            instead the pool that a faulty call draws from.
        fault_rate: Share of calls that go wrong, 0 to 1, drawn from ``fault_seed`` in order of arrival.
    """

    latency_ms: float = 0.0
    chunk_count: int = 8
    chunk_interval_ms: float = 0.0
    reply: str = "What would be a good first step for you this week?"
    finish_reason: str = "stop"
    usage: WireUsage | None = None
    faults: tuple[Fault, ...] = ()
    fault_rate: float = 0.0
    fault_seed: int = 0


def behaviour_from(document: dict[str, Any]) -> Behaviour:
    """Read an order; raises TypeError for a key that nobody knows."""
    values = dict(document)
    values["faults"] = tuple(Fault(**fault) for fault in values.get("faults", ()))
    if values.get("usage") is not None:
        values["usage"] = WireUsage(**values["usage"])
    return Behaviour(**values)


@dataclass(slots=True)
class Counts:
    """What the server has seen since it was last configured.

    Attributes:
        calls: Requests for a completion that arrived, faulty ones too.
        completed: Those answered whole and well.
        abandoned: Those whose caller went away before the end.
        input_tokens, output_tokens: Metered, as a provider bills: the input of every call that an answer was begun
            for, the output that was sent. Refused calls cost nothing.
        in_flight, max_in_flight: Calls being served now, and the most at one moment.
    """

    calls: int = 0
    completed: int = 0
    abandoned: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    in_flight: int = 0
    max_in_flight: int = 0


@dataclass(frozen=True, slots=True)
class ReceivedCall:
    """One request as it arrived. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, object] = field(default_factory=dict)
