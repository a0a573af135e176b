"""What this process has counted since its start, in Prometheus form; ``docs/metrics.md`` maps the names (ledger O3).

Labels name routes, models, versions: nothing that a person typed, and no ids of people, hashed or not.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.resilience import BreakerReport, BreakerState
from coaching_core.llm.types import RunStatus
from coaching_core.telemetry.call_tally import CallTally
from coaching_core.telemetry.tallies import QUICK_BUCKETS, Times, counter, histogram

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""What :meth:`Metrics.exposition` is."""

_MOST_SERIES = 1_000
_OTHER = "other"
_STATES = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
_Key = tuple[str, ...]


def _quick() -> Times:
    return Times(QUICK_BUCKETS)


class Metrics(Collector):
    """Adds up, from any thread, in about a microsecond; becomes Prometheus metrics when somebody looks.

    Args:
        breakers: How the breakers of the models stand, asked at each look.
    """

    def __init__(self, breakers: Callable[[], Sequence[BreakerReport]] = tuple) -> None:
        self.breakers = breakers
        self._lock = threading.Lock()
        self._calls = CallTally()
        self._requests: defaultdict[_Key, int] = defaultdict(int)
        self._request_errors: defaultdict[_Key, int] = defaultdict(int)
        self._request_times: defaultdict[_Key, Times] = defaultdict(_quick)
        self._slowed: defaultdict[_Key, int] = defaultdict(int)
        self._retrievals: defaultdict[_Key, int] = defaultdict(int)
        self._plain: defaultdict[str, float] = defaultdict(float)
        self._store_times, self._retrieval_times = _quick(), _quick()

    def on_call(self, run: PromptRun) -> None:
        """Count an attempt at a call; hears of every PromptRun."""
        with self._lock:
            if run.saved_usd is not None:
                self._plain["kept_replies"] += 1
                self._plain["saved_cents"] += float(run.saved_usd * 100)
            elif run.status is RunStatus.REFUSED:
                self._slowed["limit" if run.error == "LimitReachedError" else "refused", run.provider] += 1
            else:
                if run.error == "RateLimitedError":
                    self._slowed["provider", run.provider] += 1
                self._calls.add(run)

    def on_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request to the API. ``route`` is its pattern, never the path as it was typed."""
        with self._lock:
            self._requests[route, method, str(status)] += 1
            self._request_errors[route, method] += status >= 500
            self._request_times[route, method].add(seconds * 1000)

    def on_store(self, seconds: float, ok: bool) -> None:
        """Count a read or a transaction."""
        with self._lock:
            self._store_times.add(seconds * 1000)
            self._plain["store_errors"] += not ok

    def on_retrieval(self, topic: str, seconds: float, ok: bool) -> None:
        """Count a prompt read for use; an empty topic is one that is not there."""
        with self._lock:
            known = (topic,) in self._retrievals or len(self._retrievals) < _MOST_SERIES
            self._retrievals[topic if known else _OTHER,] += 1
            self._retrieval_times.add(seconds * 1000)
            self._plain["prompt_retrieval_errors"] += not ok

    def exposition(self) -> bytes:
        """Everything, as Prometheus reads it."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """One consistent look."""
        with self._lock:
            found = [*self._calls.collect(), *self._api(), *self._core()]
        yield from found
        yield from self._breakers()

    def _api(self) -> Iterator[Metric]:
        request = ("route", "method")
        yield counter("request_count", "Requests to the API.", (*request, "status"), self._requests)
        yield counter("request_errors", "Requests answered with 500 or more.", request, self._request_errors)
        yield histogram("request_latency_ms", "Requests, to the end of the answer.", request, self._request_times)

    def _core(self) -> Iterator[Metric]:
        kinds = ("kind", "provider")
        yield counter("rate_limit_events", "Calls slowed down by a provider or refused here.", kinds, self._slowed)
        yield histogram("store_latency_ms", "Reads and transactions.", (), {(): self._store_times})
        yield counter("prompt_retrieval_count", "Prompts read for use.", ("topic",), self._retrievals)
        yield histogram("prompt_retrieval_latency_ms", "Prompts read for use.", (), {(): self._retrieval_times})
        for name, words in (
            ("store_errors", "Reads and transactions that the store failed."),
            ("prompt_retrieval_errors", "Prompts that could not be read."),
            ("kept_replies", "Answers given again without asking a model."),
            ("saved_cents", "What answers given again did not cost, US cents."),
        ):
            yield counter(name, words, (), {(): self._plain[name]})

    def _breakers(self) -> Iterator[Metric]:
        state = GaugeMetricFamily("breaker_state", "0 closed, 1 half-open, 2 open.", labels=("model_id",))
        opened = CounterMetricFamily("breaker_opened", "How often it has opened.", labels=("model_id",))
        for report in self.breakers():
            state.add_metric((report.model,), _STATES[report.state])
            opened.add_metric((report.model,), report.opened)
        yield state
        yield opened
