"""The child process of the chaos run: calls through the whole gateway until it is done or killed.

``python -m benchmarks.chaos_worker --calls N`` prints a line for each call that was acknowledged: its number, and
``ok`` or the error's class.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from coaching_core.bootstrap import Services, build_services
from coaching_core.errors import ModelCallError
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from coaching_core.settings import Settings

MODELS = ("openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5")
_MAX_TOKENS = 200


def main() -> None:
    """Open the store as the product does, which settles what a killed process left, and make the calls."""
    parser = argparse.ArgumentParser(description="Calls in bad weather.")
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--concurrency", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first call")
    options = parser.parse_args()
    services = build_services(Settings(_env_file=None))
    try:
        services.model_loop.run(
            _call_all, services, range(options.first, options.first + options.calls), options.concurrency
        )
    finally:
        services.close()


async def _call_all(services: Services, calls: range, concurrency: int) -> None:
    numbers = iter(calls)

    async def work() -> None:
        for number in numbers:
            try:
                if number % 2:
                    await services.gateway.complete(_question(number))
                else:
                    async for _ in services.gateway.stream(_question(number)):
                        pass
                _say(number, "ok")
            except ModelCallError as error:
                _say(number, type(error).__name__)

    await asyncio.gather(*(work() for _ in range(concurrency)))


def _say(number: int, end: str) -> None:
    sys.stdout.write(f"{number} {end}\n")
    sys.stdout.flush()


def _question(number: int) -> CompletionRequest:
    return CompletionRequest(
        model=MODELS[number // 2 % len(MODELS)],
        messages=(
            Message("system", "You are a coach."),
            Message("user", f"This is call {number}. " * (1 + number % 7)),
        ),
        context=CallContext("chaos", Purpose.CHAT, user_id=f"user-{number % 50}"),
        max_tokens=_MAX_TOKENS,
    )


if __name__ == "__main__":
    main()
