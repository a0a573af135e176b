"""``make chaos``: a provider goes down for a minute under fifty live streams; what people saw of it is counted.

Two local servers stand for two providers. The first one goes down, once by refusing (503), once by resetting every
connection, those with an answer under way included. Expected: people get the stand-in's answers, the breaker opens,
nothing is sent while it is open, it closes by itself, and fewer than 1 % of the turns fail for the person.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import sqlalchemy as sa

from benchmarks.outage_report import OutageRun, Sent, problems, report_lines
from benchmarks.outage_worker import PRIMARY, SeenBreaker, SeenTurn
from benchmarks.workplace import PROJECT, environment_of, settings_of, workplace
from coaching_core.bootstrap import build_services
from coaching_core.llm.tables import prompt_runs
from tests.wire import Behaviour, DownKind
from tests.wire.client import WireServer

_SPARE_SECONDS = 90.0
_USUAL = Behaviour(
    latency_ms=200,
    chunk_count=20,
    chunk_interval_ms=50,
    reply="You have said twice that you want to wait. What would be different if you did not? " * 3,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each part takes, seconds, and how many people talk."""

    users: int
    before: float
    outage: float
    after: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.before + self.outage + self.after


def main(arguments: Sequence[str]) -> int:
    """Carry it out; the exit code is 1 when people saw too much of it or the breaker did not keep its word."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--before-seconds", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the provider is down")
    parser.add_argument("--after-seconds", type=float, default=30.0)
    parser.add_argument("--kind", choices=get_args(DownKind), help="only this kind of outage")
    options = parser.parse_args(arguments)
    plan = Plan(options.users, options.before_seconds, options.seconds, options.after_seconds)
    found: list[str] = []
    for kind in (options.kind,) if options.kind else get_args(DownKind):
        run = _carry_out(plan, kind)
        wrong = problems(run)
        sys.stdout.write("\n".join((*_title(plan, kind), *report_lines(run), *_verdict(wrong), "")) + "\n")
        found += wrong
    return 1 if found else 0


def _title(plan: Plan, kind: str) -> tuple[str, ...]:
    how = {"status": "refuses with 503", "reset": "resets every connection, those with an answer under way as well"}
    return (f"{PRIMARY} {how[kind]}, for {plan.outage:g} s, under {plan.users} people who talk", "")


def _verdict(wrong: Sequence[str]) -> list[str]:
    return [f"WRONG: {what}" for what in wrong] or ["All as promised."]


def _carry_out(plan: Plan, kind: DownKind) -> OutageRun:
    with ExitStack() as stack:
        primary, stand_in = stack.enter_context(WireServer()), stack.enter_context(WireServer())
        home = stack.enter_context(workplace())
        for server in (primary, stand_in):
            server.configure(_USUAL)
        environment = environment_of(
            home,
            OPENAI_BASE_URL=primary.base_url,
            OPENAI_API_KEY="sk-outage",
            ANTHROPIC_BASE_URL=stand_in.url,
            ANTHROPIC_API_KEY="sk-outage",
            LOG_LEVEL="ERROR",
        )
        primary.reset_meter()
        seen, down_at, up_at = _people(plan, kind, primary, environment)
        return OutageRun(
            turns=tuple(SeenTurn(**turn) for turn in seen["turns"]),
            breaker=tuple(SeenBreaker(**change) for change in seen["breaker"]),
            sent=_sent(home, primary),
            down_at=down_at,
            up_at=up_at,
        )


def _people(
    plan: Plan, kind: DownKind, primary: WireServer, environment: dict[str, str]
) -> tuple[dict[str, Any], float, float]:
    """Let them talk, take the provider down and up again; what they saw, and when that was."""
    command = [sys.executable, "-m", "benchmarks.outage_worker", "--seconds", str(plan.seconds)]
    command += ["--users", str(plan.users)]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        guard = threading.Timer(plan.seconds + _SPARE_SECONDS, child.kill)
        guard.start()
        try:
            assert child.stdout is not None
            if not child.stdout.readline().startswith("begun"):
                raise RuntimeError("The people's process did not begin; its own message is above.")
            time.sleep(plan.before)
            down_at = time.time()
            primary.configure(_USUAL, down=True, down_kind=kind)
            time.sleep(plan.outage)
            primary.configure(_USUAL)
            up_at = time.time()
            seen: dict[str, Any] = json.loads(child.stdout.read())
        finally:
            guard.cancel()
            if sys.exc_info()[0] is not None:
                child.kill()
    return seen, down_at, up_at


def _sent(home: Path, primary: WireServer) -> tuple[Sent, ...]:
    """What arrived at the primary's server, with the time from our record of it."""
    services = build_services(settings_of(home))
    try:
        columns = (prompt_runs.c.id, prompt_runs.c.created_at, prompt_runs.c.latency_ms, prompt_runs.c.status)
        with services.database.read() as connection:
            rows = {row.id: row for row in connection.execute(sa.select(*columns))}
    finally:
        services.close()
    calls = primary.meter()
    lost = sum(call.call_id not in rows for call in calls)
    if lost:
        raise RuntimeError(f"{lost} calls have no record.")
    found = (rows[call.call_id] for call in calls)
    return tuple(Sent(row.created_at.timestamp(), row.latency_ms / 1000, row.status == "ok") for row in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
