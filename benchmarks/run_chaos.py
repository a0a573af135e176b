"""Evaluation runs in bad weather: 10 % 429s, 5 % 500s and ``kill -9`` at random points; what was lost is counted.

``python -m benchmarks.run_chaos --rounds 50``. Two local wires (OpenAI, Anthropic), a panel of two judges, checks,
labels and pairwise judges; every second round whole conversations with a coachee. Each run is killed, resumed, killed
again; then a judge is added with ``score`` and that is killed and resumed, too. Afterwards it must be as if nothing had
happened: see :mod:`benchmarks.run_chaos_verdict`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.run_chaos_verdict import Findings, problems, read_findings
from benchmarks.workplace import PROJECT, environment_of, workplace
from evals.running.folder import RunFolder
from tests.wire import Fault
from tests.wire.client import WireServer

FAULTS = (Fault("status", 429), Fault("status", 429, retry_after=0), Fault("status", 500))
FAULT_RATE = 0.15
CONCURRENCY = 12
_LONGEST_SECONDS = 120.0
_LABELS = "labels: {label: {kind: choice, values: [a, b, c]}}\n"
_MODELS = ("openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5")


@dataclass(frozen=True, slots=True)
class Work:
    """What a round does.

    Attributes:
        name: Of its dataset.
        options: Of ``run``, beside dataset and output.
        score: Of ``score``.
    """

    name: str
    options: tuple[str, ...]
    score: tuple[str, ...]


_JUDGES = ("--judge", "openai/gpt-4.1", "--panel", "anthropic/claude-sonnet-4-5")
_VARIANTS = ("--topic", "core_values", "--prompt", "published", "--prompt", "file:other.md", "--model", _MODELS[0])
WORKS = (
    Work(
        "replies",
        (*_VARIANTS, "--model", _MODELS[1], *_JUDGES),
        ("--judge", "anthropic/claude-haiku-4-5", "--method", "checks", "--method", "pairwise", "--method", "rubric"),
    ),
    Work(
        "dialogues",
        (*_VARIANTS, *_JUDGES, "--coachee", _MODELS[1], "--turns", "3"),
        ("--judge", "anthropic/claude-haiku-4-5", "--method", "conversation"),
    ),
)


@dataclass(slots=True)
class Round:
    """One run that was brought to its end against all odds.

    Attributes:
        kills: How often a process was killed while it worked.
        findings: What stands in its folder at the end.
        problems: What is not as promised.
    """

    work: Work
    kills: int
    findings: Findings
    problems: list[str] = field(default_factory=list)


class Arena:
    """A home, a wire server, and the commands that are called and killed in between.

    Args:
        server: Serves both wires.
        home: Of the store, datasets and runs.
        items: Of each dataset.
    """

    def __init__(self, server: WireServer, home: Path, items: int = 6) -> None:
        self._server = server
        self._home = home
        self._environment = environment_of(
            home,
            OPENAI_BASE_URL=server.base_url,
            OPENAI_API_KEY="sk-chaos",
            ANTHROPIC_BASE_URL=server.url,
            ANTHROPIC_API_KEY="sk-chaos",
            LOG_LEVEL="ERROR",
            DATASETS_DIR=str(PROJECT / "datasets"),
        )
        (home / "other.md").write_text("You coach {{user_name}}. Be brief.", encoding="utf-8")
        for work in WORKS:
            _write_dataset(home / work.name, items, with_persona=work.name == "dialogues")

    def undisturbed(self, work: Work) -> Findings:
        """The same work with no fault and no kill."""
        self._server.reset_meter()
        self._order(fault_rate=0.0)
        runs = self._home / f"undisturbed {work.name}"
        self._call(*self._run(work, runs))
        folder = _only(runs)
        self._call("score", folder.run_id, *work.score, "--out", str(runs))
        return read_findings(folder, self._server.meter(), self._home)

    def disturbed(self, work: Work, name: str, chance: random.Random, calls: int) -> Round:
        """Faults all the way, and up to three kills in the run and one in the scoring.

        Args:
            calls: About how many it takes when nothing goes wrong.
        """
        self._server.reset_meter()
        kills, runs = 0, self._home / name
        command = self._run(work, runs)
        for _ in range(chance.randint(1, 3)):
            kills += self._kill(chance, chance.randint(1, max(1, calls)), *command)
            if any(runs.glob("*/plan.json")):
                command = ["resume", _only(runs).run_id, "--out", str(runs)]
        self._finish(chance, *command)
        folder = _only(runs)
        score = ["score", folder.run_id, *work.score, "--out", str(runs)]
        before = len(folder.plan().judges)
        kills += self._kill(chance, chance.randint(1, max(1, calls // 4)), *score)
        joined = len(folder.plan().judges) > before
        self._finish(chance, *(["resume", folder.run_id, "--out", str(runs)] if joined else score))
        return Round(work, kills, read_findings(folder, self._server.meter(), self._home))

    def _run(self, work: Work, runs: Path) -> list[str]:
        dataset = self._home / work.name / "items.jsonl"
        return [
            *("run", "--dataset", str(dataset), *work.options, "--fresh", "--out", str(runs)),
            *("--concurrency", str(CONCURRENCY), "--seed", "5"),
        ]

    def _order(self, fault_rate: float = FAULT_RATE, seed: int = 0) -> None:
        faults = FAULTS if fault_rate else ()
        self._server.configure(
            latency_ms=15, reply="digest", faults=faults, fault_rate=fault_rate, fault_seed=seed, usage=None
        )

    def _call(self, *arguments: str) -> None:
        with self._start(*arguments) as process:
            _, said = process.communicate(timeout=_LONGEST_SECONDS)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments[:2])} ended with {process.returncode}: {said.strip()[-400:]}")

    def _finish(self, chance: random.Random, *arguments: str) -> None:
        self._order(seed=chance.randrange(1_000_000))
        self._call(*arguments)

    def _kill(self, chance: random.Random, calls: int, *arguments: str) -> int:
        """Kill a command after so many calls have arrived, or a moment later; 0 when it was done before."""
        self._order(seed=chance.randrange(1_000_000))
        moment = chance.choice((0.0, 0.005, 0.02, 0.2))
        with self._start(*arguments) as process:
            with suppress(OSError):
                while process.poll() is None and self._server.counts().calls < calls:
                    time.sleep(0.004)
            time.sleep(moment)
            killed = process.poll() is None
            process.kill()
            process.communicate()
        return int(killed)

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "evals", *arguments],
            cwd=self._home,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        guard = threading.Timer(_LONGEST_SECONDS, process.kill)
        guard.daemon = True
        guard.start()
        return process


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry it out; the exit code is 1 when anything was lost, twice, or other than undisturbed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run_chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--items", type=int, default=6)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args(arguments)
    with WireServer() as server, workplace() as home:
        begun = time.monotonic()
        arena = Arena(server, home, options.items)
        references = {work.name: arena.undisturbed(work) for work in WORKS}
        rounds = []
        for number in range(options.rounds):
            work, chance = WORKS[number % len(WORKS)], random.Random(f"{options.seed}/{number}")
            done = arena.disturbed(work, f"round {number}", chance, references[work.name].answered_calls)
            done.problems = problems(done.findings, references[work.name], done.kills * CONCURRENCY)
            rounds.append(done)
            _tell(number, done)
        seconds = time.monotonic() - begun
    _report(rounds, seconds)
    return 1 if any(done.problems for done in rounds) else 0


def _tell(number: int, done: Round) -> None:
    words = "; ".join(done.problems) or "as undisturbed"
    sys.stdout.write(f"round {number}, {done.work.name}: {done.kills} kill -9, {words}\n")
    sys.stdout.flush()


def _report(rounds: Sequence[Round], seconds: float) -> None:
    found = [done.findings for done in rounds]
    faults, calls = sum(one.refused for one in found), sum(one.arrived for one in found)
    again = [one.answered_calls - len(one.used_calls) for one in found]
    lines = [
        f"{len(rounds)} runs, {sum(done.kills for done in rounds)} kill -9, {calls:,} calls, "
        f"{faults:,} refused with 429 or 500 ({faults / max(1, calls):.1%}), {seconds:.0f} s",
        f"answered calls made again after a kill: {sum(again):,}, at most {max(again, default=0)} in one run "
        f"({CONCURRENCY} at once)",
        f"calls recorded as unknown because a kill cut them off: {sum(one.unknown for one in found):,}",
    ]
    wrong = [f"WRONG: round {number}: {text}" for number, done in enumerate(rounds) for text in done.problems]
    lines += wrong or ["Nothing lost, nothing twice, all as undisturbed."]
    sys.stdout.write("\n".join(lines) + "\n")


def _only(runs: Path) -> RunFolder:
    (plan,) = runs.glob("*/plan.json")
    return RunFolder(plan.parent)


def _write_dataset(folder: Path, items: int, with_persona: bool) -> None:
    folder.mkdir()
    methods = "[rubric, pairwise]" if with_persona else "[rubric, checks, labels, pairwise]"
    card = f"name: {folder.name}\nversion: 1\ntask: chaos\njudged_by: {methods}\n{'' if with_persona else _LABELS}"
    (folder / "card.yaml").write_text(card, encoding="utf-8")
    with (folder / "items.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(items):
            name = f"Person {number}"
            item: dict[str, object] = {
                "id": f"item-{number}",
                "topic": "core_values",
                "parameters": {"user_name": name},
                "conversation": [{"role": "user", "content": f"I am number {number} and I never have time."}],
            }
            if with_persona:
                item["persona"] = {"name": name, "description": "Always in a hurry.", "goal": "have more time"}
            else:
                item |= {"must": ["asks something"], "must_not": ["gives advice"], "expected": {"label": "a"}}
            stream.write(json.dumps(item) + "\n")


if __name__ == "__main__":
    sys.exit(main())
