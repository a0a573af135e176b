"""Home: what it says with nothing, with the demo, and with drafts that wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.prompts.models import VersionChange
from coaching_core.usage.models import NO_USAGE, Headline, Totals, UsageRow
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models.home import HomeFacts, loop_steps, next_steps, standings, title_facts
from pages.view_models.home_figures import figures, topic_lines
from tests.conftest import make_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _screen() -> None:
    from evals.current import running
    from pages.home import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def save_draft(workbench: Workbench, topic: str = "core_values") -> None:
    change = VersionChange(prompts={"system": "Ask one question."}, message="Shorter", author="tester")
    workbench.core.prompts.save_version(topic, 1, change)


def facts(workbench: Workbench, *runs: RunSummary, **changes: Any) -> HomeFacts:
    nothing = Totals(NO_USAGE, 0, None)
    known = HomeFacts(
        summaries=workbench.core.prompts.list_topics(),
        runs=runs,
        headline=Headline(nothing, nothing),
        days=(),
        tried=(),
        author="tester",
        now=NOW,
        zone=UTC,
    )
    return replace(known, **changes)


def run(verdict: str = "better", mean: float = 0.31, **changes: Any) -> RunSummary:
    """A finished run of core values v1 against v2."""
    side = {"cost_per_answer": "0.0041"}
    comparison = {
        "baseline": side | {"variant": "old"},
        "candidate": side | {"variant": "new"},
        "verdict": verdict,
        "overall": {"mean": mean, "interval": {"low": mean - 0.19, "high": mean + 0.19}, "n": 240},
        "better": 96,
        "worse": 41,
    }
    variants = ({"id": "old", "model": "m", "topic_version": 1}, {"id": "new", "model": "m", "topic_version": 2})
    means = [{"id": "old", "mean": 7.11, "cost_per_answer": "0.0041"}, {"id": "new", "mean": 7.42}]
    known = RunSummary(
        run_id="r1",
        tenant_id="local",
        folder=Path("r1"),
        status=RunState.FINISHED,
        topic_id="core_values",
        dataset="d 1",
        rubric="r 1",
        judge="j",
        variants=variants,
        simulated=True,
        items=240,
        calls_planned=960,
        answers_done=480,
        verdicts_done=480,
        failed=3,
        cost=Decimal("0.5"),
        summary={"variants": means, "comparison": comparison},
        created_at=NOW - timedelta(days=1),
        updated_at=NOW,
    )
    return replace(known, **changes)


def test_an_empty_workbench_explains_the_loop_and_offers_the_demo(workbench: Workbench) -> None:
    page = AppTest.from_function(_screen, default_timeout=60).run()
    assert not page.exception
    assert any("gets better in a loop" in element.proto.body for element in page.get("html"))
    assert [button.label for button in page.button] == ["Load the demo data"]


def test_the_demo_is_loaded_shown_as_demo_and_removed_again(workbench: Workbench) -> None:
    page = AppTest.from_function(_screen, default_timeout=100).run()
    page.button[0].click().run()
    assert not page.exception
    assert workbench.core.demo.is_loaded()
    assert any("Demo data" in element.proto.body for element in page.get("html"))
    assert [metric.value for metric in page.metric][1].startswith("$")
    page.get("button_group")[0].set_value("local").run()
    assert page.metric[1].value == "—"
    page.button(key="remove_demo").click().run()
    assert not workbench.core.demo.is_loaded()
    assert any("gets better in a loop" in element.proto.body for element in page.get("html"))


def test_a_draft_without_a_run_asks_for_one(workbench: Workbench) -> None:
    save_draft(workbench)
    page = AppTest.from_function(_screen, default_timeout=60).run()
    assert not page.exception
    assert page.button(key="step_0").label == "Plan run"
    known = facts(workbench)
    (step,) = next_steps(known, standings(known))
    assert (step.screen, step.query) == ("runs", {"topic": "core_values", "from": "1", "to": "2", "new": "1"})
    assert title_facts(known) == ["12 topics", "1 draft waiting"]


@pytest.mark.parametrize(
    ("verdict", "action", "tag"),
    [
        ("better", "Publish v2", "▲ Better"),
        ("worse", "Open diff", "▼ Worse"),
        ("unclear", "Plan run", "Unclear"),
        ("same", "Open diff", "Same"),
    ],
)
def test_a_draft_with_a_run_says_how_it_stands(workbench: Workbench, verdict: str, action: str, tag: str) -> None:
    save_draft(workbench)
    known = facts(workbench, run(verdict))
    (step,) = next_steps(known, standings(known))
    assert (step.action, step.tag) == (action, tag)
    assert step.text.startswith("+0.31 [+0.12, +0.50] against v1 on 240 items. Simulated models.")


def test_what_was_interrupted_comes_first(workbench: Workbench) -> None:
    save_draft(workbench)
    broken = run(run_id="r2", status=RunState.INTERRUPTED, answers_done=20, verdicts_done=19, summary={})
    known = facts(workbench, broken, run())
    steps = next_steps(known, standings(known))
    assert [(step.action, step.resume) for step in steps] == [("Resume run", "r2"), ("Publish v2", None)]
    assert steps[0].text == "Its process is gone. 39 of 960 calls are done and kept."


def test_the_loop_marks_where_something_waits(workbench: Workbench) -> None:
    known = facts(workbench)
    assert [step.now for step in loop_steps(known, ())] == [False] * 6
    save_draft(workbench)
    for runs, now in (((), "Score"), ((run(),), "Publish"), ((run("worse"),), None)):
        known = facts(workbench, *runs)
        steps = loop_steps(known, standings(known))
        assert next((step.title for step in steps if step.now), None) == now


def test_figures_compare_with_the_period_before_and_never_show_0_for_unknown(workbench: Workbench) -> None:
    nothing = figures(facts(workbench))
    assert [figure.value for figure in nothing] == ["—"] * 4
    assert [figure.delta for figure in nothing] == [None] * 4
    now = replace(NO_USAGE, calls=10, cost_known=Decimal("181.30"), unknown_cost_calls=2, ttft_p95=900.0)
    before = replace(NO_USAGE, calls=9, cost_known=Decimal("212.40"), ttft_p95=840.0)
    headline = Headline(Totals(now, 1, None), Totals(before, 1, None))
    earlier = run(run_id="r0", created_at=NOW - timedelta(days=20), failed=0)
    earlier.summary["variants"][0]["mean"] = 6.93
    known = facts(workbench, run(), earlier, headline=headline, days=(UsageRow("2026-11-20", now),))
    score, cost, ttft, failed = figures(known)
    assert (score.label, score.value, score.delta, score.colour) == (
        "Mean rubric score, Core values v1",
        "7.11",
        "+0.18",
        "normal",
    )
    assert (cost.label, cost.value, cost.delta, cost.colour) == (
        "Cost, 14 days, at least",
        "$181.30",
        "-$31.10",
        "inverse",
    )
    assert (ttft.value, ttft.delta, ttft.colour) == ("0.90 s", "+0.06 s", "inverse")
    assert (failed.value, failed.delta) == ("3 of 960", "+0.3 pp")


def test_topics_are_listed_by_their_latest_change(workbench: Workbench) -> None:
    save_draft(workbench, "vision")
    lines = topic_lines(facts(workbench, run(topic_id="purpose")))
    assert (lines[0].name, lines[0].published, lines[0].draft) == ("Vision", "v1", "v2")
    scored = {line.topic_id: (line.score, line.cost) for line in lines}
    assert scored["purpose"] == (7.11, 0.0041)
    assert scored["vision"] == (None, None)


def test_a_link_can_ask_for_the_demo(workbench: Workbench) -> None:
    workbench.core.demo.load(utc_now())
    page = AppTest.from_function(_screen, default_timeout=60)
    page.query_params["data"] = "demo"
    page.run()
    assert any("Demo data" in element.proto.body for element in page.get("html"))
    assert workbench.runs.list(tenant_id=DEMO_TENANT)
