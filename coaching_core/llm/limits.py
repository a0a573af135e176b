"""Limits on tokens, money, turns and streams: which calls they bear on, what a call takes of them, how they refuse.

Pure rules, no counters: those are in ``limit_book``. Minutes, days and months are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from coaching_core.errors import LimitReachedError, UnknownPriceError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.types import RunStatus

EVERYTHING = ""
"""The subject of a limit that does not count each tenant, user or model apart."""

_NO_PERIOD = datetime(1970, 1, 1, tzinfo=UTC)
_SOON_SECONDS = 1.0


class Metric(StrEnum):
    """What a limit counts. ``turns`` are calls, however often they are tried; ``streams`` answers open at once."""

    COST = "cost"
    TOKENS = "tokens"
    TURNS = "turns"
    STREAMS = "streams"


class Period(StrEnum):
    """After which time a limit starts anew, UTC; ``at_once`` for what is open at one moment."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    AT_ONCE = "at_once"


class Action(StrEnum):
    """What a limit does. ``refuse``: at its cap, nothing more is sent. ``switch``: from its threshold on, calls that
    may go to a cheaper model go there; at its cap it refuses. ``alarm``: it only raises an alarm at its threshold.
    """

    REFUSE = "refuse"
    SWITCH = "switch"
    ALARM = "alarm"


class Each(StrEnum):
    """What is counted apart, so that each of them has the whole cap."""

    TENANT = "tenant"
    USER = "user"
    PROVIDER = "provider"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. Fields that are None bear on all calls.

    Attributes:
        name: What a refusal calls it.
        cap: USD, tokens, turns or streams.
        threshold: Share of the cap, 0 to 1, from which it alarms or switches.
        each: What is counted apart; None: all calls together.
    """

    id: str
    name: str
    metric: Metric
    period: Period
    cap: Decimal
    action: Action = Action.REFUSE
    threshold: float = 0.8
    tenant_id: str | None = None
    user_id: str | None = None
    provider: str | None = None
    model: str | None = None
    purpose: str | None = None
    each: Each | None = None

    def bears_on(self, run: PromptRun) -> bool:
        """Whether this call is counted by the limit. One for each user bears on calls that are made for a user."""
        if self.each is Each.USER and run.user_id is None:
            return False
        wanted = (
            (self.tenant_id, run.tenant_id),
            (self.user_id, run.user_id),
            (self.provider, run.provider),
            (self.model, run.model),
            (self.purpose, str(run.purpose)),
        )
        return all(value is None or value == actual for value, actual in wanted)

    def subject(self, run: PromptRun) -> str:
        """Which of the limit's counters the call belongs to."""
        subjects = {
            Each.TENANT: run.tenant_id,
            Each.USER: f"{run.tenant_id}/{run.user_id}",
            Each.PROVIDER: run.provider,
            Each.MODEL: run.model,
        }
        return EVERYTHING if self.each is None else subjects[self.each]

    def period_start(self, moment: datetime) -> datetime:
        """The beginning of the period that contains a moment."""
        at = moment.astimezone(UTC)
        match self.period:
            case Period.MINUTE:
                return at.replace(second=0, microsecond=0)
            case Period.DAY:
                return at.replace(hour=0, minute=0, second=0, microsecond=0)
            case Period.MONTH:
                return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            case Period.AT_ONCE:
                return _NO_PERIOD

    def resets_at(self, moment: datetime) -> datetime | None:
        """When the period that contains a moment ends; None for what has no period."""
        start = self.period_start(moment)
        match self.period:
            case Period.MINUTE:
                return start + timedelta(minutes=1)
            case Period.DAY:
                return start + timedelta(days=1)
            case Period.MONTH:
                return (start + timedelta(days=32)).replace(day=1)
            case Period.AT_ONCE:
                return None

    def held(self, reservation: Reservation) -> Decimal:
        """What the attempt may take of the limit at most.

        Raises:
            UnknownPriceError: Money is counted, and the price is unknown.
        """
        run = reservation.run
        match self.metric:
            case Metric.COST:
                if run.held_usd is None and self.action is Action.ALARM:
                    return Decimal(0)
                if run.held_usd is None:
                    raise UnknownPriceError(
                        f"The limit “{self.name}” counts money, and {run.model} has no known price. "
                        "Set its price under Admin, Models."
                    )
                return run.held_usd
            case Metric.TOKENS:
                return Decimal(run.held_tokens or 0)
            case Metric.TURNS:
                return Decimal(run.attempt == 1)
            case Metric.STREAMS:
                return Decimal(reservation.streaming)

    def spent(self, run: PromptRun, held: Decimal) -> Decimal:
        """What the attempt took of the limit in the end; all that was held where nobody knows."""
        match self.metric:
            case Metric.COST:
                return run.cost_usd if run.cost_usd is not None else held
            case Metric.TOKENS:
                if run.input_tokens is not None and run.output_tokens is not None:
                    return Decimal(run.input_tokens + run.output_tokens)
                return Decimal(0) if run.cost_usd == 0 else held
            case Metric.TURNS:
                return held
            case Metric.STREAMS:
                return Decimal(0)

    def recorded(self, run: PromptRun) -> Decimal:
        """What a record alone says that its attempt took; ``limit_records`` has the same in SQL."""
        if run.status is RunStatus.REFUSED:
            return Decimal(0)
        bounds = {
            Metric.COST: run.held_usd or Decimal(0),
            Metric.TOKENS: Decimal(run.held_tokens or 0),
            Metric.TURNS: Decimal(run.attempt == 1),
            Metric.STREAMS: Decimal(0),
        }
        return self.spent(run, bounds[self.metric])

    def counts_like(self, other: Limit) -> bool:
        """Whether both count the same, so that the counters of one are those of the other."""
        return replace(self, name="", cap=other.cap, action=other.action, threshold=other.threshold) == replace(
            other, name=""
        )


def refusal(limit: Limit, used: Decimal, held: Decimal, begun: datetime, now: datetime) -> LimitReachedError:
    """The error that tells a caller which limit has no room for its call, and when to come back.

    Args:
        used: Settled and held by other calls.
        held: What the refused call may take.
        begun: When that call was begun; its period is meant.
    """
    resets_at = limit.resets_at(begun)
    wait = _SOON_SECONDS if resets_at is None else max(_SOON_SECONDS, (resets_at - now).total_seconds())
    until = "" if resets_at is None else f" It starts anew on {resets_at:%Y-%m-%d at %H:%M} UTC."
    cap = in_unit(limit.metric, limit.cap)
    if held > limit.cap:
        until = " It never fits: ask for a shorter answer, or have the limit raised."
    need = "" if limit.metric in (Metric.TURNS, Metric.STREAMS) else f", and it may take {in_unit(limit.metric, held)}"
    so_far = in_unit(limit.metric, used) if limit.metric is Metric.COST else f"{used:,.0f}"
    return LimitReachedError(
        f"The limit “{limit.name}” has no room for this call: {so_far} of {cap} {_SPAN[limit.period]} are used or "
        f"held{need}.{until}",
        limit.id,
        wait,
        None if resets_at is None else resets_at.isoformat(),
        limit.name,
    )


def in_unit(metric: Metric, amount: Decimal) -> str:
    """An amount of a limit in words: ``$0.0123``, ``1,200 tokens``."""
    if metric is Metric.COST:
        return f"${amount:,.4f}" if amount < 1 else f"${amount:,.2f}"
    return f"{amount:,.0f} {metric}"


_SPAN = {
    Period.MINUTE: "in a minute",
    Period.DAY: "in a day",
    Period.MONTH: "in a month",
    Period.AT_ONCE: "at once",
}
