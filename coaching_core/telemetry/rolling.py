"""How long something took in the last minutes, as this process saw it; little memory, whatever the load."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_SLOT_SECONDS = 15
_SLOTS = 241
_MOST_TIMES = 500


@dataclass(frozen=True, slots=True)
class RecentTimes:
    """What happened in a window.

    Attributes:
        count: How often it was done.
        failed: How often it failed.
        p95: Seconds; None when nothing was timed.
    """

    count: int
    failed: int
    p95: float | None


@dataclass(slots=True)
class _Slot:
    number: int
    count: int = 0
    failed: int = 0
    times: list[float] = field(default_factory=list)


class RollingTimes:
    """Counts and times in slots of 15 s, for an hour; of a slot with many, an even sample of 500 times is kept.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots: deque[_Slot] = deque(maxlen=_SLOTS)
        self._lock = threading.Lock()

    def record(self, seconds: float, ok: bool = True) -> None:
        """Note that it was done once."""
        number = int(self._clock() // _SLOT_SECONDS)
        with self._lock:
            if not self._slots or self._slots[-1].number != number:
                self._slots.append(_Slot(number))
            slot = self._slots[-1]
            slot.count += 1
            slot.failed += not ok
            if len(slot.times) < _MOST_TIMES:
                slot.times.append(seconds)
            elif (place := random.randrange(slot.count)) < _MOST_TIMES:
                slot.times[place] = seconds

    def recent(self, seconds: float) -> RecentTimes:
        """What happened in the last so many seconds, to the slot."""
        oldest = int((self._clock() - seconds) // _SLOT_SECONDS)
        with self._lock:
            slots = [(slot.count, slot.failed, tuple(slot.times)) for slot in self._slots if slot.number > oldest]
        times = sorted((each, count / len(kept)) for count, _, kept in slots for each in kept)
        return RecentTimes(
            sum(count for count, _, _ in slots), sum(failed for _, failed, _ in slots), _weighted_p95(times)
        )


def _weighted_p95(times: list[tuple[float, float]]) -> float | None:
    """The time that 95 % of the weight is not above; each time stands for as many as it was drawn from."""
    wanted, so_far = 0.95 * sum(weight for _, weight in times), 0.0
    for value, weight in times:
        so_far += weight
        if so_far >= wanted or math.isclose(so_far, wanted):
            return value
    return None
