"""What failed of a run is asked again: only that, and afterwards all is as if nothing had failed."""

from __future__ import annotations

from typing import Any

import pytest

from coaching_core.llm.types import CompletionRequest, Purpose, RunStatus
from evals.judge_spec import JudgeKind
from evals.plan import RunPlan
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.results.table import TableReader
from evals.results.tail import JournalTail
from evals.running.folder import RunFolder, RunState
from evals.running.journal import read_journal
from tests.evals.desk import Desk, carried_out, scored, taken_up
from tests.evals.running.test_runner_faults import Weather, all_kinds, figures, weather
from tests.wire import Fault

__all__ = ["weather"]

pytest_plugins = ["tests.wire.fixtures"]


@pytest.fixture
def plan(weather: Weather) -> RunPlan:
    return weather.plan(8, all_kinds())


@pytest.fixture
def fair(weather: Weather, plan: RunPlan) -> list[Any]:
    weather.wire.configure(reply="digest")
    return figures(weather.carry_out(plan)[1])


def foul(weather: Weather, plan: RunPlan) -> RunResults:
    """A run of which much failed for good, and then the weather clears."""
    weather.wire.configure(reply="digest", faults=(Fault("status", 403),), fault_rate=0.3, fault_seed=2)
    ended, results = weather.carry_out(plan)
    assert ended.state is RunState.FINISHED
    assert ended.progress.failed_answers > 1
    assert ended.progress.unscored > 1
    weather.wire.configure(reply="digest")
    weather.wire.reset_meter()
    return results


def test_only_what_failed_is_asked_and_nothing_has_failed(weather: Weather, plan: RunPlan, fair: list[Any]) -> None:
    before = foul(weather, plan)
    tail = JournalTail(weather.folder(plan))
    tail.read_on()
    ended, results = weather.go_on(plan, failed_again=True)
    progress = ended.progress
    assert (ended.state, progress.failed_answers, progress.unscored) == (RunState.FINISHED, 0, 0)
    assert (progress.answers, progress.done, progress.done) == (16, 16, progress.cells)
    assert figures(results) == fair
    well = [run for run in before.prompt_runs() if run.status is RunStatus.OK]
    assert weather.wire.counts().calls == plan.calls - len(well) == progress.calls
    assert {run.id for run in before.prompt_runs()} < {run.id for run in results.prompt_runs()}
    tail.read_on()
    anew = JournalTail(weather.folder(plan))
    anew.read_on()
    assert tail.table().equals(anew.table())
    assert sorted(map(repr, tail.preferences)) == sorted(map(repr, anew.preferences))
    table = TableReader().read(weather.folder(plan))
    assert table.comparison().overall == results.comparison().overall  # type: ignore[union-attr]


def test_without_being_told_to_failures_are_final(weather: Weather, plan: RunPlan) -> None:
    before = foul(weather, plan)
    _, results = weather.go_on(plan, failed_again=False)
    assert figures(results) == figures(before)
    assert weather.wire.counts().calls == 0


def test_where_nothing_failed_nothing_is_asked(weather: Weather, plan: RunPlan, fair: list[Any]) -> None:
    weather.wire.configure(reply="digest")
    ended, results = weather.go_on(plan, failed_again=True)
    assert (ended.state, weather.wire.counts().calls, figures(results)) == (RunState.FINISHED, 0, fair)


def test_what_fails_again_can_be_asked_a_third_time(weather: Weather, plan: RunPlan, fair: list[Any]) -> None:
    foul(weather, plan)
    weather.wire.configure(reply="digest", faults=(Fault("status", 403),), fault_rate=0.5, fault_seed=9)
    ended, _ = weather.go_on(plan, failed_again=True)
    assert ended.progress.failed_answers + ended.progress.unscored > 0
    tail = JournalTail(weather.folder(plan))
    tail.read_on()
    weather.wire.configure(reply="digest")
    _, results = weather.go_on(plan, failed_again=True)
    assert figures(results) == fair
    tail.read_on()
    anew = JournalTail(weather.folder(plan))
    anew.read_on()
    assert tail.table().equals(anew.table())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_cut_off_while_it_asks_again_every_failure_stands_or_is_mended(
    weather: Weather, plan: RunPlan, fair: list[Any], share: float
) -> None:
    foul(weather, plan)
    journal = weather.folder(plan).journal
    begun = journal.stat().st_size
    weather.go_on(plan, failed_again=True)
    ends = [end for _, end in read_journal(journal) if end > begun]
    with journal.open("r+b") as stream:
        stream.truncate(ends[int(share * len(ends))] + 7)
    ended, half = weather.go_on(plan, failed_again=False)
    assert ended.state is RunState.FINISHED
    assert len(half.answers) == 16
    assert all(answer.text is None or len(answer.verdicts) == 4 for answer in half.answers)
    ended, results = weather.go_on(plan, failed_again=True)
    assert (ended.state, figures(results)) == (RunState.FINISHED, fair)


def test_stopped_before_it_could_ask_again_the_run_is_what_it_was(weather: Weather, plan: RunPlan) -> None:
    before = foul(weather, plan)
    journal = weather.folder(plan).journal.read_bytes()
    capped = plan.model_copy(update={"money_cap": before.cost})
    (weather.folder(plan).path / "plan.json").write_text(capped.model_dump_json(), encoding="utf-8")
    ended, results = weather.go_on(plan, failed_again=True)
    assert (ended.state, figures(results)) == (RunState.FINISHED, figures(before))
    assert weather.folder(plan).journal.read_bytes() == journal
    assert ended.progress.failed_answers == sum(answer.text is None for answer in before.answers)
    assert "money cap" in ended.reason


def test_what_a_failure_cost_is_the_runs_and_not_the_answers(weather: Weather, plan: RunPlan) -> None:
    before = foul(weather, plan)
    failed = {answer.cell: answer.prompt_runs for answer in before.answers if answer.text is None}
    _, results = weather.go_on(plan, failed_again=True)
    lost = {run.id for run in results.lost}
    for answer in results.answers:
        if answer.cell in failed:
            assert {run.id for run in failed[answer.cell]} <= lost
            assert not {run.id for run in answer.prompt_runs} & lost
    assert {run.id for run in before.prompt_runs()} < {run.id for run in results.prompt_runs()}


def test_a_judge_that_said_nothing_usable_is_asked_again_about_pairs_too(weather: Weather) -> None:
    plan = weather.plan(2, tuple(judge for judge in all_kinds() if judge.kind is JudgeKind.PAIRWISE))
    folder = RunFolder(weather.home / plan.run_id)
    folder.create(plan)
    talk = Desk(lambda request: "Hm?" if request.context.purpose is Purpose.EVALUATION else "I give it a ten!")
    ended = carried_out(folder, talk)
    spoken = 2 * 2 * 2 + 2 * 2
    assert ended.progress.unscored == spoken
    sense = Desk(lambda request: '{"winner": "first", "reason": "Warmer."}' if _is_pair(request) else scored(plan))
    _, work = taken_up(folder, sense, failed_again=True)
    ended = work()
    assert (ended.progress.unscored, ended.progress.verdicts, len(sense.asked)) == (0, spoken, spoken)
    assert not any(request.reuse_reply for request in sense.asked)
    results = load_results(folder)
    assert {preference.choice for _, preference in results.preferences} == {"one", "other"}
    assert len(results.preferences) == 4


def _is_pair(request: CompletionRequest) -> bool:
    return any("two replies of a coach" in message.content for message in request.messages)
