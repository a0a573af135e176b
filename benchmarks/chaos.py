"""``make chaos``: thousands of calls, a tenth of them with a fault, two kill -9 in between; what was lost is counted.

A local server bills each call as a provider would. Afterwards every billed call must have exactly one record: settled
with the same tokens, or unknown with a bound at or above the bill. Prints what was injected and what was lost.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from benchmarks.workplace import PROJECT, environment_of, settings_of, workplace
from coaching_core.bootstrap import build_services
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import RunStatus, Usage
from tests.wire import Behaviour, Fault, MeteredCall
from tests.wire.client import WireServer

FAULTS = (
    Fault("status", 429, retry_after=1),
    Fault("status", 429, retry_after=1, retry_after_date=True),
    Fault("status", 429),
    Fault("status", 500),
    Fault("status", 529),
    Fault("hang"),
    Fault("hang", after_chunks=3),
    Fault("cut", after_chunks=3),
    Fault("abort", after_chunks=3),
    Fault("garbage", after_chunks=2),
)
_FAULT_RATE = 0.1
_ATTEMPT_SECONDS = "2"
_LONGEST_SECONDS = 900.0


@dataclass(slots=True)
class Verdict:
    """What became of the billed calls.

    Attributes:
        ends: How many calls the server saw end in which way, and how they are recorded.
        wrong: What must not be: lost, twice, too low; each with a few examples.
    """

    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def blame(self, what: str, call: MeteredCall) -> None:
        """Note a call that broke the promise."""
        self.wrong.setdefault(what, []).append(f"{call.call_id} {call.status} {call.input_tokens}+{call.output_tokens}")


def main(arguments: Sequence[str]) -> int:
    """Carry it out; the exit code is 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=200)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    with WireServer() as server, workplace() as home:
        server.configure(
            Behaviour(latency_ms=20, faults=FAULTS, fault_rate=_FAULT_RATE, fault_seed=options.seed, chunk_count=8)
        )
        server.reset_meter()
        begun = time.monotonic()
        acknowledged = _make_calls(server, home, options)
        seconds = time.monotonic() - begun
        verdict, recorded = _judge(home, server.meter())
    _report(verdict, recorded, acknowledged, seconds)
    return 1 if verdict.wrong else 0


def _make_calls(server: WireServer, home: Path, options: argparse.Namespace) -> Counter[str]:
    """Children one after the other; all but the last are killed when they have done their part."""
    environment = environment_of(
        home,
        OPENAI_BASE_URL=server.base_url,
        OPENAI_API_KEY="sk-chaos",
        ANTHROPIC_BASE_URL=server.url,
        ANTHROPIC_API_KEY="sk-chaos",
        MODEL_ATTEMPT_SECONDS=_ATTEMPT_SECONDS,
        LOG_LEVEL="ERROR",
    )
    acknowledged: Counter[str] = Counter()
    part = options.calls // (options.kills + 1)
    for number in range(options.kills + 1):
        last = number == options.kills
        calls = options.calls - part * options.kills if last else options.calls
        command = [sys.executable, "-m", "benchmarks.chaos_worker", "--calls", str(calls)]
        command += ["--concurrency", str(options.concurrency), "--first", str(number * options.calls)]
        with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as child:
            guard = threading.Timer(_LONGEST_SECONDS, child.kill)
            guard.start()
            assert child.stdout is not None
            for count, line in enumerate(child.stdout, 1):
                acknowledged[line.split()[1]] += 1
                if not last and count >= part:
                    child.kill()
                    break
            child.wait()
            guard.cancel()
        acknowledged["kill -9"] += not last
    return acknowledged


def _judge(home: Path, metered: Sequence[MeteredCall]) -> tuple[Verdict, int]:
    """Compare the server's bill with the store; opening it settles what the last kill left."""
    services = build_services(settings_of(home))
    try:
        with services.database.read() as connection:
            rows = connection.execute(sa.select(prompt_runs)).mappings().all()
        catalogue = services.catalogue
        verdict = Verdict()
        records: dict[str, list[Mapping[str, object]]] = {}
        for row in rows:
            records.setdefault(str(row["id"]), []).append(dict(row))
        for call in metered:
            _compare(call, records.get(call.call_id, []), catalogue, verdict)
        billed = {call.call_id for call in metered}
        for run_id, found in records.items():
            if run_id not in billed and found[0]["status"] == RunStatus.OK:
                verdict.wrong.setdefault("recorded as answered, never billed", []).append(run_id)
    finally:
        services.close()
    return verdict, len(rows)


def _compare(call: MeteredCall, found: Sequence[Mapping[str, object]], catalogue: Catalogue, verdict: Verdict) -> None:
    billed = call.input_tokens + call.output_tokens
    if len(found) != 1:
        verdict.ends[call.status, f"{len(found)} records"] += 1
        if found or billed:
            verdict.blame("twice" if found else "lost", call)
        return
    row = found[0]
    verdict.ends[call.status, _state(row)] += 1
    if row["status"] == RunStatus.OK:
        if (row["input_tokens"], row["output_tokens"]) != (call.input_tokens, call.output_tokens):
            verdict.blame("other tokens than billed", call)
        return
    cost = catalogue.cost(str(row["model"]), Usage(call.input_tokens, call.output_tokens, call.cached_tokens))
    if row["cost_usd"] is None:
        enough = isinstance(row["held_tokens"], int) and row["held_tokens"] >= billed
        paid = isinstance(row["held_usd"], Decimal) and cost is not None and row["held_usd"] >= cost
        if not (enough and paid):
            verdict.blame("bound below the bill", call)
    elif billed:
        verdict.blame("recorded as free, but billed", call)


def _state(row: Mapping[str, object]) -> str:
    if row["status"] == RunStatus.OK:
        return "settled"
    return f"{row['status']}, " + ("cost unknown, bound kept" if row["cost_usd"] is None else "not billed")


def _report(verdict: Verdict, recorded: int, acknowledged: Counter[str], seconds: float) -> None:
    lines = [f"{'how the provider saw it end':<28}{'how it is recorded':<44}{'calls':>8}"]
    lines += [f"{end:<28}{state:<44}{count:>8,}" for (end, state), count in sorted(verdict.ends.items())]
    answered = acknowledged.pop("ok", 0)
    kills = acknowledged.pop("kill -9", 0)
    failed = sum(acknowledged.values())
    share = failed / max(1, failed + answered)
    lines += [
        "",
        f"{answered:,} calls answered, {failed:,} failed for their caller ({share:.2%}), {kills} kill -9, "
        f"{recorded:,} records, {seconds:.0f} s",
    ]
    lines += [f"  {name}: {count}" for name, count in acknowledged.most_common()]
    if verdict.wrong:
        lines += [f"WRONG: {what}: {len(calls)}, such as {calls[:3]}" for what, calls in verdict.wrong.items()]
    else:
        lines.append("Nothing lost, nothing twice, nothing too low.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
