"""What goes into a model and what comes out: the types both sides of the gateway speak."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


class Purpose(StrEnum):
    """Why a call was made; the dashboards group by it."""

    CHAT = "chat"
    ANALYSIS = "analysis"
    EVALUATION = "evaluation"
    JUDGE = "judge"
    ASSESSMENT = "assessment"
    SUMMARY = "summary"


class RunStatus(StrEnum):
    """How a call ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the provider counted them. ``cached_tokens`` are part of ``input_tokens``."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class CallContext:
    """Who and what a call is for; written on its PromptRun (ledger L2)."""

    tenant_id: str
    purpose: Purpose
    request_id: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    interaction_ids: tuple[str, ...] = ()
    group_id: str | None = None
    topic_id: str | None = None
    prompt_version: int | None = None
    rubric_version: str | None = None
    eval_run_id: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One question to one model.

    Attributes:
        model: ``provider/model``, e.g. ``simulated/coach-steady`` or ``anthropic/claude-sonnet-4-5``.
        messages: The system message first, if any, then alternating turns ending with a user's.
        temperature: 0 to 2; None leaves the provider's default.
        max_tokens: Longest answer; None leaves the provider's default.
        seed: Same seed, same request: same answer, from models that can (all simulated ones).
        json_object: Ask for an answer that is one JSON object.
        timeout_seconds: None takes the gateway's default.
    """

    model: str
    messages: tuple[Message, ...]
    context: CallContext
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    json_object: bool = False
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of a streamed answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ProviderReply:
    """A whole answer as a provider gives it. ``finish_reason`` is the provider's real one: stop, length …"""

    text: str
    finish_reason: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer as the gateway gives it, with what it took.

    Attributes:
        latency_ms: From the call to the last token, milliseconds.
        ttft_ms: From the call to the first token; None when the answer was not streamed.
        cost: USD, exact; None when the price is unknown.
        simulated: True when no real model was asked.
    """

    text: str
    finish_reason: str
    usage: Usage
    model: str
    latency_ms: float
    ttft_ms: float | None
    cost: Decimal | None
    simulated: bool
    prompt_run_id: str


class Provider(Protocol):
    """The port every model vendor stands behind. Raises errors of the ``ModelCallError`` branch only."""

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        """The whole answer at once."""
        ...

    def stream(self, request: CompletionRequest) -> AsyncIterator[TextDelta | ProviderReply]:
        """The answer piece by piece, then exactly one :class:`ProviderReply` with the whole of it."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that can be asked.

    Attributes:
        name: ``provider/model``.
        label: What a person calls it.
        simulated: Answers come from our own simulation, not from a model.
        available: A key is there (or none is needed).
        note: What it is like, or what is missing to use it.
    """

    name: str
    label: str
    provider: str
    simulated: bool
    available: bool
    note: str = ""
    roles: tuple[str, ...] = field(default=("coach",))
