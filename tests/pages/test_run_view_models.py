"""What the Runs screen thinks: progress, plans, findings, items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evals.bootstrap import Workbench, build_workbench
from evals.planner import estimate
from evals.results.table import ResultTable, read_table
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.components.difference_chart import alt_text
from pages.components.score_table import change_tag, score_table
from pages.view_models import words
from pages.view_models.compare import Choice, Compared, compare_within
from pages.view_models.opened_item import ReadSide, open_item
from pages.view_models.run_findings import Difference, Findings, verdict_html
from pages.view_models.run_items import Show, Wanted
from pages.view_models.run_list import compared, difference_text
from pages.view_models.run_plan import StartGuard, plan_figures, start_versions, version_label
from pages.view_models.run_progress import (
    Asked,
    Failures,
    Moment,
    PendingAction,
    Sample,
    failures_words,
    live_figures,
    speed_words,
    stand,
    time_left_words,
    with_sample,
)
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version

NOW = Moment(now=100.0, age=1.0)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path_factory.mktemp("home")))
    save_worse_version(built)
    yield built
    built.close()


@pytest.fixture(scope="module")
def table(workbench: Workbench) -> ResultTable:
    return read_table(carry_out(workbench, planned(workbench)))


def summary_of(**changes: Any) -> RunSummary:
    values: dict[str, Any] = {
        "run_id": "r1",
        "tenant_id": "local",
        "folder": Path("r1"),
        "status": RunState.RUNNING,
        "topic_id": "core_values",
        "dataset": "coaching_reply 1",
        "rubric": "coaching_quality 1",
        "judge": "simulated/judge",
        "variants": (),
        "simulated": True,
        "items": 60,
        "calls_planned": 240,
        "answers_done": 50,
        "verdicts_done": 40,
        "failed": 3,
        "cost": Decimal("0.5"),
        "summary": {},
        "created_at": datetime(2026, 11, 20, tzinfo=UTC),
        "updated_at": datetime(2026, 11, 20, tzinfo=UTC),
    }
    return RunSummary(**(values | changes))


def test_failed_answers_count_as_done_and_failed_judgements_do_not_count_twice() -> None:
    figures = live_figures(summary_of(), Failures(answers=2, judgements=1), ())
    assert (figures.done, figures.total) == (42, 120)
    assert figures.per_minute is None
    assert figures.seconds_left is None


def test_speed_is_that_of_the_last_seconds() -> None:
    samples: tuple[Sample, ...] = ()
    for second in range(60):
        samples = with_sample(samples, Sample("r1", float(second), 0 if second < 30 else (second - 29) * 2))
    assert samples[-1].at - samples[0].at <= 30
    figures = live_figures(summary_of(verdicts_done=60), Failures(), samples)
    assert figures.per_minute == pytest.approx(120)
    assert figures.seconds_left == pytest.approx(30)


def test_samples_of_another_run_or_from_before_a_step_back_are_dropped() -> None:
    samples = (Sample("other", 1.0, 5), Sample("r1", 2.0, 50))
    assert with_sample(samples, Sample("r1", 3.0, 10)) == (Sample("r1", 3.0, 10),)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "—"), (1, "5 s"), (23, "25 s"), (61, "2 min"), (3600, "1 h 0 min"), (7900, "2 h 12 min")],
)
def test_time_left_is_no_more_exact_than_it_can_be(seconds: float | None, told: str) -> None:
    assert time_left_words(seconds) == told


def test_unknown_speed_is_a_dash() -> None:
    assert speed_words(None) == "—"
    assert speed_words(1234.4) == f"{words.count(1234)} / min"


@pytest.mark.parametrize(
    ("state", "asked", "age", "word", "live"),
    [
        (RunState.RUNNING, None, 1, "Running", True),
        (RunState.RUNNING, Asked.STOP, 1, "Stopping", True),
        (RunState.STOPPED, Asked.STOP, 1, "Stopped", False),
        (RunState.INTERRUPTED, Asked.RESUME, 99, "Starting again", True),
        (RunState.RUNNING, Asked.RESUME, 1, "Running", True),
        (RunState.FINISHED, Asked.RESUME, 1, "Finished", False),
        (RunState.WAITING, None, 1, "Waiting to start", True),
        (RunState.WAITING, None, 99, "Interrupted", False),
    ],
)
def test_what_was_asked_shows_until_it_happened(
    state: RunState, asked: Asked | None, age: float, word: str, live: bool
) -> None:
    pending = PendingAction("r1", asked, 95.0) if asked else None
    found = stand("r1", state, pending, Moment(100.0, age))
    assert (found.word, found.live) == (word, live)


def test_a_resume_that_never_starts_is_given_up_and_that_of_another_run_is_not_ours() -> None:
    old = PendingAction("r1", Asked.RESUME, 10.0)
    assert not stand("r1", RunState.INTERRUPTED, old, NOW).live
    assert not stand("r2", RunState.STOPPED, PendingAction("r1", Asked.RESUME, 99.0), NOW).live


def test_a_second_click_starts_nothing() -> None:
    guard, started = StartGuard(), []

    def start() -> str:
        started.append("run")
        return f"run-{len(started)}"

    assert [guard.once(start), guard.once(start)] == ["run-1", "run-1"]


def test_the_plan_begins_with_the_published_version_and_the_draft(workbench: Workbench) -> None:
    topic = workbench.core.prompts.topic("core_values")
    assert start_versions(topic, [2, 1]) == (1, (2,))
    assert start_versions(topic, [2, 1], [2, 1]) == (2, (1,))
    assert start_versions(topic, [2, 1], [9]) == (1, (2,))
    published = topic.model_copy(update={"published_version": 2})
    assert start_versions(published, [2, 1]) == (2, ())
    labels = [version_label(version, topic) for version in workbench.core.prompts.versions("core_values")]
    assert labels == ["v2 draft — No open questions", "v1 published — First version"]


def test_the_plan_begins_with_one_sentence_and_says_what_it_rests_on(workbench: Workbench) -> None:
    plan = planned(workbench, repeats=2)
    figures = plan_figures(estimate(plan, (), lambda model, usage: Decimal("0.01")))
    assert figures.sentence.startswith("This run could detect a difference of 0.97 or more; about $0.960 [")
    assert ("Items", "12, 2 times each") in figures.facts
    assert ("Calls, answers and verdicts", "96") in figures.facts
    assert any("assumed" in note for note in figures.notes)
    assert figures.compares
    assert not figures.has_wins


def test_an_unknown_price_is_named_with_what_is_known(workbench: Workbench) -> None:
    found = estimate(planned(workbench), (), lambda model, usage: None if "judge" in model else Decimal("0.1"))
    figures = plan_figures(found)
    assert "the price of simulated/judge is unknown, so at least $2.40" in figures.sentence
    assert figures.rows[0].cost == "≥ $2.40"


def test_the_rows_say_which_are_planned_and_which_are_not_there(workbench: Workbench) -> None:
    plan, whole = planned(workbench), planned(workbench, limit=None)
    figures = plan_figures(estimate(plan, (), lambda model, usage: Decimal(1), whole.dataset.items))
    marks = [(row.items, row.mark) for row in figures.rows]
    assert marks == [("12", "planned"), ("60", "all there are"), ("120", "not there yet"), ("240", "not there yet")]
    assert figures.notes[0] == "The estimate is above the money cap: the run would stop before its end."


def within(table: ResultTable, **choice: str) -> Compared:
    return compare_within(table, Choice(table.plan.run_id, **choice))


def findings_in(found: Compared) -> Findings:
    assert found.findings is not None
    return found.findings


def test_the_verdict_colours_its_figure_and_escapes_the_rest(table: ResultTable) -> None:
    findings = findings_in(within(table))
    assert '<span class="down">' in verdict_html(findings)
    hostile = replace(findings, comparison=replace(findings.comparison, sentence="<b>v2</b> scores 0.31 points lower."))
    assert verdict_html(hostile).startswith("&lt;b&gt;v2&lt;/b&gt; scores <span")


def test_swapping_the_sides_turns_the_finding_round(table: ResultTable) -> None:
    baseline, candidate = (variant.id for variant in table.plan.variants)
    there = findings_in(within(table))
    back = findings_in(within(table, baseline=candidate, candidate=baseline))
    assert (there.verdict, back.verdict) == ("worse", "better")
    assert there.differences[0].mean == pytest.approx(-(back.differences[0].mean or 0.0))


def test_the_chart_is_told_in_words(table: ResultTable) -> None:
    told = alt_text(findings_in(within(table)).differences, "v1", "v2")
    assert told.startswith("Difference in points, v2 minus v1. Overall −")
    assert "▼ worse" in told


def test_what_rounds_to_nothing_has_no_sign() -> None:
    row = Difference("Warmth", -0.001, -0.004, 0.2, 9, "unclear")
    assert row.figures == "0.00 [0.00, +0.20]"
    assert Difference("Warmth", None, None, None, 0, "unclear", "No pair.").figures == "—"


def test_items_are_worst_first_and_better_first(table: ResultTable) -> None:
    view = within(table).view
    worst = [row.difference or 0.0 for row in view.page(Wanted(Show.WORSE, {}).query(0, False)).rows]
    assert worst
    assert worst == sorted(worst)
    turned = within(table, baseline=table.plan.variants[1].id).view
    best = [row.difference or 0.0 for row in turned.page(Wanted(Show.BETTER, {}).query(0, False)).rows]
    assert best == [-change for change in worst]


def test_an_opened_item_has_the_largest_loss_on_top(table: ResultTable) -> None:
    found = within(table)
    worst = found.view.page(Wanted(Show.WORSE, {}).query(0, False)).rows[0]
    reading = table.item(worst.item_id)
    before = ReadSide(reading, found.baseline or "", "v1", found.panel)
    opened = open_item(before, ReadSide(reading, found.candidate, "v2", found.panel), table.plan)
    changes = [row.change for row in opened.rows if row.change is not None]
    assert changes == sorted(changes)
    assert opened.rows[0].criterion == "Open questions"
    assert opened.change == pytest.approx(worst.difference)


def test_an_item_without_an_answer_yet_says_so(table: ResultTable) -> None:
    reading = table.item(table.columns.item.values[0])
    begun = replace(reading, answers=())
    side = ReadSide(begun, table.plan.variants[0].id, "v1", table.panel)
    opened = open_item(None, side, table.plan)
    assert opened.after.reason == "There is no answer yet."
    assert {row.after.score_words for row in opened.rows} == {"—"}
    assert "There is no answer yet." in score_table(opened.before, opened.after, opened.rows)


@given(some.floats(-9, 9))
def test_a_change_tag_always_has_sign_and_word(change: float) -> None:
    tag = change_tag(change)
    if round(change, 1) == 0:
        assert tag == ""
    else:
        assert ("better" if change > 0 else "worse") in tag
        assert ("+" if change > 0 else "−") in tag


def test_the_list_names_what_was_compared() -> None:
    assert compared([{"label": "v1"}]) == "v1"
    assert compared([{"label": "v1"}, {"label": "v2"}]) == "v2 against v1"
    assert compared([{"label": f"v{n}"} for n in range(1, 6)]) == "v2 and 3 others against v1"
    assert difference_text({}) == "—"
    assert difference_text({"comparison": None}) == "—"


def test_what_failed_in_words() -> None:
    assert failures_words(Failures(3, 1)) == "3 answers and 1 judgement failed."
    assert failures_words(Failures(0, 2)) == "2 judgements failed."
    assert failures_words(Failures()) == ""
    assert failures_words(Failures(0, 4, of_programs=4)) == ""
