"""What the usage and cost dashboards ask and show (ledger L7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from coaching_core.errors import InvalidInputError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose

SATURATED_LOOP_MS = 100.0
"""A timing taken while the event loop lagged more than this tells about us, not about the model: it is left out."""


class Dimension(StrEnum):
    """What usage can be grouped by."""

    DAY = "day"
    USER = "user"
    PROVIDER = "provider"
    MODEL = "model"
    TOPIC = "topic"
    PROMPT_VERSION = "prompt_version"
    PURPOSE = "purpose"
    TENANT = "tenant"


class RunOrder(StrEnum):
    """How a list of calls is sorted; unknown costs come last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COSTLIEST = "costliest"
    SLOWEST = "slowest"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which calls are looked at. What is None is not filtered by.

    Attributes:
        since: Start of the period, included.
        until: Its end, not included.
        include_simulated: Whether calls to simulated models count.

    Raises:
        InvalidInputError: The period is empty, or a moment has no zone.
    """

    tenant_id: str | None
    since: datetime
    until: datetime
    provider: str | None = None
    model: str | None = None
    topic_id: str | None = None
    purpose: Purpose | None = None
    user_id: str | None = None
    eval_run_id: str | None = None
    include_simulated: bool = True

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise InvalidInputError("The period needs moments with a time zone.", field="since")
        if self.until <= self.since:
            raise InvalidInputError("The period ends before it starts.", field="until")

    def before(self) -> UsageFilter:
        """The same filter over the period of the same length just before."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)


@dataclass(frozen=True, slots=True)
class UsageSums:
    """Sums over a number of calls.

    Attributes:
        errors: Calls that failed or timed out; those a person cancelled are none.
        cost_known: USD, the exact sum of the known costs. A lower bound when there are unknown ones.
        unknown_cost_calls: Calls whose cost is unknown; they are not in the sum.
        input_tokens, output_tokens, cached_tokens: Sums of what providers reported; cached ones are part of the input.
        latency_p50, latency_p95, ttft_p50, ttft_p95: Milliseconds over the successful calls, exact; None without any.
            Timings taken on a saturated event loop are left out.
        lagging_calls: How many successful calls were left out for that reason.
    """

    calls: int
    errors: int
    cost_known: Decimal
    unknown_cost_calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    latency_p50: float | None
    latency_p95: float | None
    ttft_p50: float | None
    ttft_p95: float | None
    lagging_calls: int


NO_USAGE = UsageSums(0, 0, Decimal(0), 0, 0, 0, 0, None, None, None, None, 0)
"""The sums over no calls at all."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over a period, with the people who were there.

    Attributes:
        user_days: Sum over the days (UTC) of how many different users called.
        cost_per_daily_active_user: ``cost_known`` / ``user_days``, USD rounded to 1e-12; None when no user called or no
            cost is known.
    """

    usage: UsageSums
    user_days: int
    cost_per_daily_active_user: Decimal | None


@dataclass(frozen=True, slots=True)
class Headline:
    """A period and the one of the same length before it."""

    now: Totals
    before: Totals


@dataclass(frozen=True, slots=True)
class UsageRow:
    """The sums over one group of calls.

    Attributes:
        key: What the group has in common, as text; a day as ``2026-11-20`` (UTC), a prompt version as
            ``core_values v3``. None where the calls have no such thing.
        topic_id, prompt_version: Set when grouped by them.
    """

    key: str | None
    usage: UsageSums
    topic_id: str | None = None
    prompt_version: int | None = None


@dataclass(frozen=True, slots=True)
class PromptRunPage:
    """A page of calls.

    Attributes:
        total: How many calls the filter finds in all.
    """

    runs: tuple[PromptRun, ...]
    total: int
    offset: int
