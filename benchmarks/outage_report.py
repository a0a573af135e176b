"""What an outage came to: the table of it, and what must not have been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.outage_worker import PRIMARY, SeenBreaker, SeenTurn
from coaching_core.llm.resilience import BreakerSettings, BreakerState

MOST_ERRORS = 0.01
"""Largest share of turns that may fail for the person."""

_CLOCK_SECONDS = 0.01
"""How far the time on a record and the moment the breaker was looked at may be apart."""
_OPENING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that arrived at the primary's server: Unix time it was begun, seconds it took, whether it was answered."""

    at: float
    seconds: float
    answered: bool


@dataclass(frozen=True, slots=True)
class OutageRun:
    """All that is known of one outage; times are Unix times."""

    turns: tuple[SeenTurn, ...]
    breaker: tuple[SeenBreaker, ...]
    sent: tuple[Sent, ...]
    down_at: float
    up_at: float

    @property
    def opened_at(self) -> float | None:
        """When the breaker opened after the provider had gone down; None if it never did."""
        times = (seen.at for seen in self.breaker if seen.opened and seen.at >= self.down_at)
        return next(times, None)

    @property
    def recovered_at(self) -> float | None:
        """When the breaker closed for good; None when it did not."""
        last = self.breaker[-1] if self.breaker else None
        return last.at if last is not None and last.state == BreakerState.CLOSED else None

    @property
    def failures_before_opening(self) -> int:
        """How many calls had failed by the time the breaker opened."""
        opened = self.opened_at or self.up_at
        return sum(not one.answered and one.at + one.seconds <= opened for one in self.sent)

    @property
    def sent_while_open(self) -> int:
        """Calls that arrived although the breaker was open."""
        pauses = [(seen.at, seen.retry_at) for seen in self.breaker if seen.retry_at is not None]
        return sum(
            any(start + _CLOCK_SECONDS < one.at < end - _CLOCK_SECONDS for start, end in pauses) for one in self.sent
        )

    @property
    def probes(self) -> int:
        """Calls that arrived between the first opening and the recovery."""
        if self.opened_at is None:
            return 0
        end = self.recovered_at or float("inf")
        return sum(self.opened_at + _CLOCK_SECONDS < one.at < end - _CLOCK_SECONDS for one in self.sent)

    @property
    def openings(self) -> int:
        """How often the breaker opened."""
        return max((seen.opened for seen in self.breaker), default=0)


def problems(run: OutageRun) -> list[str]:
    """What must not be, in words; empty when all was as promised."""
    return list(_problems(run))


def _problems(run: OutageRun) -> Iterator[str]:
    settings = BreakerSettings()
    failed = sum(turn.error is not None for turn in run.turns)
    if not run.turns or failed >= MOST_ERRORS * len(run.turns):
        yield f"{failed} of {len(run.turns)} turns failed for the person"
    if run.opened_at is None:
        yield "the breaker did not open"
    elif run.opened_at - run.down_at > _OPENING_SECONDS:
        yield f"the breaker took {run.opened_at - run.down_at:.1f} s to open"
    if run.sent_while_open:
        yield f"{run.sent_while_open} calls were sent while the breaker was open"
    if run.probes > settings.probes * run.openings:
        yield f"{run.probes} probes, where {settings.probes} after each of {run.openings} pauses are allowed"
    if run.recovered_at is None:
        yield "the breaker had not closed again at the end"


def report_lines(run: OutageRun) -> list[str]:
    """The table and what is to be said below it."""
    parts = {"before": [], "during": [], "after": []}  # type: dict[str, list[SeenTurn]]
    for turn in run.turns:
        parts[_part(run, turn)].append(turn)
    rows = [
        ("turns", [f"{len(turns):,}" for turns in parts.values()]),
        ("answered by the primary", [_count(turns, primary=True) for turns in parts.values()]),
        ("answered by the stand-in", [_count(turns, primary=False) for turns in parts.values()]),
        ("failed for the person", [_share(turns) for turns in parts.values()]),
        ("answers begun anew on the screen", [f"{sum(turn.restarts for turn in turns):,}" for turns in parts.values()]),
        ("to the first piece, median, ms", [_first_ms(turns, 0.5) for turns in parts.values()]),
        ("to the first piece, p95, ms", [_first_ms(turns, 0.95) for turns in parts.values()]),
        ("to the first piece, longest, ms", [_first_ms(turns, 1.0) for turns in parts.values()]),
    ]
    table = [_line("", list(parts)), *(_line(what, cells) for what, cells in rows)]
    return [*table, "", *_breaker_lines(run)]


def _part(run: OutageRun, turn: SeenTurn) -> str:
    """The part of the outage a turn fell into: any that overlaps the time without the provider was in it."""
    if turn.ended < run.down_at:
        return "before"
    return "during" if turn.begun < run.up_at else "after"


def _breaker_lines(run: OutageRun) -> list[str]:
    opened = "did not open"
    if run.opened_at is not None:
        opened = f"opened {run.opened_at - run.down_at:.2f} s after the start of the outage"
        opened += f", {run.failures_before_opening} calls had failed by then"
    recovered = "it did not close again"
    if run.recovered_at is not None:
        recovered = f"it closed {run.recovered_at - run.up_at:.1f} s after the provider was back"
    return [
        f"The breaker {opened}; {recovered}.",
        f"Until then it opened {run.openings} times and let {run.probes} probes through; "
        f"sent while it was open: {run.sent_while_open}.",
    ]


def _count(turns: Sequence[SeenTurn], primary: bool) -> str:
    return f"{sum(turn.model is not None and (turn.model == PRIMARY) == primary for turn in turns):,}"


def _share(turns: Sequence[SeenTurn]) -> str:
    failed = sum(turn.error is not None for turn in turns)
    return f"{failed} ({failed / len(turns):.2%})" if turns else "0"


def _first_ms(turns: Sequence[SeenTurn], share: float) -> str:
    waits = sorted((turn.first - turn.begun) * 1000 for turn in turns if turn.first is not None)
    return f"{waits[min(len(waits) - 1, int(share * len(waits)))]:,.0f}" if waits else "–"


def _line(what: str, cells: Sequence[str]) -> str:
    return f"{what:<34}" + "".join(f"{cell:>16}" for cell in cells)
