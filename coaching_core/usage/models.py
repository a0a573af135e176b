"""What the usage and cost dashboards ask and show (ledger L7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from coaching_core.errors import InvalidInputError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose

WITHOUT = ""
"""In a filter: only calls that have no topic, or no user."""

NO_VERSION = 0
"""In a filter: only calls that have no prompt version."""


class Dimension(StrEnum):
    """What usage can be grouped by. Days and hours are those of UTC."""

    DAY = "day"
    HOUR = "hour"
    USER = "user"
    PROVIDER = "provider"
    MODEL = "model"
    TOPIC = "topic"
    PROMPT_VERSION = "prompt_version"
    PURPOSE = "purpose"
    TENANT = "tenant"


class RunOrder(StrEnum):
    """How a list of attempts is sorted; unknown costs come last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COSTLIEST = "costliest"
    SLOWEST = "slowest"


class Only(StrEnum):
    """What sort of attempts is looked at, where not all are.

    ``calls``: each call's last attempt. ``retries``: attempts that another followed. ``errors``: calls that failed,
    timed out or whose end nobody heard. ``refused``: calls never sent. ``fallbacks``: calls answered by a stand-in.
    ``unknown_cost``: attempts whose cost is unknown. ``kept``: calls answered by a kept reply.
    """

    CALLS = "calls"
    RETRIES = "retries"
    ERRORS = "errors"
    REFUSED = "refused"
    FALLBACKS = "fallbacks"
    UNKNOWN_COST = "unknown_cost"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which calls are looked at. What is None is not filtered by.

    Attributes:
        since: Start of the period, included.
        until: Its end, not included.
        topic_id, user_id: :data:`WITHOUT` finds the calls that have none.
        prompt_version: :data:`NO_VERSION` finds the calls that have none.
        request_id: What the caller of ours named the request.
        call_id: One call, with all its attempts.
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
    prompt_version: int | None = None
    purpose: Purpose | None = None
    user_id: str | None = None
    eval_run_id: str | None = None
    request_id: str | None = None
    call_id: str | None = None
    only: Only | None = None
    include_simulated: bool = True

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise InvalidInputError("The period needs moments with a time zone.", field="since")
        if self.until <= self.since:
            raise InvalidInputError("The period ends before it starts.", field="until")

    def before(self, now: datetime | None = None) -> UsageFilter:
        """The same filter over the period of the same length just before.

        Args:
            now: When this lies in the period, as much of the one before is taken as has passed of this one.
        """
        length = self.until - self.since
        end = min(self.until, now) if now is not None and now > self.since else self.until
        return replace(self, since=self.since - length, until=end - length)

    @property
    def hourly(self) -> bool:
        """Whether the period is short enough to be looked at by the hour: two days at most."""
        return self.until - self.since <= timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Timings:
    """Percentiles in milliseconds, exact, over successful calls; None without any.

    They are what a caller felt: waits, and attempts before the last one, are part of them.

    Attributes:
        timed: How many latencies they are made of. Kept answers and timings of a saturated event loop are left out.
    """

    latency_p50: float | None = None
    latency_p95: float | None = None
    ttft_p50: float | None = None
    ttft_p95: float | None = None
    timed: int = 0


@dataclass(frozen=True, slots=True)
class UsageSums:
    """Sums over a number of calls, each of which took one attempt or more.

    Attributes:
        calls: How often something was asked, whatever came of it; each counted at its last attempt.
        attempts: How often a provider was tried or would have been: ``attempts - calls`` are retries.
        errors: Calls that failed, timed out or were never heard of again; those a person cancelled are none.
        refused: Calls never sent, because of a limit, a missing price or an open breaker.
        answered: Calls that succeeded.
        fallbacks: Those of them that another model answered than the one asked for.
        kept: Those of them that a kept answer was given to; no model was asked.
        cost_known: USD, the exact sum of the known costs of all attempts. A lower bound when there are unknown ones.
        unknown_cost_calls: Attempts whose cost is unknown; they are not in the sum.
        held: USD that the attempts of unknown cost can have cost at most, where that is known.
        unbounded_cost_calls: Those of them for which even that is unknown.
        input_tokens, output_tokens, cached_tokens, cache_write_tokens: Sums over all attempts of what providers
            reported; cached and cache-written ones are part of the input.
        saved: USD that kept answers did not cost again.
        latency_p50, latency_p95, ttft_p50, ttft_p95: As in :class:`Timings`; None also where they were not asked for.
        lagging_calls: How many successful calls have no part in them because the event loop lagged.
    """

    calls: int = 0
    errors: int = 0
    cost_known: Decimal = Decimal(0)
    unknown_cost_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    latency_p50: float | None = None
    latency_p95: float | None = None
    ttft_p50: float | None = None
    ttft_p95: float | None = None
    lagging_calls: int = 0
    attempts: int = 0
    refused: int = 0
    answered: int = 0
    fallbacks: int = 0
    kept: int = 0
    held: Decimal = Decimal(0)
    unbounded_cost_calls: int = 0
    cache_write_tokens: int = 0
    saved: Decimal = Decimal(0)

    def __add__(self, other: UsageSums) -> UsageSums:
        """The sums over both; percentiles do not add up and are gone."""
        return UsageSums(**{name: getattr(self, name) + getattr(other, name) for name in SUMMED})

    def timed(self, timings: Timings | None) -> UsageSums:
        """The same sums with percentiles."""
        if timings is None:
            return self
        return replace(self, **{name: getattr(timings, name) for name in PERCENTILES})

    @property
    def cost(self) -> Decimal | None:
        """The sum of the known costs; None when of all that was sent not one has a known cost."""
        sent = self.attempts - self.refused - self.kept
        return None if self.unknown_cost_calls and self.unknown_cost_calls >= sent else self.cost_known

    @property
    def retries(self) -> int:
        """Attempts that another attempt at the same call followed."""
        return self.attempts - self.calls


PERCENTILES = ("latency_p50", "latency_p95", "ttft_p50", "ttft_p95")
SUMMED = tuple(one.name for one in fields(UsageSums) if one.name not in PERCENTILES)

NO_USAGE = UsageSums()
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
        key: What the group has in common, as text; a day as ``2026-11-20``, an hour as ``2026-11-20T14`` (UTC), a
            prompt version as ``core_values v3``. None where the calls have no such thing.
        topic_id, prompt_version: Set when grouped by them.
    """

    key: str | None
    usage: UsageSums
    topic_id: str | None = None
    prompt_version: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What was called in a period: what filters can offer."""

    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    versions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """All sums of a screen, read at one moment so that they agree; without percentiles.

    Attributes:
        before: The sums over the period before, as far as this one has passed.
        real: The sums without simulated models.
        steps: For each day, or each hour of a short period, earliest first, without holes.
        rows: For each group, the costliest first; days and hours earliest first.
        stack: What the costliest groups cost at each step, by their keys.
    """

    now: UsageSums
    before: UsageSums
    real: UsageSums
    steps: tuple[UsageRow, ...]
    rows: tuple[UsageRow, ...]
    stack: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsageTimings:
    """The percentiles that belong to an :class:`Overview`, by the keys of its steps and rows."""

    now: Timings
    before: Timings
    steps: Mapping[str, Timings]
    rows: Mapping[str | None, Timings]


@dataclass(frozen=True, slots=True)
class PromptRunPage:
    """A page of attempts at calls.

    Attributes:
        total: How many attempts the filter finds in all.
    """

    runs: tuple[PromptRun, ...]
    total: int
    offset: int
