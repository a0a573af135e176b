"""Runs that stop as soon as the difference is clear, from their journal to the sentence people read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coaching_core.errors import ProviderDownError
from coaching_core.llm.types import CompletionRequest, Purpose
from coaching_core.settings import Settings
from evals.comparing.compare import compare
from evals.dataset import GoldenItem
from evals.ingest import summarise
from evals.judge_spec import JudgeSpec
from evals.plan import RunPlan
from evals.results.reading import load_results
from evals.results.run_results import compare_runs
from evals.results.stopping_early import saved_by
from evals.results.table import read_table
from evals.running.folder import AddedJudges, RunFolder, RunState
from evals.running.journal import ANSWER, DECISION, read_journal
from evals.statistics import paired_difference
from tests.evals.desk import Desk, carried_out, scored, taken_up
from tests.evals.making import make_plan, make_runner

Make = Callable[..., RunFolder]
ITEMS = 80


def lower(plan: RunPlan, by: int = 3) -> Callable[[CompletionRequest], str]:
    """The second variant's answers score lower, now more, now less."""
    second = plan.variants[1].prompts["system"][:60]
    items = {item.conversation[-1].content: place for place, item in enumerate(plan.dataset.items)}

    def reply(request: CompletionRequest) -> str:
        if request.context.purpose is Purpose.EVALUATION:
            place = items[request.messages[-1].content]
            worse = request.messages[0].content.startswith(second) and request.context.prompt_version == 2
            return f"{'B' if worse else 'A'} {place}"
        arm, place = json.loads(request.messages[-1].content)["answer"].split()
        return scored(plan, 8 - (by + int(place) % 3 - 1 if arm == "B" else 0))

    return reply


@pytest.fixture
def stopping(make: Make) -> RunFolder:
    return make(limit=ITEMS, all_topics=True, stop_when_clear=True, concurrency=4)


def lines(folder: RunFolder, kind: str) -> list[int]:
    return [end for line, end in read_journal(folder.journal) if line.kind == kind]


def test_a_clear_difference_ends_the_run(stopping: RunFolder) -> None:
    plan = stopping.plan()
    desk = Desk(lower(plan))
    ended = carried_out(stopping, desk)
    assert ended.state is RunState.FINISHED
    results = load_results(stopping)
    decision = results.decision
    assert decision is not None
    assert ended.reason == f"Clear after {decision.items} of {ITEMS} items."
    assert decision.looks[0].clear == "worse"
    assert len(desk.asked) < plan.calls / 2
    assert len(lines(stopping, DECISION)) == 1


def test_the_comparison_is_that_of_the_look(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    results = load_results(stopping)
    comparison, decision = results.comparison(), results.decision
    assert comparison is not None
    assert decision is not None
    (look,) = decision.looks
    assert comparison.overall.interval == look.interval
    assert (comparison.overall.mean, comparison.overall.p_value) == (look.mean, look.p_value)
    assert comparison.overall.n == decision.items
    assert comparison.sentence.endswith(f"; stopped early after {decision.items} of {ITEMS} items.")
    assert any("at every look" in note for note in comparison.notes)
    rows = [row for row in results.rows() if row.item_id in decision.item_ids]
    first, second = (variant.id for variant in results.plan.variants)
    student = compare(rows, first, second, []).overall.interval
    assert student is not None
    assert look.interval is not None
    assert look.interval.low < student.low < student.high < look.interval.high


def test_the_table_says_the_same(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    whole = load_results(stopping).comparison()
    found = read_table(stopping).comparison()
    assert whole is not None
    assert found is not None
    assert found.sentence == whole.sentence
    assert found.overall.interval is not None
    assert whole.overall.interval is not None
    assert found.overall.interval.low == pytest.approx(whole.overall.interval.low)
    assert [part.adjusted_p for part in found.criteria] == pytest.approx([part.adjusted_p for part in whole.criteria])


def test_answers_that_come_home_late_count_in_nothing_but_the_money(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    results = load_results(stopping)
    comparison, decision = results.comparison(), results.decision
    assert comparison is not None
    assert decision is not None
    late = [answer for answer in results.answers if answer.cell.item not in decision.item_ids]
    assert late
    assert not comparison.left_out
    assert comparison.baseline.answers == decision.items
    assert sum(len(answer.prompt_runs) for answer in late) > 0


def test_what_was_saved_is_told(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    results = load_results(stopping)
    saved = saved_by(results)
    assert saved is not None
    assert saved.answers == 2 * ITEMS - len(results.answers)
    assert saved.calls == 2 * saved.answers
    assert saved.cost_usd is not None
    assert float(saved.cost_usd) == pytest.approx(0.02 * saved.answers, rel=0.1)
    figures = summarise(results)["decision"]
    assert figures["items"] == saved.items
    assert json.loads(json.dumps(figures))["sentence"] == saved.words


def test_unknown_costs_save_no_amount(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan()), cost=lambda number: None if number == 5 else "0.01"))
    saved = saved_by(load_results(stopping))
    assert saved is not None
    assert saved.cost_usd is None
    assert "$" not in saved.words


def test_a_run_that_never_was_clear_has_saved_nothing(make: Make) -> None:
    folder = make(limit=40, all_topics=True, stop_when_clear=True)
    plan = folder.plan()
    desk = Desk(lambda request: "A 1" if request.context.purpose is Purpose.EVALUATION else scored(plan))
    assert carried_out(folder, desk).state is RunState.FINISHED
    results = load_results(folder)
    assert len(desk.asked) == plan.calls
    assert results.decision is None
    assert saved_by(results) is None
    assert summarise(results)["decision"] is None


def test_a_run_that_looked_and_went_on_keeps_the_wider_interval(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=40, all_topics=True, stop_when_clear=True, independent_seeds=True)
    same = plan.variants[0].model_copy(update={"id": "again", "label": "again"})
    plan = plan.model_copy(update={"variants": (plan.variants[0], same)})
    folder = RunFolder(tmp_path / plan.run_id)
    folder.create(plan)
    asyncio.run(make_runner(folder, settings).run())
    results = load_results(folder)
    comparison = results.comparison()
    assert results.decision is None
    assert comparison is not None
    rows = {(row.item_id, row.variant): row for row in results.rows()}
    before, after = ([rows[item.id, v.id].score or 0.0 for item in plan.dataset.items] for v in plan.variants)
    student = paired_difference(after, before, [item.cluster for item in plan.dataset.items])
    assert student.interval is not None
    assert comparison.overall.interval is not None
    assert comparison.overall.interval.high - comparison.overall.interval.low > 1.3 * (
        student.interval.high - student.interval.low
    )
    assert "stopped early" not in comparison.sentence


def cut_before_the_decision(folder: RunFolder) -> None:
    raw = folder.journal.read_bytes().splitlines(keepends=True)
    kept = []
    for line in raw:
        if json.loads(line)["kind"] == DECISION:
            break
        kept.append(line)
    folder.journal.write_bytes(b"".join(kept))
    folder.write_status(RunState.RUNNING)


def test_killed_just_before_it_was_written_down_the_decision_is_made_again_without_a_call(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    before = load_results(stopping).decision
    cut_before_the_decision(stopping)
    desk = Desk(lower(stopping.plan()))
    ended = carried_out(stopping, desk)
    after = load_results(stopping).decision
    assert ended.state is RunState.FINISHED
    assert after == before
    assert len(lines(stopping, DECISION)) == 1
    counted = set(after.item_ids) if after else set()
    assert all(_item(request, stopping.plan()) in counted for request in desk.asked)


def test_killed_half_way_it_ends_where_it_would_have(make: Make, stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    whole = load_results(stopping).decision
    raw = stopping.journal.read_bytes().splitlines(keepends=True)
    stopping.journal.write_bytes(b"".join(raw[: len(raw) // 2]))
    stopping.write_status(RunState.RUNNING)
    carried_out(stopping, Desk(lower(stopping.plan())))
    assert load_results(stopping).decision == whole


def test_resumed_after_the_decision_nothing_is_asked(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    answers = len(lines(stopping, ANSWER))
    desk = Desk(lower(stopping.plan()))
    assert carried_out(stopping, desk).state is RunState.FINISHED
    assert desk.asked == []
    assert len(lines(stopping, ANSWER)) == answers


def test_a_panel_counts_the_same_after_a_kill(make: Make) -> None:
    folder = make(limit=ITEMS, all_topics=True, stop_when_clear=True, concurrency=4, panel=("simulated/judge-strict",))
    carried_out(folder, Desk(lower(folder.plan())))
    whole = load_results(folder).decision
    assert whole is not None
    raw = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(raw[: len(raw) // 2]))
    folder.write_status(RunState.RUNNING)
    carried_out(folder, Desk(lower(folder.plan())))
    assert load_results(folder).decision == whole


def test_judges_that_join_speak_of_the_items_that_count(stopping: RunFolder) -> None:
    carried_out(stopping, Desk(lower(stopping.plan())))
    results = load_results(stopping)
    assert results.decision is not None
    strict = JudgeSpec(id="strict", model="simulated/judge-strict", rubric=results.plan.rubric)
    stopping.add_judges(AddedJudges(judges=(strict,)))
    desk = Desk(lower(stopping.plan()))
    assert carried_out(stopping, desk).state is RunState.FINISHED
    assert len(desk.asked) == 2 * results.decision.items
    second = load_results(stopping).read_by("strict").comparison()
    assert second is not None
    assert second.overall.n == results.decision.items


def test_failures_are_pairs_left_out_and_no_low_scores(stopping: RunFolder) -> None:
    plan = stopping.plan()
    reply = lower(plan)
    failing = {item.id for item in plan.dataset.items[::4]}

    def now_and_then(request: CompletionRequest) -> str | Exception:
        if request.context.purpose is Purpose.EVALUATION and _item(request, plan) in failing:
            return ProviderDownError("down")
        return reply(request)

    carried_out(stopping, Desk(now_and_then))
    results = load_results(stopping)
    assert results.decision is not None
    (look,) = results.decision.looks
    assert look.n == len(set(results.decision.item_ids) - failing)
    assert look.mean == pytest.approx(-3, abs=0.3)


def test_somebody_who_stops_it_stops_it(stopping: RunFolder) -> None:
    plan = stopping.plan()
    desk = Desk(lower(plan, by=0))
    runner, go = taken_up(stopping, desk, lambda _: runner.stop() if len(desk.asked) > 40 else None)
    ended = go()
    assert ended.state is RunState.STOPPED
    assert load_results(stopping).decision is None


def test_two_runs_are_compared_by_what_holds_at_every_look(make: Make) -> None:
    looked = make(limit=ITEMS, all_topics=True, stop_when_clear=True, concurrency=4)
    carried_out(looked, Desk(lower(looked.plan())))
    other = make(limit=ITEMS, all_topics=True, prompts=("draft",))
    plan = other.plan()

    def scores(request: CompletionRequest) -> str:
        if request.context.purpose is Purpose.EVALUATION:
            return str(len(request.messages[-1].content) % 3)
        return scored(plan, 5 + int(json.loads(request.messages[-1].content)["answer"]))

    carried_out(other, Desk(scores))
    first, second = load_results(looked), load_results(other)
    found = compare_runs(first, second)
    assert first.decision is not None
    assert found.overall.n == first.decision.items
    assert any("at every look" in note for note in found.notes)


def _item(request: CompletionRequest, plan: RunPlan) -> str:
    said = {item.conversation[-1].content: item for item in plan.dataset.items}
    found: GoldenItem = said[
        request.messages[-1].content
        if request.context.purpose is Purpose.EVALUATION
        else json.loads(request.messages[-1].content)["conversation"][-1]["content"]
    ]
    return found.id


def test_what_is_asked_again_decides_nothing(stopping: RunFolder) -> None:
    plan = stopping.plan()
    mumbling = Desk(lambda request: "A 1" if request.context.purpose is Purpose.EVALUATION else "Hm.")
    assert carried_out(stopping, mumbling).progress.unscored == 2 * ITEMS
    sense = Desk(lambda request: scored(plan, 8 if request.context.prompt_version == 1 else 4))
    ended = taken_up(stopping, sense, failed_again=True)[1]()
    results = load_results(stopping)
    assert (ended.state, ended.progress.unscored, results.decision) == (RunState.FINISHED, 0, None)
    assert len(sense.asked) == 2 * ITEMS
    comparison = results.comparison()
    assert comparison is not None
    assert comparison.overall.mean == -4
    assert comparison.overall.n == ITEMS
