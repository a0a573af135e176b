"""Runs over the wires of OpenAI and Anthropic in bad weather: nothing is lost, and no failure is a low score.

Reliability rows 13 and 18, and the pace under limits of calls at once and per second. Kills are in ``test_run_chaos``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.assembly import build_catalogue, build_providers, equip, loaded
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.settings import Settings
from evals.dataset import GoldenItem, Turn
from evals.judge_spec import JudgeKind, JudgeSpec, rubric_of_checks, rubric_of_labels
from evals.label import Label
from evals.plan import RunPlan
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.cell_accounting import CellLedger
from evals.running.events import Ended
from evals.running.folder import RunFolder, RunState
from evals.running.runner import Runner
from tests.conftest import PROJECT
from tests.evals.desk import Desk, carried_out
from tests.evals.making import make_plan
from tests.wire import Behaviour, Fault, FaultKind
from tests.wire.client import WireServer

pytest_plugins = ["tests.wire.fixtures"]

COACHES = ("openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5")
JUDGES = ("openai/gpt-4.1", "anthropic/claude-sonnet-4-5")
RATE_LIMITED = "RateLimitedError"


@dataclass
class Weather:
    """A run in a folder of its own, and the calls it took in the order of their ends."""

    wire: WireServer
    home: Path
    attempts: int = 4
    attempt_seconds: float = 30.0
    runs: list[PromptRun] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.wire.settings(
            workbench_home=self.home,
            datasets_dir=PROJECT / "datasets",
            database_url=None,
            model_attempts=self.attempts,
            model_attempt_seconds=self.attempt_seconds,
        )

    def plan(self, items: int, judges: tuple[JudgeSpec, ...] = (), **changes: Any) -> RunPlan:
        request = {"models": COACHES, "prompts": ("published",), "judge": JUDGES[0], "panel": (JUDGES[1],)}
        plan = make_plan(self.settings, reuse_replies=False, limit=1, **request | changes)
        made = tuple(_item(number) for number in range(items))
        dataset = plan.dataset.model_copy(update={"items": made})
        return plan.model_copy(update={"dataset": dataset, "judges": (*plan.judges, *judges)})

    def carry_out(self, plan: RunPlan, each: Callable[[PromptRun], None] = lambda _: None) -> tuple[Ended, RunResults]:
        folder = RunFolder(self.home / f"run {len(list(self.home.iterdir()))}" / plan.run_id)
        folder.create(plan)
        return asyncio.run(self._work(folder, each)), load_results(folder)

    def go_on(self, plan: RunPlan, failed_again: bool) -> tuple[Ended, RunResults]:
        """Another sitting of the run that was carried out last."""
        folder = self.folder(plan)
        return asyncio.run(self._work(folder, lambda _: None, failed_again)), load_results(folder)

    def folder(self, plan: RunPlan) -> RunFolder:
        """Of the run that was carried out last."""
        return RunFolder(max(self.home.iterdir(), key=lambda place: int(place.name.split()[-1])) / plan.run_id)

    async def _work(self, folder: RunFolder, each: Callable[[PromptRun], None], failed_again: bool = False) -> Ended:
        settings = self.settings
        catalogue, providers = build_catalogue(settings), build_providers(settings)
        ledger = CellLedger(CallJournal(folder.path))
        runner = Runner(
            folder, Gateway(equip(settings, catalogue, providers, ledger)), ledger, failed_again=failed_again
        )
        listen = ledger.on_record

        def heard(run: PromptRun) -> None:
            self.runs.append(run)
            listen(run)
            each(run)

        ledger.on_record = heard
        async with loaded(providers, [catalogue.info(model) for model in folder.plan().model_names]):
            return await runner.run()

    def share_refused(self, begin: float, end: float = 1.0) -> float:
        """The share of 429s in a part of the run, by the order in which calls ended."""
        part = self.runs[int(begin * len(self.runs)) : int(end * len(self.runs))]
        return sum(run.error == RATE_LIMITED for run in part) / len(part)


@pytest.fixture
def weather(wire: WireServer, tmp_path: Path) -> Weather:
    home = tmp_path / "home"
    home.mkdir()
    return Weather(wire, home)


def _item(number: int) -> GoldenItem:
    return GoldenItem(
        id=f"item-{number}",
        topic="core_values",
        parameters={"user_name": f"Person {number}"},
        conversation=(Turn(role="user", content=f"I am number {number}."),),
        must=("asks something",),
        must_not=("gives advice",),
        expected={"label": "a"},
    )


def all_kinds() -> tuple[JudgeSpec, ...]:
    """Beside the panel: checks, labels, and a pairwise judge."""
    labels = {"label": Label.model_validate({"kind": "choice", "values": ["a", "b", "c"]})}
    rubric = rubric_of_checks()
    return (
        JudgeSpec(id="checks", kind=JudgeKind.CHECKS, model=JUDGES[1], rubric=rubric),
        JudgeSpec(id="labels", kind=JudgeKind.LABELS, rubric=rubric_of_labels(labels, "labels"), labels=labels),
        JudgeSpec(id="pairs", kind=JudgeKind.PAIRWISE, model=JUDGES[0], rubric=rubric),
    )


def figures(results: RunResults) -> list[Any]:
    answers = [
        (answer.cell, answer.text, {name: (one.score, one.criteria) for name, one in answer.verdicts.items()})
        for answer in results.answers
    ]
    pairs = sorted((cell, one.judge, one.one, one.order, one.choice or "") for cell, one in results.preferences)
    return [answers, pairs]


def test_with_many_429s_and_500s_all_is_as_in_fair_weather(weather: Weather) -> None:
    weather.wire.configure(reply="digest")
    plan = weather.plan(12, all_kinds())
    _, fair = weather.carry_out(plan)
    faults = (Fault("status", 429), Fault("status", 429, retry_after=0), Fault("status", 500))
    weather.wire.configure(reply="digest", faults=faults, fault_rate=0.15, fault_seed=3)
    weather.wire.reset_meter()
    ended, foul = weather.carry_out(plan)
    assert (ended.state, ended.progress.failed_answers, ended.progress.unscored) == (RunState.FINISHED, 0, 0)
    assert figures(foul) == figures(fair)
    metered = weather.wire.meter()
    assert sum(call.status == "refused" for call in metered) > 10
    assert sum(call.status == "ok" for call in metered) == plan.calls
    assert sorted(run.id for run in foul.prompt_runs()) == sorted(call.call_id for call in metered)


@pytest.mark.parametrize("kind", ["hang", "cut", "abort", "close", "garbage_json", "no_usage"])
def test_half_an_answer_is_no_answer_and_no_score(weather: Weather, kind: FaultKind) -> None:
    weather.attempts, weather.attempt_seconds = 1, 0.4
    weather.wire.configure(reply="digest", faults=(Fault(kind),), fault_rate=0.4, fault_seed=1)
    ended, results = weather.carry_out(weather.plan(4, concurrency=4))
    assert ended.state is RunState.FINISHED
    ok = {run.id for run in results.prompt_runs() if run.status is RunStatus.OK}
    failed = [answer for answer in results.answers if answer.text is None]
    assert all(answer.reason and not answer.verdicts for answer in failed)
    verdicts = [verdict for answer in results.answers for verdict in answer.verdicts.values()]
    assert len(verdicts) == 2 * (len(results.answers) - len(failed))
    for verdict in verdicts:
        assert (verdict.score is None) == (not set(verdict.prompt_run_ids) & ok)
        assert verdict.score is not None or verdict.reason
    spoilt = [run for run in results.prompt_runs() if run.status is not RunStatus.OK]
    assert spoilt
    assert all(run.cost_usd is None and run.held_usd for run in spoilt)
    assert len(failed) + ended.progress.unscored == ended.progress.failed_answers + ended.progress.unscored > 0


def test_a_judge_that_talks_nonsense_is_asked_three_times_and_scores_nothing(weather: Weather) -> None:
    plan = weather.plan(2, tuple(judge for judge in all_kinds() if judge.kind is not JudgeKind.LABELS))
    folder = RunFolder(weather.home / plan.run_id)
    folder.create(plan)
    desk = Desk(lambda request: "Hm?" if request.context.purpose is Purpose.EVALUATION else "I give it a ten!")
    ended = carried_out(folder, desk)
    results = load_results(folder)
    verdicts = [verdict for answer in results.answers for verdict in answer.verdicts.values()]
    spoken = [*verdicts, *(preference for _, preference in results.preferences)]
    assert ended.progress.unscored == len(spoken) == 4 * 3 + 4
    assert all(one.attempts == 3 and "could not be read" in one.reason for one in spoken)
    assert (
        {verdict.score for verdict in verdicts}
        == {preference.choice for _, preference in results.preferences}
        == {None}
    )
    assert [row.status for row in results.rows()] == ["unscored"] * 4
    assert [variant.mean for variant in results.variants()] == [None, None]


@pytest.mark.parametrize("limit", [{"most_at_once": 10}, {"most_at_once": 4}, {"most_per_second": 60.0}])
def test_a_provider_with_a_limit_is_given_what_it_takes(weather: Weather, limit: dict[str, Any]) -> None:
    weather.wire.configure(reply="digest", latency_ms=30, **limit)
    plan = weather.plan(40, models=COACHES[:1], judge=JUDGES[0], panel=(), repeats=3, concurrency=40)
    ended, results = weather.carry_out(plan)
    assert (ended.state, ended.progress.failed_answers, ended.progress.unscored) == (RunState.FINISHED, 0, 0)
    assert len(results.answers) == 120
    assert weather.share_refused(0.0) > 0.05, "the limit was felt"
    assert weather.share_refused(0.6) < 0.1


def test_when_the_limit_is_lifted_the_run_goes_at_full_width_again(weather: Weather) -> None:
    wide = {"reply": "digest", "latency_ms": 30}
    weather.wire.configure(**wide, most_at_once=3)

    def lift(_: PromptRun) -> None:
        if sum(run.status is RunStatus.OK for run in weather.runs) == 80:
            weather.wire.configure(**wide)

    plan = weather.plan(120, models=COACHES[:1], judge=JUDGES[0], panel=(), repeats=5, concurrency=40)
    ended, _ = weather.carry_out(plan, lift)
    assert (ended.state, ended.progress.failed_answers) == (RunState.FINISHED, 0)
    assert weather.wire.counts().max_in_flight == 40


def test_a_limit_of_one_provider_does_not_narrow_the_other(weather: Weather) -> None:
    narrow = Behaviour(reply="digest", latency_ms=30, most_at_once=2, only_model="gpt-4.1-mini")
    weather.wire.configure(narrow)
    judge = {"judge": JUDGES[1], "panel": ()}
    ended, _ = weather.carry_out(weather.plan(60, **judge, concurrency=24))
    assert (ended.state, ended.progress.failed_answers) == (RunState.FINISHED, 0)
    assert {run.model for run in weather.runs if run.error == RATE_LIMITED} == {COACHES[0]}


def test_calls_wait_as_long_as_the_provider_asks(weather: Weather) -> None:
    weather.wire.configure(reply="digest", latency_ms=20, most_at_once=4, busy_retry_after=1)
    ended, _ = weather.carry_out(weather.plan(6, models=COACHES[:1], judge=JUDGES[0], panel=(), concurrency=12))
    assert (ended.state, ended.progress.failed_answers, ended.progress.unscored) == (RunState.FINISHED, 0, 0)
    again = [run for run in weather.runs if run.attempt > 1]
    assert again
    assert all(run.waited_ms >= 1000 * (run.attempt - 1) for run in again)
