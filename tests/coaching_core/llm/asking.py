"""A gateway over a scripted provider, and the two ways to ask it: as a whole and as a stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.equipment import CallLimits
from coaching_core.llm.gateway import OTHER_PROVIDERS, Equipment, Gateway
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.types import (
    Completion,
    CompletionRequest,
    Provider,
    TextDelta,
)
from coaching_core.settings import Settings
from tests.coaching_core.llm.scripted import Notebook

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Ask = Callable[[Gateway, CompletionRequest], Awaitable[list[TextDelta | Completion]]]


async def completed(gateway: Gateway, request: CompletionRequest) -> list[TextDelta | Completion]:
    return [await gateway.complete(request)]


async def streamed(gateway: Gateway, request: CompletionRequest) -> list[TextDelta | Completion]:
    return [event async for event in gateway.stream(request)]


BOTH = pytest.mark.parametrize("ask_for", [completed, streamed])


def make_gateway(settings: Settings, provider: Provider, notebook: Notebook, **changes: Any) -> Gateway:
    """A gateway that tries each call once, unless told otherwise; ``changes`` are fields of its equipment."""
    values: dict[str, Any] = {"clock": lambda: NOW, "retries": RetryPolicy(attempts=1)}
    providers = {"simulated": provider, OTHER_PROVIDERS: provider}
    return Gateway(Equipment(build_catalogue(settings), providers, notebook, **values | changes))


def within(seconds: float) -> CallLimits:
    """A deadline and a longest attempt of so many seconds."""
    return CallLimits(deadline=seconds, attempt=seconds)
