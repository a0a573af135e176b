"""Benchmarks over runs: only like is held against like, what is unknown stays unknown, and nothing is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.benchmarks_table import BenchmarkRun, benchmarks, pareto_front
from evals.prompt_trend import trend
from evals.results.benchmark_facts import BenchmarkFacts, benchmark_facts
from evals.stopping.sequential import Decision
from tests.evals.result_making import CHECKS_JUDGE, NOW, RUBRIC, item, plan_of, scored


def facts(*columns: Sequence[float | None], cost: str | None = "0.001", **changes: Any) -> BenchmarkFacts:
    dataset = {"name": "replies", "version": "1", "content_hash": "a3f9", "task": "reply"}
    dataset |= changes.pop("dataset", {})
    items = [item(number) for number in range(len(columns[0]))]
    plan = plan_of(items, variants=len(columns), dataset=dataset | {"items": items}, **changes)
    return benchmark_facts(scored(plan, *columns, cost=None if cost is None else Decimal(cost)))


def run(name: str, found: BenchmarkFacts | None, day: int = 0, reason: str = "") -> BenchmarkRun:
    return BenchmarkRun(name, NOW + timedelta(days=day), found, reason)


def test_models_by_task_best_first() -> None:
    table = benchmarks([run("a", facts([5, 6, 7], [8, 9, 10]))])
    (task,) = table.tasks
    assert (task.task, task.ruler.dataset, task.ruler.rubric, task.same_prompts) == (
        "reply",
        "replies 1",
        "coaching_quality 1",
        True,
    )
    first, second = task.cells
    assert (first.model, first.prompt, first.run_id, first.n) == ("simulated/m2", "version 2", "a", 3)
    assert first.quality == pytest.approx(100 * 8 / 9)
    assert second.quality == pytest.approx(100 * 5 / 9)
    assert first.interval is not None
    assert second.interval is not None
    assert first.interval.high == 100
    assert (first.cost, first.latency_p50.value, first.first_token_p50.value) == (Decimal("0.001"), 840, 120)
    assert (first.simulated, table.safety, table.left_out) == (True, None, ())


def test_the_newest_run_gives_a_models_figures_and_the_ruler() -> None:
    old = run("old", facts([5, 6, 7], [8, 9, 10]))
    new = run("new", facts([9, 9, 9]), day=1)
    (task,) = benchmarks([old, new]).tasks
    assert [(cell.model, cell.run_id, cell.age) for cell in task.cells] == [
        ("simulated/m1", "new", 0),
        ("simulated/m2", "old", 1),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset": {"content_hash": "b"}}, "Another dataset than the newest run of reply."),
        (
            {"judges": [{"id": "x", "model": "x", "rubric": RUBRIC.model_dump()}]},
            "Another judge than the newest run of reply.",
        ),
        ({"judges": [CHECKS_JUDGE]}, "Another rubric than the newest run of reply."),
    ],
)
def test_another_ruler_is_left_out_and_named(changes: dict[str, Any], said: str) -> None:
    low = [0.1, 0.2, 0.3]
    table = benchmarks([run("old", facts(low, **changes)), run("new", facts([5, 6, 7]), day=1)])
    assert [(one.run_id, one.reason) for one in table.left_out] == [("old", said)]
    assert [cell.run_id for cell in table.tasks[0].cells] == ["new"]


def test_a_sample_of_the_same_dataset_is_another_ruler() -> None:
    table = benchmarks([run("half", facts([5, 6])), run("whole", facts([5, 6, 7]), day=1)])
    assert [one.run_id for one in table.left_out] == ["half"]


def test_what_cannot_be_a_benchmark_says_why() -> None:
    plain = facts([5, 6, 7])
    runs = [
        run("old", None),
        run("gone", None, reason="Its folder is gone."),
        run("replay", replace(plain, replay="fixed history")),
        run("early", replace(plain, stopped_early=True)),
        run("nameless", replace(plain, task="")),
    ]
    table = benchmarks(runs)
    assert table.tasks == ()
    said = {one.run_id: one.reason for one in table.left_out}
    assert said["gone"] == "Its folder is gone."
    assert "older release" in said["old"]
    assert "fixed history" in said["replay"]
    assert "stopped as soon as" in said["early"]
    assert "no kind of task" in said["nameless"]


def test_safety_stands_apart() -> None:
    safe = replace(facts([5, 6, 7]), task="safety")
    table = benchmarks([run("a", facts([5, 6, 7])), run("b", safe)])
    assert [task.task for task in table.tasks] == ["reply"]
    assert table.safety is not None
    assert table.safety.cells[0].run_id == "b"


def test_unknown_cost_is_on_no_front_and_pushes_nobody_off() -> None:
    (task,) = benchmarks([run("a", facts([5, 6, 7], [8, 9, 10], cost=None))]).tasks
    assert [(cell.cost, cell.cheapest, cell.fastest) for cell in task.cells] == [
        (None, None, True),
        (None, None, False),
    ]


def test_a_model_without_scores_is_last_and_has_no_quality() -> None:
    (task,) = benchmarks([run("a", facts([None, None, None], [5, 6, 7]))]).tasks
    last = task.cells[-1]
    assert (last.model, last.quality, last.n, last.unscored, last.cheapest) == ("simulated/m1", None, 0, 3, None)


def test_prompts_that_differ_are_said() -> None:
    first = facts([5, 6, 7])
    (variant,) = first.variants
    other = replace(first, variants=(replace(variant, model="simulated/other", prompts="another"),))
    (task,) = benchmarks([run("a", first), run("b", other, day=1)]).tasks
    assert not task.same_prompts


@pytest.mark.parametrize(
    ("points", "front"),
    [
        ([(90, 1), (80, 2)], [True, False]),
        ([(90, 2), (80, 1)], [True, True]),
        ([(90, 1), (90, 1), (80, 1)], [True, True, False]),
        ([(90, 1), (90, 2)], [True, False]),
        ([(90, None), (80, 1), (None, 1)], [None, True, None]),
        ([], []),
    ],
)
def test_the_front(points: list[tuple[float | None, float | None]], front: list[bool | None]) -> None:
    assert pareto_front(points) == tuple(front)


known = st.one_of(st.none(), st.integers(0, 6).map(float))


@given(st.lists(st.tuples(known, known), max_size=12))
def test_the_front_is_never_empty_and_beats_all_others(points: list[tuple[float | None, float | None]]) -> None:
    front = pareto_front(points)
    whole = [(w, p, on) for (w, p), on in zip(points, front, strict=True) if w is not None and p is not None]
    assert not whole or any(on for *_, on in whole)
    best = [(w, p) for w, p, on in whole if on]
    assert all(on or any(w >= worth and p <= price for w, p in best) for worth, price, on in whole)


def test_facts_survive_the_store() -> None:
    found = facts([5, 6, None], [8, 9, 10], cost=None)
    assert BenchmarkFacts.from_json(found.as_json()) == found
    assert BenchmarkFacts.from_json(None) is None
    assert BenchmarkFacts.from_json({}) is None
    assert BenchmarkFacts.from_json(found.as_json() | {"layout": 99}) is None
    assert BenchmarkFacts.from_json({"layout": found.layout}) is None


def test_a_prompt_over_its_versions() -> None:
    runs = [
        run("one", facts([5, 6, 7]), day=0),
        run("two", facts([6, 7, 8], [7, 8, 9]), day=1),
        run("other", replace(facts([1, 1, 1]), topic="vision"), day=2),
    ]
    trends = trend(runs, "goals")
    assert [(one.model, [(p.version, p.score, p.run_id, p.changed) for p in one.points]) for one in trends] == [
        ("simulated/m1", [(1, 7.0, "two", ())]),
        ("simulated/m2", [(2, 8.0, "two", ())]),
    ]


def versions(day: int, version: int, scores: Sequence[float], **changes: Any) -> BenchmarkRun:
    found = facts(scores, **changes)
    (variant,) = found.variants
    return run(f"v{version}", replace(found, variants=(replace(variant, topic_version=version),)), day)


def test_where_the_ruler_changed_is_marked() -> None:
    runs = [
        versions(0, 1, [5, 6, 7]),
        versions(1, 2, [6, 7, 8]),
        versions(2, 3, [6, 7, 9], dataset={"content_hash": "b"}),
        versions(3, 4, [7, 7, 9], dataset={"content_hash": "b"}),
    ]
    (found,) = trend(reversed(runs), "goals")
    assert [(point.version, point.changed) for point in found.points] == [(1, ()), (2, ()), (3, ("dataset",)), (4, ())]
    assert {(point.minimum, point.maximum, point.n) for point in found.points} == {(1, 10, 3)}


def test_a_version_measured_again_with_another_ruler_bridges_both() -> None:
    runs = [
        versions(0, 1, [5, 6, 7]),
        versions(5, 1, [5, 6, 8], dataset={"content_hash": "b"}),
        versions(6, 2, [6, 7, 8], dataset={"content_hash": "b"}),
    ]
    (found,) = trend(runs, "goals")
    assert [(point.version, point.changed) for point in found.points] == [(1, ()), (1, ("dataset",)), (2, ())]


def test_replays_and_early_stops_are_no_trend() -> None:
    found = facts([5, 6, 7])
    assert trend([run("a", replace(found, replay="fixed history"))], "goals") == ()
    assert trend([run("a", replace(found, stopped_early=True)), run("b", None)], "goals") == ()


def test_a_run_that_stopped_says_so_to_the_benchmarks() -> None:
    plan = plan_of([item(0), item(1)])
    results = scored(plan, [5, 6], [6, 7])
    assert not benchmark_facts(results).stopped_early
    decision = Decision.from_json({"looks": [], "items": 2, "planned": 2, "item_ids": ["i-000", "i-001"]})
    assert benchmark_facts(replace(results, decision=decision)).stopped_early
