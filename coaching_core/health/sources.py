"""Where the values of rules come from: the records of calls, this process's own times, limits, probes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coaching_core.health import repository
from coaching_core.health.call_measures import CallMeasures
from coaching_core.health.models import Measure, Rule, Sample
from coaching_core.storage.database import Database
from coaching_core.telemetry.rolling import RecentTimes, RollingTimes

_log = logging.getLogger(__name__)

_LONG_WINDOW_SECONDS = 3_600
_SLOW_TURNS_SECONDS = 60.0
"""A value that looks back over an hour or more is measured once a minute."""


def no_limits(_: datetime) -> Sequence[Sample]:
    """What there is where no limits are set."""
    return ()


@dataclass(slots=True)
class Sources:
    """Everything that rules look at.

    Attributes:
        store: Reads and transactions of this process.
        retrieval: Prompts that this process read for use.
        limits: How far each limit that alarms or switches is used, as a share of its threshold.
    """

    calls: CallMeasures
    database: Database
    store: RollingTimes = field(default_factory=RollingTimes)
    retrieval: RollingTimes = field(default_factory=RollingTimes)
    limits: Callable[[datetime], Sequence[Sample]] = no_limits
    _failing: set[str] = field(default_factory=set)
    _kept: dict[Rule, tuple[datetime, Sequence[Sample]]] = field(default_factory=dict)

    def samples(self, rule: Rule, now: datetime) -> Sequence[Sample]:
        """What a rule looks at, now. What cannot be measured is no value with a reason, never an error."""
        try:
            found = self._samples(rule, now)
            self._failing.discard(rule.id)
            return found
        except Exception as error:  # noqa: BLE001 - a rule that cannot be measured must not silence the others
            if rule.id not in self._failing:
                _log.exception("a measure failed", extra={"rule": rule.id})
            self._failing.add(rule.id)
            return (Sample(None, reason=f"It could not be measured ({type(error).__name__})."),)

    def _samples(self, rule: Rule, now: datetime) -> Sequence[Sample]:
        match rule.measure:
            case Measure.STORE_ERROR_SHARE | Measure.RETRIEVAL_ERROR_SHARE:
                return (_share(self._times(rule)),)
            case Measure.STORE_P95 | Measure.RETRIEVAL_P95:
                times = self._times(rule)
                return (Sample(times.p95, times.count),)
            case Measure.LIMIT_USED:
                return self.limits(now)
            case Measure.AVAILABILITY:
                return (self._availability(rule, now),)
            case _ if rule.measure in self.calls.measures and rule.window_seconds >= _LONG_WINDOW_SECONDS:
                return self._once_a_minute(rule, now, lambda: self.calls.samples(rule, now))
            case _ if rule.measure in self.calls.measures:
                return self.calls.samples(rule, now)
        return (Sample(None, reason="The workbench has nothing yet that could be measured."),)

    def _times(self, rule: Rule) -> RecentTimes:
        store = rule.measure in (Measure.STORE_ERROR_SHARE, Measure.STORE_P95)
        return (self.store if store else self.retrieval).recent(rule.window_seconds)

    def _availability(self, rule: Rule, now: datetime) -> Sample:
        with self.database.read() as connection:
            count, well = repository.count_probes(connection, now - timedelta(seconds=rule.window_seconds))
        return Sample(well / count if count else None, count, detail=f"{well} of {count} probes answered")

    def _once_a_minute(self, rule: Rule, now: datetime, measure: Callable[[], Sequence[Sample]]) -> Sequence[Sample]:
        kept = self._kept.get(rule)
        if kept is not None and 0 <= (now - kept[0]).total_seconds() < _SLOW_TURNS_SECONDS:
            return kept[1]
        found = measure()
        self._kept = {each: value for each, value in self._kept.items() if each.id != rule.id} | {rule: (now, found)}
        return found


def _share(times: RecentTimes) -> Sample:
    detail = f"{times.failed} of {times.count}"
    return Sample(times.failed / times.count if times.count else None, times.count, detail=detail)
