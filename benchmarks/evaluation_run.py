"""An evaluation run over LiteLLM against a local server: how much longer than the models themselves take."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.measurement import Measurement
from benchmarks.workplace import environment_of, run_child, workplace
from tests.wire.client import WireServer

CONCURRENCY = 100


def measure() -> Iterator[Measurement]:
    """1,000 answers and 1,000 verdicts, 100 at a time, with a model that takes 1 s and one that takes 50 ms."""
    with WireServer() as server:
        yield from _run(server, latency_seconds=1.0, target=1.25)
        yield from _run(server, latency_seconds=0.05, target=None)


def _run(server: WireServer, latency_seconds: float, target: float | None) -> Iterator[Measurement]:
    server.configure(latency_ms=latency_seconds * 1000)
    with workplace() as home:
        environment = environment_of(home, OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-bench")
        arguments = ["-m", "benchmarks.evaluation_worker", "--concurrency", str(CONCURRENCY)]
        figures = json.loads(run_child(arguments, environment).stdout)
    seen = server.counts()
    calls = int(figures["calls"])
    ideal = calls / CONCURRENCY * latency_seconds
    name = f"run, {calls:,} calls of {latency_seconds:g} s, {CONCURRENCY} at once"
    note = f"{figures['seconds']:.1f} s for {ideal:g} s of models; most in flight {seen.max_in_flight}"
    if seen.calls != calls or figures["failed"]:
        note += f"; {seen.calls} calls arrived, {figures['failed']:g} failed"
    yield Measurement(f"{name}: wall ÷ ideal", figures["seconds"] / ideal, "", target, note=note)
    yield Measurement(f"{name}: our CPU per call", figures["cpu_seconds"] / calls * 1000, "ms")
    if target is not None:
        yield Measurement(f"{name}: peak memory", figures["peak_mb"], "MB")
        yield Measurement("import of LiteLLM, apart from that", figures["import_seconds"], "s")
