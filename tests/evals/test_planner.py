"""What a run comes to before it starts, held against what it then came to."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from coaching_core.errors import InvalidInputError
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.types import Usage
from coaching_core.settings import Settings
from evals.plan import RunPlan
from evals.planner import (
    Duration,
    Estimate,
    Money,
    Role,
    SeenDifferences,
    SeenRun,
    as_json,
    as_table,
    estimate,
    headline,
    history_of,
    seen_in,
    step_cells,
)
from evals.planner.words import costs, lasts
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder
from evals.statistics import minimum_detectable_effect, required_items_for_win_rate
from tests.conftest import make_settings
from tests.evals.making import make_plan, make_runner


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def results(shared: Settings, tmp_path_factory: pytest.TempPathFactory) -> RunResults:
    return carried_out(make_plan(shared, limit=40, all_topics=True, seed=1), shared, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def whole(shared: Settings) -> RunPlan:
    """All 240 items."""
    return make_plan(shared, all_topics=True)


def carried_out(plan: RunPlan, settings: Settings, folder: Path) -> RunResults:
    run = RunFolder(folder / plan.run_id)
    run.create(plan)
    asyncio.run(make_runner(run, settings).run())
    return load_results(run)


def estimated(settings: Settings, plan: RunPlan, history: tuple[SeenRun, ...] = (), **more: Any) -> Estimate:
    return estimate(plan, history, build_catalogue(settings).cost, **more)


def seen(plan: RunPlan, **changes: Any) -> SeenRun:
    """An earlier run with a standard deviation of 1.5 over 200 pairs."""
    values: dict[str, Any] = {
        "run_id": "r1",
        "dataset": plan.dataset.name,
        "rubric": plan.rubric.label,
        "simulated": plan.simulated,
        "repeats": plan.repeats,
        "independent_seeds": plan.independent_seeds,
        "calls": (),
        "differences": (SeenDifferences(1.5, 200, 1.0, 1.0),),
    }
    return SeenRun(**(values | changes))


def test_counted_from_the_items_the_cost_lies_within_its_interval(shared: Settings, results: RunResults) -> None:
    found = estimated(shared, results.plan)
    assert found.calls == 160 == sum(1 for _ in results.prompt_runs())
    assert found.money.high is not None
    assert found.money.low < results.cost < found.money.high
    answers = [run for answer in results.answers for run in answer.prompt_runs]
    mean = sum(run.input_tokens or 0 for run in answers) / len(answers)
    (line,) = [line for line in found.lines if line.role is Role.ANSWER]
    assert line.input_tokens == pytest.approx(mean, rel=0.02)
    assert "counted" in line.source


def test_an_earlier_run_brings_the_cost_to_a_few_per_cent(
    shared: Settings, results: RunResults, tmp_path: Path
) -> None:
    plan = make_plan(shared, limit=60, all_topics=True, seed=2)
    found = estimated(shared, plan, (seen_in(results),))
    actual = carried_out(plan, shared, tmp_path).cost
    assert found.money.expected is not None
    assert found.money.high is not None
    assert float(found.money.expected) == pytest.approx(float(actual), rel=0.04)
    assert found.money.low < actual < found.money.high
    assert {line.source for line in found.lines} == {"as in 1 earlier run"}


def test_a_longer_prompt_costs_more_than_the_earlier_one(shared: Settings, results: RunResults) -> None:
    history = (seen_in(results),)
    plan = make_plan(shared, limit=40, all_topics=True, seed=1)
    longer = {"system": plan.variants[1].prompts["system"] + "Listen to what is not said. " * 200}
    grown = plan.variants[1].model_copy(update={"prompts": {**plan.variants[1].prompts, **longer}})
    both = [estimated(shared, one, history) for one in (plan, plan.model_copy(update={"variants": (grown, grown)}))]
    (before,), (after,) = ([line for line in found.lines if line.role is Role.ANSWER] for found in both)
    assert after.input_tokens - before.input_tokens == pytest.approx(1400, rel=0.1)
    assert after.output_tokens == before.output_tokens


def test_the_spread_of_earlier_runs_decides_what_could_be_detected(shared: Settings, results: RunResults) -> None:
    comparison = results.comparison()
    assert comparison is not None
    assert comparison.overall.sd is not None
    found = estimated(shared, results.plan, (seen_in(results),))
    assert found.spread is not None
    assert found.spread.sd == pytest.approx(comparison.overall.sd)
    assert found.spread.runs == 1
    expected = minimum_detectable_effect(comparison.overall.sd, 40, design_effect=found.spread.design_effect)
    assert found.detectable == pytest.approx(expected)
    assert estimated(shared, results.plan).detectable != found.detectable


def test_several_runs_are_pooled_by_their_pairs(shared: Settings) -> None:
    plan = make_plan(shared)
    runs = (
        seen(plan, differences=(SeenDifferences(1.0, 101, 1.0, 1.0),)),
        seen(plan, run_id="r2", differences=(SeenDifferences(2.0, 301, 1.0, 1.0),)),
    )
    found = estimated(shared, plan, runs)
    assert found.spread is not None
    assert found.spread.sd == pytest.approx(math.sqrt((100 * 1 + 300 * 4) / 400))


@pytest.mark.parametrize(
    "changes", [{"dataset": "safety"}, {"rubric": "other 1"}, {"simulated": False}, {"repeats": 5}, {"differences": ()}]
)
def test_runs_that_are_not_alike_tell_nothing_of_the_spread(shared: Settings, changes: dict[str, Any]) -> None:
    plan = make_plan(shared)
    found = estimated(shared, plan, (seen(plan, **changes),))
    assert found.spread is not None
    assert (found.spread.runs, found.spread.sd) == (0, pytest.approx(1.2))
    assert "assumed" in found.spread.source


def test_runs_with_fewer_repeats_are_an_upper_end_and_say_so(shared: Settings) -> None:
    plan = make_plan(shared, repeats=3)
    found = estimated(shared, plan, (seen(plan, repeats=1),))
    assert found.spread is not None
    assert found.spread.sd == pytest.approx(1.5)
    assert "fewer repeats" in found.spread.source


def test_clusters_widen_by_the_correlation_that_was_seen(shared: Settings) -> None:
    plan = make_plan(shared, all_topics=True)
    size = 1 + 58 / 240
    runs = (seen(plan, differences=(SeenDifferences(1.5, 200, 1.1, 1.25),)),)
    found = estimated(shared, plan, runs)
    assert found.clusters == 211
    assert found.spread is not None
    assert found.spread.correlation == pytest.approx(0.4)
    assert found.spread.design_effect == pytest.approx(1 + (size - 1) * 0.4)


def test_candidates_share_the_error_rate(shared: Settings) -> None:
    one = make_plan(shared)
    three = make_plan(shared, models=("simulated/coach-steady", "simulated/coach-keen"))
    alone, together = estimated(shared, one), estimated(shared, three)
    assert together.alpha == pytest.approx(0.05 / 3)
    assert alone.detectable is not None
    assert together.detectable is not None
    assert together.detectable > alone.detectable
    assert any("Bonferroni" in note for note in together.notes)


@given(effect=some.floats(0.05, 3))
@hypothesis_settings(deadline=None, max_examples=25)
def test_the_items_an_effect_needs_do_detect_it(shared: Settings, whole: RunPlan, effect: float) -> None:
    found = estimated(shared, whole, (seen(whole),), effect=effect)
    assert found.required_items is not None
    assert minimum_detectable_effect(1.5, found.required_items, design_effect=1) <= effect * 1.02
    assert found.required_items == 2 or minimum_detectable_effect(1.5, found.required_items - 1) > effect * 0.9


def test_an_effect_of_either_sign_needs_the_same_and_nothing_needs_none(shared: Settings) -> None:
    plan = make_plan(shared)
    better, worse = (estimated(shared, plan, effect=effect).required_items for effect in (0.3, -0.3))
    assert better == worse
    for wrong in (0.0, math.nan, math.inf):
        with pytest.raises(InvalidInputError):
            estimated(shared, plan, effect=wrong)
    assert estimated(shared, plan, effect=1e-9).required_items is None


def test_a_run_that_looks_pays_for_it(shared: Settings) -> None:
    plain = make_plan(shared, all_topics=True)
    looking = make_plan(shared, all_topics=True, stop_when_clear=True)
    fixed, sequential = (estimated(shared, plan, effect=0.3) for plan in (plain, looking))
    assert fixed.detectable is not None
    assert sequential.detectable is not None
    assert 1.2 < sequential.detectable / fixed.detectable < 1.6
    assert fixed.required_items is not None
    assert sequential.required_items is not None
    assert sequential.required_items > fixed.required_items
    assert sequential.stops_early


def test_an_unknown_price_makes_a_lower_bound_and_no_zero(shared: Settings) -> None:
    def price(model: str, tokens: Usage) -> Decimal | None:
        return None if model == "simulated/judge" else Decimal("0.001")

    found = estimate(make_plan(shared, limit=10), (), price)
    assert found.money == Money(Decimal("0.001") * 20, None, None, ("simulated/judge",))
    assert "the price of simulated/judge is unknown, so at least $0.02" in headline(found)
    assert all(step.money.expected is None for step in found.steps)
    assert step_cells(found.steps[0], found)[2] == "≥ $0.0200"


def test_what_more_items_would_buy(shared: Settings) -> None:
    whole = make_plan(shared, all_topics=True)
    plan = make_plan(shared, all_topics=True, limit=50)
    found = estimated(shared, plan, reachable=whole.dataset.items)
    assert [step.items for step in found.steps] == [50, 60, 120, 240, 480]
    assert [step.is_planned for step in found.steps] == [True, False, False, False, False]
    assert [step.exists for step in found.steps] == [True, True, True, True, False]
    assert found.steps[3].is_all
    detects = [step.detectable or 0 for step in found.steps]
    assert detects == sorted(detects, reverse=True)
    assert detects[0] / detects[3] == pytest.approx(math.sqrt(240 / 50), rel=0.03)
    first, last = found.steps[0].money.expected, found.steps[-1].money.expected
    assert first is not None
    assert last is not None
    assert float(last / first) == pytest.approx(480 / 50)


def test_shares_of_what_is_right_are_percentage_points(shared: Settings) -> None:
    found = estimated(shared, make_plan(shared, methods=("heuristics",), judge="", limit=60))
    assert found.scale == (0, 1)
    assert found.spread is not None
    assert found.spread.sd == pytest.approx(0.3)
    assert "11 percentage points or more" in headline(found)
    assert [line.role for line in found.lines] == [Role.ANSWER]


def test_pairs_could_detect_a_win_rate(shared: Settings) -> None:
    plan = make_plan(shared, all_topics=True, methods=("rubric", "pairwise"))
    plain = estimated(shared, plan)
    assert plain.win_rate is not None
    tied = estimated(shared, plan, (seen(plan, tie_rate=0.36),))
    assert tied.win_rate is not None
    assert tied.win_rate.detectable / plain.win_rate.detectable == pytest.approx(0.8)
    needed = required_items_for_win_rate(0.5 + plain.win_rate.detectable)
    assert needed == pytest.approx(240, rel=0.06)
    assert "a win rate of 59 % or more" in headline(plain)
    (pairs,) = [line for line in plain.lines if line.role is Role.PAIRWISE]
    assert pairs.calls == 480
    assert plain.calls == sum(line.calls for line in plain.lines)


def test_one_variant_alone_detects_nothing(shared: Settings) -> None:
    found = estimated(shared, make_plan(shared, prompts=("published",)), effect=0.3)
    assert (found.detectable, found.spread, found.required_items) == (None, None, None)
    assert headline(found).startswith("One variant alone is not compared; about $")


def test_kept_replies_tell_nothing_of_what_a_model_takes(results: RunResults) -> None:
    kept = tuple(
        replace(answer, prompt_runs=tuple(replace(run, attempt=0, input_tokens=0) for run in answer.prompt_runs))
        for answer in results.answers[:20]
    )
    (before,), (after,) = (
        [calls for calls in seen_in(one).calls if calls.role is Role.ANSWER]
        for one in (results, replace(results, answers=(*kept, *results.answers[20:])))
    )
    assert (before.units, after.units) == (80, 60)
    assert after.input_tokens == pytest.approx(before.input_tokens, rel=0.1)


def test_what_a_run_tells_survives_the_store(results: RunResults) -> None:
    told = seen_in(results)
    summary = json.loads(json.dumps({"seen": told.as_json()}))
    assert history_of([summary, {}, {"comparison": None}]) == (told,)


def test_a_run_over_its_cap_is_said(shared: Settings) -> None:
    plan = make_plan(shared, money_cap=Decimal("0.01"))
    assert estimated(shared, plan).is_over_cap
    assert as_json(estimated(shared, plan))["over_cap"] is True


def test_the_document_is_plain_json_and_the_table_says_the_same(shared: Settings) -> None:
    found = estimated(shared, make_plan(shared, limit=30), effect=0.3)
    document = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert document["sentence"] == headline(found)
    assert Decimal(document["money"]["expected"]) == found.money.expected
    table = as_table(found)
    assert headline(found) in table
    assert f"{found.required_items} items are needed; there are 30." in table


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.2, 0.4, "1 s"),
        (12, 31, "12–31 s"),
        (40, 150, "40 s to 2.5 min"),
        (120, 300, "2–5 min"),
        (600, 9000, "10 min to 2.5 h"),
    ],
)
def test_times_are_no_more_exact_than_they_can_be(low: float, high: float, words: str) -> None:
    assert lasts(Duration(low, (low + high) / 2, high)) == words


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (("0.9", "1.2", "1.6"), "about $1.20 [0.90–1.60]"),
        (("0.0021", "0.003", "0.0042"), "about $0.0030 [0.0021–0.0042]"),
        (("0", "0", "0"), "nothing to pay"),
    ],
)
def test_money_in_words(ends: tuple[str, str, str], words: str) -> None:
    assert costs(Money(*map(Decimal, ends))) == words
