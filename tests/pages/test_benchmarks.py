"""The Benchmarks screen: models by kinds of task, the measurement, the trend of a prompt, nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from evals.benchmarks_table import BenchmarkRun, benchmarks
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.plan import PlanRequest
from evals.prompt_trend import trend
from evals.results.benchmark_facts import LAYOUT, BenchmarkFacts, MeasuredVariant, Ruler
from evals.results.quantiles import Quantile
from evals.statistics import Interval, MeanInterval
from pages.view_models.benchmarks import heading, overview, points_of
from pages.view_models.prompt_trend import trend_view, trend_words
from pages.view_models.rulers import measured_with, measurements
from tests.conftest import PROJECT, make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version

START = datetime(2026, 11, 1, tzinfo=UTC)
FULL = Ruler("replies 1", "all", "quality 1", "q1", "judge/one")
QUICK = Ruler("replies 1", "twenty", "quality 1", "q1", "judge/one")


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.benchmarks import render

    workbench = running()
    assert workbench is not None
    render(workbench)


def measured(model: str, score: float | None, cost: str | None = "0.001", version: int | None = 1) -> MeasuredVariant:
    quality = (
        MeanInterval(None, None, None, None, 0, 0, "There is no value.")
        if score is None
        else MeanInterval(score, 0.1, Interval(score - 0.2, score + 0.2, 0.95), 1.0, 100, 100)
    )
    times = Quantile(800.0, Interval(700.0, 900.0, 0.95), 100)
    return MeasuredVariant(
        id=model,
        label=f"v{version} · {model}",
        model=model,
        topic_version=version,
        prompts="same",
        quality=quality,
        unscored=0,
        cost=None if cost is None else Decimal(cost),
        cost_interval=None if cost is None else Interval(float(cost) * 0.9, float(cost) * 1.1, 0.95),
        latency_p50=times,
        latency_p95=times,
        first_token_p50=times,
        first_token_p95=times,
    )


def run_of(day: int, *variants: MeasuredVariant, task: str = "next coach turn", ruler: Ruler = FULL) -> BenchmarkRun:
    facts = BenchmarkFacts(
        layout=LAYOUT,
        task=task,
        topic="core_values",
        replay="",
        suite="",
        ruler=ruler,
        minimum=1.0,
        maximum=10.0,
        items=240 if ruler is FULL else 20,
        stopped_early=False,
        simulated=False,
        variants=variants,
    )
    return BenchmarkRun(f"run-{day}", START + timedelta(days=day), facts)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path_factory.mktemp("home")))
    save_worse_version(built)
    both = ("simulated/coach-steady", "simulated/coach-novice")
    carry_out(built, planned(built, prompts=("v1",), models=both))
    carry_out(built, planned(built))
    carry_out(built, planned(built, dataset="safety", topic="", prompts=("published",), models=both, limit=6))
    yield built
    built.close()


def opened(workbench: Workbench, **query: str) -> AppTest:
    set_running(workbench)
    screen = AppTest.from_function(_screen, default_timeout=60)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def test_an_empty_screen_names_the_command_and_the_demo(tmp_path: Path) -> None:
    built = build_workbench(make_settings(tmp_path / "home"))
    screen = opened(built)
    assert "No benchmark yet" in shown(screen)
    assert screen.code[0].value == "python -m evals run --plan nightly.yaml"
    assert [button.label for button in screen.button] == ["Load the demo data"]
    built.close()


def test_every_figure_leads_to_its_run_and_safety_stands_apart(filled: Workbench) -> None:
    screen = opened(filled)
    assert not screen.exception
    text = shown(screen)
    assert text.count("compare?run=") >= 4
    assert "Simulated models" in text
    assert '<th class="n apart">Safety</th>' in text
    assert "Next coach turn" in text


def test_one_kind_of_task_can_be_held_against_time(filled: Workbench) -> None:
    screen = opened(filled, task="safety")
    assert screen.selectbox(key="benchmarks_task").value == "safety"
    screen.segmented_control(key="benchmarks_axis").set_value("latency").run()
    assert not screen.exception


def test_filters_can_leave_nothing(filled: Workbench) -> None:
    screen = opened(filled)
    screen.toggle(key="benchmarks_simulated").set_value(False).run()
    assert "No model matches. Clear a filter." in [caption.value for caption in screen.caption]


def test_the_trend_of_a_prompt_shows_its_versions(filled: Workbench) -> None:
    screen = opened(filled, view="trend", topic="core_values")
    assert not screen.exception
    text = shown(screen)
    assert "<b>v1</b>" in text
    assert "<b>v2</b>" in text
    assert "v2 scores" in screen.subheader[0].value


def test_a_topic_that_no_run_measured_says_so(filled: Workbench) -> None:
    assert "No version of this topic is measured yet" in shown(opened(filled, view="trend", topic="vision"))


def test_a_quick_run_does_not_push_a_whole_benchmark_aside() -> None:
    whole = run_of(1, measured("a/one", 7.0), measured("a/two", 6.0), measured("a/three", 5.0))
    quick = run_of(2, measured("a/one", 9.0), ruler=QUICK)
    found = measurements([whole, quick])["next coach turn"]
    assert [(one.items, one.models) for one in found] == [(240, 3), (20, 1)]
    table = benchmarks(measured_with([whole, quick], {"next coach turn": found[0]}))
    assert [cell.model for cell in table.tasks[0].cells] == ["a/one", "a/two", "a/three"]


def test_the_overview_knows_the_best_of_each_column_and_what_was_not_measured() -> None:
    runs = [
        run_of(1, measured("a/one", 7.0), measured("a/two", 6.0)),
        run_of(2, measured("a/two", 8.0), task="summary"),
        run_of(3, measured("a/one", 5.0), measured("a/two", 9.0), task="safety"),
    ]
    table = benchmarks(runs)
    seen = overview(table.tasks, table.safety, {"a/one": "One"})
    assert seen.tasks == ("Next coach turn", "Summary", "Safety")
    assert seen.has_safety
    cells = {model: cells for model, _, cells in seen.rows}
    assert cells["One"][1] is None
    assert [cell.best for cell in cells["One"] if cell] == [True, False]
    assert [cell.best for cell in cells["a/two"] if cell] == [False, False, True]


def test_an_unknown_cost_is_no_point_and_no_zero() -> None:
    table = benchmarks([run_of(1, measured("a/one", 7.0, cost=None), measured("a/two", 6.0))])
    assert [point.model for point in points_of(table.tasks[0], "cost", {})] == ["a/two"]
    assert [point.price for point in points_of(table.tasks[0], "latency", {})] == [0.8, 0.8]


def test_the_heading_does_not_claim_what_intervals_do_not_bear_out() -> None:
    near = benchmarks([run_of(1, measured("a/one", 7.0), measured("a/two", 6.9))]).tasks[0]
    far = benchmarks([run_of(1, measured("a/one", 9.0), measured("a/two", 6.0))]).tasks[0]
    assert heading(near, {}).endswith("not clearly")
    assert "is best" in heading(far, {})
    nothing = benchmarks([run_of(1, measured("a/one", None))]).tasks[0]
    assert heading(nothing, {}) == "Next coach turn: nothing is scored"


def test_a_trend_marks_where_the_ruler_changed() -> None:
    runs = [
        run_of(1, measured("a/one", 7.0, version=1)),
        run_of(2, measured("a/one", 8.0, version=2)),
        run_of(3, measured("a/one", 9.0, version=3), ruler=QUICK),
    ]
    view = trend_view(trend(runs, "core_values")[0], "One")
    assert [(mark.name, mark.changed) for mark in view.marks] == [("v1", ""), ("v2", ""), ("v3", "dataset")]
    assert (view.minimum, view.maximum) == (1.0, 10.0)
    assert "another dataset" in view.heading
    assert "(other dataset)" in trend_words(view)
    shorter = trend_view(trend(runs[:2], "core_values")[0], "One")
    assert shorter.heading == "v2 scores 8.00, +1.00 against v1"


def test_the_nightly_plan_in_the_docs_can_be_read_and_names_what_there_is(filled: Workbench) -> None:
    text = (PROJECT / "docs" / "prompt-engineers.md").read_text(encoding="utf-8")
    document = yaml.safe_load(text.split("```yaml")[1].split("```")[0])
    known = {info.name for info in filled.core.catalogue.models()}
    datasets = {info.name for info in filled.datasets.list()}
    assert {*document["models"], document["judge"]} <= known
    assert set(document["dataset"]) <= datasets
    for name in document["dataset"]:
        request = PlanRequest.model_validate(document | {"dataset": name})
        simulated = request.model_copy(update={"models": ("simulated/coach-steady",), "judge": "simulated/judge"})
        assert filled.plan(simulated).dataset.task
