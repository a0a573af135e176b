"""What happens when a model fails: when to try again, how long to wait, when to leave it in peace (ledger L4).

Pure rules and one small state machine; :class:`coaching_core.llm.gateway.Gateway` is the only one that follows them.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from coaching_core.errors import (
    IncompleteReplyError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderPausedError,
    RateLimitedError,
)

_PASSING = (RateLimitedError, ModelTimeoutError, ProviderDownError, IncompleteReplyError)
_MODEL_FAILS = (ModelTimeoutError, ProviderDownError, IncompleteReplyError)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how soon a failed attempt is repeated.

    Attributes:
        attempts: Most attempts at one model.
        attempts_before_fallback: Most attempts at a model that another one can stand in for.
        patience_seconds: Longest wait for a model, or for its first piece, while another one can stand in for it.
        base_seconds, ceiling_seconds: Full jitter: the wait before retry k (from 0) is drawn evenly from
            0 to min(ceiling, base · 2^k). See Brooker, "Exponential Backoff And Jitter", 2015.
    """

    attempts: int = 4
    attempts_before_fallback: int = 2
    patience_seconds: float = 5.0
    base_seconds: float = 0.5
    ceiling_seconds: float = 30.0

    def wait(self, error: BaseException, retry: int, draw: Callable[[float, float], float] = random.uniform) -> float:
        """Seconds before retry number ``retry`` (from 0): what the provider asked for, or else full jitter."""
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            return max(0.0, float(asked))
        return draw(0.0, min(self.ceiling_seconds, self.base_seconds * 2**retry))


def is_passing(error: BaseException) -> bool:
    """Whether the same attempt may succeed a little later."""
    return isinstance(error, _PASSING)


class BreakerState(StrEnum):
    """Closed lets all calls through, open none, half-open a few to see whether the model is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When a breaker opens, and how it closes again.

    Attributes:
        failures: So many failures in a row open it.
        share: So large a share of failures opens it as well, 0 to 1, over at least ``least_calls`` of the last
            ``window_seconds``.
        pause_seconds: How long it stays open at first; each failed probe doubles that, up to ``longest_pause_seconds``.
        probes: Calls let through at once while half-open; so many successes close it.
    """

    failures: int = 5
    share: float = 0.5
    least_calls: int = 20
    window_seconds: float = 10.0
    pause_seconds: float = 5.0
    longest_pause_seconds: float = 60.0
    probes: int = 2


@dataclass(frozen=True, slots=True)
class BreakerReport:
    """How a breaker stands, for the health screen.

    Attributes:
        retry_in: Seconds until it lets a probe through; None unless it is open.
        opened: How often it has opened since the start.
    """

    model: str
    state: BreakerState
    retry_in: float | None
    opened: int


class Breaker:
    """The breaker of one model at one provider.

    Call :meth:`admit` before an attempt, and exactly one of :meth:`succeeded`, :meth:`failed`, :meth:`left` after it,
    with the generation that :meth:`admit` gave: what began before the breaker last changed tells nothing about now.
    """

    def __init__(self, model: str, settings: BreakerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = model
        self._settings = settings
        self._clock = clock
        self._state = BreakerState.CLOSED
        self._generation = 0
        self._in_a_row = 0
        self._recent: deque[tuple[float, bool]] = deque()
        self._recent_failures = 0
        self._retry_at = 0.0
        self._pause = settings.pause_seconds
        self._probing = 0
        self._probed = 0
        self._opened = 0

    @property
    def is_open(self) -> bool:
        """Whether it would let nothing through now."""
        return self._state is BreakerState.OPEN and self._clock() < self._retry_at

    def admit(self) -> int:
        """Let an attempt through; returns the generation it belongs to.

        Raises:
            ProviderPausedError: The breaker is open, or its probes are on their way.
        """
        if self._state is BreakerState.CLOSED:
            return self._generation
        now = self._clock()
        if self._state is BreakerState.OPEN and now >= self._retry_at:
            self._change(BreakerState.HALF_OPEN)
            self._probing = self._probed = 0
        if self._state is BreakerState.HALF_OPEN and self._probing + self._probed < self._settings.probes:
            self._probing += 1
            return self._generation
        wait = max(self._retry_at - now, 0.5)
        raise ProviderPausedError(
            f"{self.model} failed too often just now and is left in peace; it is tried again in {wait:.0f} s.", wait
        )

    def succeeded(self, generation: int) -> None:
        """An attempt brought an answer."""
        if generation != self._generation:
            return
        if self._state is BreakerState.HALF_OPEN:
            self._probing -= 1
            self._probed += 1
            if self._probed >= self._settings.probes:
                self._pause = self._settings.pause_seconds
                self._change(BreakerState.CLOSED)
            return
        self._in_a_row = 0
        self._note(failed=False)

    def failed(self, generation: int, error: BaseException) -> None:
        """An attempt failed. Only what tells of a sick model counts: no refusal, no request to slow down."""
        if not isinstance(error, _MODEL_FAILS):
            self.left(generation)
            return
        if generation != self._generation:
            return
        if self._state is BreakerState.HALF_OPEN:
            self._pause = min(self._pause * 2, self._settings.longest_pause_seconds)
            self._open()
            return
        self._in_a_row += 1
        self._note(failed=True)
        many = len(self._recent) >= self._settings.least_calls
        if self._in_a_row >= self._settings.failures or (
            many and self._recent_failures >= self._settings.share * len(self._recent)
        ):
            self._open()

    def left(self, generation: int) -> None:
        """An attempt ended without telling anything about the model."""
        if generation == self._generation and self._state is BreakerState.HALF_OPEN:
            self._probing -= 1

    def report(self) -> BreakerReport:
        """How it stands."""
        opened = self._state is BreakerState.OPEN
        wait = max(0.0, self._retry_at - self._clock()) if opened else None
        return BreakerReport(self.model, self._state, wait, self._opened)

    def _open(self) -> None:
        self._opened += 1
        self._retry_at = self._clock() + self._pause
        self._change(BreakerState.OPEN)

    def _change(self, state: BreakerState) -> None:
        self._state = state
        self._generation += 1
        self._in_a_row = 0
        self._recent.clear()
        self._recent_failures = 0

    def _note(self, failed: bool) -> None:
        now = self._clock()
        self._recent.append((now, failed))
        self._recent_failures += failed
        while self._recent and self._recent[0][0] < now - self._settings.window_seconds:
            self._recent_failures -= self._recent.popleft()[1]


class Breakers:
    """The breakers of all models that were asked."""

    def __init__(
        self, settings: BreakerSettings = BreakerSettings(), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._by_model: dict[str, Breaker] = {}

    def of(self, model: str) -> Breaker:
        """The breaker of ``provider/model``."""
        found = self._by_model.get(model)
        if found is None:
            found = self._by_model[model] = Breaker(model, self._settings, self._clock)
        return found

    def reports(self) -> tuple[BreakerReport, ...]:
        """How they all stand, by name of the model."""
        return tuple(breaker.report() for _, breaker in sorted(self._by_model.items()))
