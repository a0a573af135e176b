"""The child process of the gateway benchmark: calls through the whole gateway, their cost as JSON on stdout.

``python -m benchmarks.gateway_worker`` reads OPENAI_BASE_URL, OPENAI_API_KEY, NATIVE_ADAPTERS and WORKBENCH_HOME.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from coaching_core.bootstrap import build_ledger
from coaching_core.llm.assembly import build_catalogue, build_providers, close_connections, equip, loaded
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from coaching_core.settings import Settings
from coaching_core.storage.database import open_database
from coaching_core.storage.writer import AppendQueue

MODEL = "openai/gpt-4.1-mini"
_WARM_CALLS = 20
Call = Callable[[int], Coroutine[None, None, float]]


def main() -> None:
    """Make the calls and print what they took."""
    parser = argparse.ArgumentParser(description="Calls through the gateway, timed.")
    parser.add_argument("--kind", choices=["complete", "stream", "litellm"], default="complete")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--every-ms", type=float, default=0.0, help="begin a call so often, not as fast as can be")
    parser.add_argument("--profile", type=Path, help="write a cProfile of the calls to this file")
    options = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(_measure(options))) + "\n")


async def _measure(options: argparse.Namespace) -> dict[str, object]:
    settings = Settings(_env_file=None)
    database = open_database(settings)
    appends = AppendQueue(database)
    ledger = build_ledger(settings, database, appends)
    catalogue, providers = build_catalogue(settings), build_providers(settings)
    gateway = Gateway(equip(settings, catalogue, providers, ledger))
    async with loaded(providers, [catalogue.info(MODEL)]):
        call = _bare_litellm(settings) if options.kind == "litellm" else _through(gateway, options.kind)
        await asyncio.gather(*(call(number) for number in range(_WARM_CALLS)))
        begun, cpu_at = time.perf_counter(), time.process_time()
        profiler = cProfile.Profile() if options.profile else None
        if profiler:
            profiler.enable()
        firsts = await _all(call, options)
        if profiler:
            profiler.disable()
            profiler.dump_stats(options.profile)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu_at
        await close_connections(providers)
    appends.close()
    ledger.close()
    database.close()
    return {
        "seconds": wall,
        "cpu_seconds": cpu,
        "first_ms": sorted(firsts),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def _all(call: Call, options: argparse.Namespace) -> list[float]:
    """Milliseconds to the first piece, or to the whole answer, of each call."""
    if options.every_ms:
        return await _in_step(call, options.calls, options.every_ms / 1000)
    numbers = iter(range(options.calls))

    async def work() -> list[float]:
        return [await call(number) for number in numbers]

    return [first for part in await asyncio.gather(*(work() for _ in range(options.concurrency))) for first in part]


async def _in_step(call: Call, calls: int, seconds: float) -> list[float]:
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[float]] = []
    begun = loop.time()
    for number in range(calls):
        await asyncio.sleep(max(0.0, begun + number * seconds - loop.time()))
        tasks.append(asyncio.create_task(call(number)))
    return list(await asyncio.gather(*tasks))


def _through(gateway: Gateway, kind: str) -> Call:
    async def complete(number: int) -> float:
        begun = time.perf_counter()
        await gateway.complete(_question(number))
        return (time.perf_counter() - begun) * 1000

    async def stream(number: int) -> float:
        begun, first = time.perf_counter(), 0.0
        async for _ in gateway.stream(_question(number)):
            first = first or time.perf_counter()
        return (first - begun) * 1000

    return stream if kind == "stream" else complete


def _bare_litellm(settings: Settings) -> Call:
    """What LiteLLM itself takes, with nothing of ours around it."""
    import litellm

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""

    async def complete(number: int) -> float:
        begun = time.perf_counter()
        await litellm.acompletion(
            model=MODEL,
            messages=[{"role": message.role, "content": message.content} for message in _question(number).messages],
            max_tokens=300,
            max_retries=0,
            api_key=key,
            api_base=settings.openai_base_url,
        )
        return (time.perf_counter() - begun) * 1000

    return complete


def _question(number: int) -> CompletionRequest:
    return CompletionRequest(
        model=MODEL,
        messages=(
            Message("system", "You are a coach. Ask one open question that begins with what or how."),
            Message("user", f"I keep putting off the talk with my team, and it is the {number}th week of that."),
        ),
        context=CallContext("bench", Purpose.CHAT, user_id=f"user-{number % 50}", session_id=f"session-{number}"),
        max_tokens=300,
    )


if __name__ == "__main__":
    main()
