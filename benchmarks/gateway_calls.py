"""The whole gateway with durable records against a local server: our CPU a call, throughput, time added to the first
piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measurement import Measurement
from benchmarks.workplace import environment_of, run_child, workplace
from tests.wire.client import WireServer

_REPLY = "What would be a good first step for you this week? " * 20
_LATENCY_MS = 50.0


def measure() -> Iterator[Measurement]:
    """Whole answers, 1,000 in flight, streams of 200 pieces, the first piece under 50 streams, LiteLLM beside it."""
    with WireServer() as server:
        yield from _whole(server)
        yield from _streams(server)
        yield from _first_piece(server)
        yield from _over_litellm(server)


def _whole(server: WireServer) -> Iterator[Measurement]:
    server.configure()
    few = _figures(server, "--calls", "6000", "--concurrency", "100")
    many = _figures(server, "--calls", "6000", "--concurrency", "1000")
    yield Measurement("gateway, whole answers, 100 at once: our CPU", _cpu_ms(few, 6000), "ms a call", 1.0)
    yield Measurement("gateway, whole answers, 100 at once", 6000 / few["seconds"], "calls/s", 800, more_is_better=True)
    ratio = few["seconds"] / many["seconds"]
    yield Measurement("gateway, throughput at 1,000 in flight ÷ at 100", ratio, "", 0.8, more_is_better=True)
    yield Measurement("gateway, 1,000 in flight: peak memory", many["peak_mb"], "MB")


def _streams(server: WireServer) -> Iterator[Measurement]:
    server.configure(reply=_REPLY, chunk_count=200)
    figures = _figures(server, "--kind", "stream", "--calls", "1500", "--concurrency", "100")
    yield Measurement("gateway, streams of 200 pieces: our CPU", _cpu_ms(figures, 1500), "ms a stream", 4.0)
    rate = 1500 / figures["seconds"]
    yield Measurement("gateway, streams of 200 pieces", rate, "replies/s", 200, more_is_better=True)


def _first_piece(server: WireServer) -> Iterator[Measurement]:
    """Fifty streams are open at any moment: each takes 2 s, and one begins every 40 ms."""
    server.configure(reply=_REPLY, chunk_count=40, latency_ms=_LATENCY_MS, chunk_interval_ms=50)
    figures = _figures(server, "--kind", "stream", "--calls", "250", "--every-ms", "40")
    firsts = figures["first_ms"]
    added = firsts[int(0.95 * len(firsts))] - _LATENCY_MS
    note = f"median {firsts[len(firsts) // 2] - _LATENCY_MS:.1f} ms"
    yield Measurement("gateway, 50 streams: added to the first piece, p95", added, "ms", 10.0, note=note)


def _over_litellm(server: WireServer) -> Iterator[Measurement]:
    server.configure()
    bare = _figures(server, "--kind", "litellm", "--calls", "1500", "--concurrency", "100", native=False)
    ours = _figures(server, "--calls", "1500", "--concurrency", "100", native=False)
    added = _cpu_ms(ours, 1500) - _cpu_ms(bare, 1500)
    note = f"LiteLLM itself takes {_cpu_ms(bare, 1500):.1f} ms"
    yield Measurement("gateway over LiteLLM: CPU beyond LiteLLM's own", added, "ms a call", 1.0, note=note)


def _figures(server: WireServer, *arguments: str, native: bool = True) -> dict[str, Any]:
    with workplace() as home:
        environment = environment_of(
            home, OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-bench", NATIVE_ADAPTERS=str(native)
        )
        figures: dict[str, Any] = json.loads(
            run_child(["-m", "benchmarks.gateway_worker", *arguments], environment).stdout
        )
    return figures


def _cpu_ms(figures: dict[str, Any], calls: int) -> float:
    return float(figures["cpu_seconds"]) / calls * 1000
