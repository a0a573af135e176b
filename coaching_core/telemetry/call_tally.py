"""What the attempts at calls add up to, for each model, purpose and rubric."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import Metric

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import RunStatus
from coaching_core.telemetry.tallies import CALL_BUCKETS, Times, counter, histogram

LABELS = ("route", "provider", "model_id", "rubric_version")
"""``route`` is the purpose of the call."""

_MOST_SERIES = 1_000
_OTHER = "other"
_FAILED = (RunStatus.ERROR, RunStatus.TIMEOUT)
_Key = tuple[str, ...]


def _times() -> Times:
    return Times(CALL_BUCKETS)


@dataclass(slots=True)
class _Tally:
    attempts: int = 0
    errors: int = 0
    disconnects: int = 0
    retries: int = 0
    backoffs: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cents: float = 0.0
    latency: Times = field(default_factory=_times)
    upstream: Times = field(default_factory=_times)
    first_token: Times = field(default_factory=_times)
    duration: Times = field(default_factory=_times)

    def add(self, run: PromptRun) -> None:
        self.attempts += 1
        self.retries += run.attempt > 1
        self.backoffs += not run.final
        self.latency.add(run.latency_ms)
        if run.status is RunStatus.OK:
            self.upstream.add(run.latency_ms)
            if run.ttft_ms is not None:
                self.first_token.add(run.waited_ms + run.ttft_ms)
                self.duration.add(run.waited_ms + run.latency_ms)
        self.errors += run.status in _FAILED
        self.disconnects += run.status is RunStatus.CANCELLED
        self.tokens_in += run.input_tokens or 0
        self.tokens_out += run.output_tokens or 0
        if run.cost_usd is not None:
            self.cents += float(run.cost_usd) * 100


_COUNTERS: tuple[tuple[str, str, Callable[[_Tally], float]], ...] = (
    ("provider_request_count", "Attempts sent to a model.", lambda tally: tally.attempts),
    ("provider_request_errors", "Attempts that failed or timed out.", lambda tally: tally.errors),
    ("stream_disconnects", "Answers no longer wanted before their end.", lambda tally: tally.disconnects),
    ("tokens_in", "Tokens of questions, as the provider counted them.", lambda tally: tally.tokens_in),
    ("tokens_out", "Tokens of answers, as the provider counted them.", lambda tally: tally.tokens_out),
    ("cost_cents", "Known cost, US cents; unknown costs are not in it.", lambda tally: tally.cents),
    ("retries", "Attempts after the first at a call.", lambda tally: tally.retries),
    ("backoff_count", "Attempts that failed and were followed by another.", lambda tally: tally.backoffs),
)
_HISTOGRAMS: tuple[tuple[str, str, Callable[[_Tally], Times]], ...] = (
    ("provider_request_latency_ms", "Attempts, from sending to their end.", lambda tally: tally.latency),
    ("upstream_latency_ms", "Whole answers, from sending to the last token.", lambda tally: tally.upstream),
    ("sse_first_token_ms", "Streamed answers, from the call to the first token.", lambda tally: tally.first_token),
    ("stream_duration_ms", "Streamed answers, from the call to the last token.", lambda tally: tally.duration),
)


class CallTally:
    """Adds attempts up. The caller holds a lock."""

    def __init__(self) -> None:
        self._tallies: dict[_Key, _Tally] = {}

    def add(self, run: PromptRun) -> None:
        """Count an attempt that was sent."""
        key = (run.purpose.value, run.provider, run.model, run.rubric_version or "")
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= _MOST_SERIES:
                key = (key[0], _OTHER, _OTHER, _OTHER)
            tally = self._tallies.setdefault(key, _Tally())
        tally.add(run)

    def collect(self) -> Iterator[Metric]:
        """Everything, as Prometheus metrics."""
        tallies = self._tallies.items()
        for name, words, number in _COUNTERS:
            yield counter(name, words, LABELS, {key: number(tally) for key, tally in tallies})
        for name, words, times in _HISTOGRAMS:
            yield histogram(name, words, LABELS, {key: times(tally) for key, tally in tallies})
