"""What the means of saving save (ledger L8): 200 conversations replayed with and without each, against a local server
that meters tokens as the providers do.

The baseline is one large model, all of the history in every question, nothing cached and nothing kept. Every figure is
metered tokens times our price table, and is checked to be what our records say, to the last digit.

What the figures do not say. Quality: caching and kept replies leave every question and answer as it is; what a smaller
model makes of the background work is not measured, and no screen asks for such work yet: the calls are made as the
provider matrix would have them. OpenAI caches by itself, so its baseline is a price nobody pays. Each turn comes within
the five minutes that providers remember; the note says how many must, for the saving to reach its target. That an
evaluation is made twice is an assumption: its half is so by construction, and is part of "all together".
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.measurement import Measurement
from benchmarks.savings_replay import Bill, Replay
from benchmarks.savings_workload import conversations
from benchmarks.workplace import PROJECT, workplace
from tests.wire.client import AWS_ENVIRONMENT, WireServer

TARGET_PERCENT = 30.0
MODELS = {
    "Anthropic": ("anthropic/claude-sonnet-4-5", "anthropic/claude-haiku-4-5"),
    "OpenAI": ("openai/gpt-5.1", "openai/gpt-5-mini"),
    "Bedrock": ("bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/amazon.nova-pro-v1:0"),
}
"""A large and a small model of each provider."""

_SHOWN_TURNS = (1, 2, 4, 6)


@dataclass(frozen=True, slots=True)
class Saving:
    """The same work without and with a means, USD."""

    without: Decimal
    with_it: Decimal

    @property
    def percent(self) -> float:
        """How much less it costs."""
        return float((self.without - self.with_it) / self.without * 100)


def measure(count: int = 200) -> Iterator[Measurement]:
    """Each means apart, then all together, for each provider."""
    with WireServer() as server, workplace() as home, _environment(AWS_ENVIRONMENT):
        replay = Replay(server, home, conversations(PROJECT / "datasets", count))
        rows = []
        try:
            for provider, (large, small) in MODELS.items():
                rows += list(_provider(replay, provider, large, small))
        finally:
            replay.end()
        yield from rows


def _provider(replay: Replay, provider: str, large: str, small: str) -> Iterator[Measurement]:
    plain, cached = replay.chat(large, cached=False), replay.chat(large, cached=True)
    chat = Saving(plain.metered, cached.metered)
    background = Saving(replay.background(large).metered, replay.background(small).metered)
    judging = Saving(replay.judging(large, kept=False).metered, replay.judging(large, kept=True).metered)
    parts = (chat, background, judging)
    whole = Saving(sum((part.without for part in parts), Decimal(0)), sum((part.with_it for part in parts), Decimal(0)))
    names = f"{provider}, {large.rpartition('/')[2]}"
    yield _row(f"{names}: prompt caching, of the chats", chat, _caching_words(plain, cached))
    yield _row(
        f"{provider}: {small.rpartition('/')[2]} for background work",
        background,
        "quality not measured, no screen asks for it yet",
    )
    yield _row(f"{provider}: kept replies, of an evaluation made twice", judging, "half, by construction")
    yield _row(f"{provider}: all together", whole, "chats, background work, evaluation")


def _row(what: str, saving: Saving, note: str) -> Measurement:
    amounts = f"${saving.without:.2f} → ${saving.with_it:.2f}"
    what, note = f"savings, {what}", f"{amounts}; {note}"
    return Measurement(what, saving.percent, "%", TARGET_PERCENT, more_is_better=True, note=note)


def _caching_words(plain: Bill, cached: Bill) -> str:
    """What caching makes of conversations that end early, cost so far, and of people who take their time."""
    in_time, late = cached.metered, cached.metered_late
    wanted = plain.metered * (1 - Decimal(TARGET_PERCENT) / 100)
    share = float((late - wanted) / (late - in_time))
    words = [f"the target needs {share:.0%} of turns within 5 minutes" if share <= 1 else "below target"]
    for turns in _SHOWN_TURNS:
        before, after = (sum(bill.by_turn[turn] for turn in range(1, turns + 1)) for bill in (plain, cached))
        words.append(f"{turns} {'turn' if turns == 1 else 'turns'} {float((after / before - 1) * 100):+.0f} %")
    return ", ".join(words)


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """These variables in this process, for a while: where Bedrock's credentials are looked for."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
