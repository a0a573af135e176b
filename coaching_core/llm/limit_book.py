"""Counters of limits, and the decision whether one more attempt fits. The ledgers say where counters come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coaching_core.errors import LimitReachedError, UnknownPriceError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.limits import Action, Limit, Metric, refusal


@dataclass(frozen=True, slots=True)
class CounterKey:
    """One counter of a limit: for one subject, in one period."""

    limit_id: str
    subject: str
    period_start: datetime


@dataclass(slots=True)
class Counter:
    """How far a limit is used, in its metric's unit: settled, and held by calls under way."""

    spent: Decimal = Decimal(0)
    held: Decimal = Decimal(0)

    @property
    def used(self) -> Decimal:
        """Settled and held together."""
        return self.spent + self.held


Charges = Mapping[CounterKey, Decimal]
"""What one attempt holds of each counter it bears on."""


class LimitBook:
    """Counters of all limits, and the decision whether one more attempt fits. Not safe for threads by itself.

    Args:
        limits: Those in force.
        load: Gives a counter that is not in the book yet, as the records say.
    """

    def __init__(self, limits: Iterable[Limit], load: Callable[[Limit, CounterKey], Counter]) -> None:
        self.limits = {limit.id: limit for limit in limits}
        self.counters: dict[CounterKey, Counter] = {}
        self._load = load

    def admit(self, reservation: Reservation, now: datetime) -> dict[CounterKey, Decimal]:
        """Hold what an attempt may take, on every counter it bears on or on none.

        Raises:
            LimitReachedError: One has no room; with several, the one that resets last.
            UnknownPriceError: A money limit bears on it, and its price is unknown.
        """
        charges: dict[CounterKey, Decimal] = {}
        refusals: list[LimitReachedError] = []
        for limit in self._bearing_on(reservation.run):
            key, held = self.key(limit, reservation.run), limit.held(reservation)
            used = self.counter(key).used
            if self._refuses(limit, reservation, used, held):
                refusals.append(refusal(limit, used, held, reservation.run.created_at, now))
            charges[key] = held
        if refusals:
            raise max(refusals, key=lambda error: error.retry_after)
        self._hold(charges)
        return charges

    def adopt(self, reservation: Reservation, limit_ids: Collection[str]) -> dict[CounterKey, Decimal]:
        """Hold what an attempt under way may take of limits that were set after it was sent; it cannot be refused."""
        charges: dict[CounterKey, Decimal] = {}
        for limit in self._bearing_on(reservation.run):
            if limit.id in limit_ids:
                with suppress(UnknownPriceError):
                    charges[self.key(limit, reservation.run)] = limit.held(reservation)
        self._hold(charges)
        return charges

    def charge(self, run: PromptRun, instead_of: PromptRun | None = None, among: Collection[str] | None = None) -> None:
        """Count a record that no reservation here stands for.

        Args:
            instead_of: The record of the same attempt that it replaces.
            among: The limits that count it; None: all.
        """
        for limit in self._bearing_on(run):
            if among is not None and limit.id not in among:
                continue
            before = Decimal(0) if instead_of is None else limit.recorded(instead_of)
            if more := limit.recorded(run) - before:
                self.counter(self.key(limit, run)).spent += more

    def change(self, limits: Iterable[Limit]) -> set[str]:
        """Put other limits in force. Counters of those that count as before are kept, all others dropped.

        Returns:
            The ids of limits that begin to count.
        """
        before, self.limits = self.limits, {limit.id: limit for limit in limits}
        kept = {
            limit_id
            for limit_id, limit in self.limits.items()
            if limit_id in before and limit.counts_like(before[limit_id])
        }
        self.counters = {key: counter for key, counter in self.counters.items() if key.limit_id in kept}
        return set(self.limits) - kept

    def settle(self, charges: Charges, run: PromptRun) -> None:
        """Turn what an attempt held into what it took."""
        for key, held in charges.items():
            counter = self.counters.get(key)
            if counter is None:  # the limit was withdrawn, or its period is over and forgotten
                continue
            counter.held -= held
            counter.spent += self.limits[key.limit_id].spent(run, held)

    def release(self, charges: Charges) -> None:
        """Give back what an attempt held that was never sent."""
        for key, held in charges.items():
            if key in self.counters:
                self.counters[key].held -= held

    def key(self, limit: Limit, run: PromptRun) -> CounterKey:
        """The counter of a limit that a call belongs to: the period is that in which it was begun."""
        return CounterKey(limit.id, limit.subject(run), limit.period_start(run.created_at))

    def counter(self, key: CounterKey) -> Counter:
        """A counter, loaded when it is met for the first time."""
        found = self.counters.get(key)
        if found is None:
            found = self.counters[key] = self._load(self.limits[key.limit_id], key)
        return found

    def forget_before(self, now: datetime) -> None:
        """Drop counters that hold nothing and whose period is over, or that count only what is held."""
        for key, counter in tuple(self.counters.items()):
            limit = self.limits[key.limit_id]
            over = key.period_start < limit.period_start(now) or limit.metric is Metric.STREAMS
            if over and not counter.held:
                del self.counters[key]

    def keys(self, run: PromptRun) -> Iterator[CounterKey]:
        """The counters a call belongs to."""
        return (self.key(limit, run) for limit in self._bearing_on(run))

    def _bearing_on(self, run: PromptRun) -> Iterator[Limit]:
        return (limit for limit in self.limits.values() if limit.bears_on(run))

    def _hold(self, charges: Charges) -> None:
        for key, held in charges.items():
            self.counter(key).held += held

    @staticmethod
    def _refuses(limit: Limit, reservation: Reservation, used: Decimal, held: Decimal) -> bool:
        if limit.action is Action.ALARM or not held:
            return False
        switches = limit.action is Action.SWITCH and reservation.may_switch
        cap = limit.cap * Decimal(str(limit.threshold)) if switches else limit.cap
        return used + held > cap
