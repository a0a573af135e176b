"""The watch of runs that stop early: what enters, what counts, when it is clear."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coaching_core.errors import InvalidPlanError
from coaching_core.settings import Settings
from evals.dataset import GoldenItem, Turn
from evals.plan import PlannedDataset, RunPlan, Stopping
from evals.stopping.sequential import Decision, Watch, order_of_entering
from tests.conftest import make_settings
from tests.evals.making import make_plan

_TAU = 0.27


def items_of(clusters: list[str]) -> tuple[GoldenItem, ...]:
    said = (Turn(role="user", content="I am stuck."),)
    return tuple(
        GoldenItem(id=f"i{place:03}", cluster=cluster, conversation=said) for place, cluster in enumerate(clusters)
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> RunPlan:
    return make_plan(make_settings(tmp_path_factory.mktemp("home")), limit=4, stop_when_clear=True)


def planned(base: RunPlan, clusters: list[str], variants: int = 2, **stopping: Any) -> RunPlan:
    """A plan over items of these clusters that looks at 10 values and then after each item."""
    rule = Stopping(**{"every": 1, "least": 10, "tau": _TAU, "margin": 0.1} | stopping)
    one = base.variants[0]
    return base.model_copy(
        update={
            "dataset": PlannedDataset(name="d", version="1", content_hash="x", items=items_of(clusters)),
            "variants": tuple(one.model_copy(update={"id": f"v{n}"}) for n in range(variants)),
            "stopping": rule,
        }
    )


def alone(count: int) -> list[str]:
    return [f"c{place}" for place in range(count)]


def told(watch: Watch, plan: RunPlan, scores: dict[tuple[str, str], float | None]) -> Decision | None:
    """Tell everything in the plan's order until it is clear."""
    for item in plan.dataset.items:
        for variant in plan.variants:
            watch.heard(item.id, variant.id, scores[item.id, variant.id])
            if (decision := watch.decide()) is not None:
                return decision
    return None


def scores_of(plan: RunPlan, effects: list[float], seed: int = 1) -> dict[tuple[str, str], float | None]:
    draw = random.Random(seed)
    return {
        (item.id, variant.id): 6 + effect + draw.gauss(0, 0.6)
        for item in plan.dataset.items
        for variant, effect in zip(plan.variants, effects, strict=True)
    }


@given(some.randoms(use_true_random=False))
def test_the_order_answers_come_home_in_changes_nothing(base: RunPlan, order: random.Random) -> None:
    plan = planned(base, alone(60))
    scores = scores_of(plan, [0, 1.0])
    in_order = told(Watch(plan), plan, scores)
    assert in_order is not None
    calls = list(scores)
    order.shuffle(calls)
    watch, found = Watch(plan), None
    for item, variant in calls:
        watch.heard(item, variant, scores[item, variant])
        found = found or watch.decide()
    assert found is None or found.items >= in_order.items
    assert found is None or found.item_ids[: in_order.items] == in_order.item_ids


def test_an_early_answer_waits_for_those_before_it(base: RunPlan) -> None:
    plan = planned(base, alone(40))
    scores = scores_of(plan, [0, 3.0])
    watch = Watch(plan)
    first, *others = plan.dataset.items
    for item in others:
        for variant in plan.variants:
            watch.heard(item.id, variant.id, scores[item.id, variant.id])
            assert watch.decide() is None
    watch.heard(first.id, "v0", scores[first.id, "v0"])
    assert watch.decide() is None


def test_a_decision_rests_on_whole_clusters(base: RunPlan) -> None:
    clusters = [f"c{place // 2}" for place in range(60)]
    random.Random(3).shuffle(clusters)
    plan = planned(base, clusters, least=12)
    decision = told(Watch(plan), plan, scores_of(plan, [0, 0.9]))
    assert decision is not None
    counted = set(decision.item_ids)
    by_cluster: dict[str, set[str]] = {}
    for item in plan.dataset.items:
        by_cluster.setdefault(item.cluster, set()).add(item.id)
    assert all(members <= counted or not members & counted for members in by_cluster.values())
    assert decision.looks[0].n == decision.items / 2 >= 12


def test_a_planned_run_has_its_clusters_together(settings: Settings) -> None:
    plan = make_plan(settings, all_topics=True, stop_when_clear=True)
    assert order_of_entering(plan.dataset.items) == plan.dataset.items
    assert len({item.phase for item in plan.dataset.items[:12]}) == 4


def test_an_item_without_a_score_leaves_the_pair(base: RunPlan) -> None:
    plan = planned(base, alone(60))
    scores = scores_of(plan, [0, 0.8])
    for item in plan.dataset.items[::3]:
        scores[item.id, "v1"] = None
    decision = told(Watch(plan), plan, scores)
    assert decision is not None
    (look,) = decision.looks
    assert look.n < decision.items
    assert look.n >= 10
    assert look.mean is not None
    assert look.mean > 0.3


def test_too_few_values_are_never_clear(base: RunPlan) -> None:
    plan = planned(base, alone(60))
    scores = scores_of(plan, [0, 3.0])
    for item in plan.dataset.items[9:]:
        scores[item.id, "v1"] = None
    assert told(Watch(plan), plan, scores) is None


def test_all_candidates_must_be_clear_and_share_the_error_rate(base: RunPlan) -> None:
    alone_plan, together = planned(base, alone(120)), planned(base, alone(120), variants=3)
    draws = scores_of(together, [0, 0.5, 2.0])
    single = told(Watch(alone_plan), alone_plan, draws)
    both = told(Watch(together), together, draws)
    assert single is not None
    assert both is not None
    assert both.items >= single.items
    assert [look.clear for look in both.looks] == ["better", "better"]
    undecided = scores_of(together, [0, 0.0, 2.0])
    assert told(Watch(together), together, undecided) is None


def test_surely_within_the_margin_is_clear_too(base: RunPlan) -> None:
    plan = planned(base, alone(200), margin=1.0)
    decision = told(Watch(plan), plan, scores_of(plan, [0, 0.02]))
    assert decision is not None
    assert decision.looks[0].clear == "same"


def test_differences_that_do_not_vary_decide_nothing(base: RunPlan) -> None:
    plan = planned(base, alone(60))
    scores: dict[tuple[str, str], float | None] = {
        (item.id, variant.id): 5.0 + (variant.id == "v1") for item in plan.dataset.items for variant in plan.variants
    }
    assert told(Watch(plan), plan, scores) is None


def test_nothing_is_left_to_be_saved_at_the_last_item(base: RunPlan) -> None:
    plan = planned(base, alone(20), least=20)
    assert told(Watch(plan), plan, scores_of(plan, [0, 3.0])) is None


def test_a_decision_survives_the_journal(base: RunPlan) -> None:
    plan = planned(base, alone(60))
    decision = told(Watch(plan), plan, scores_of(plan, [0, 1.0]))
    assert decision is not None
    assert Decision.from_json(decision.as_json()) == decision


def test_repeats_are_refused_in_words(settings: Settings) -> None:
    with pytest.raises(InvalidPlanError, match="one answer for each item"):
        make_plan(settings, stop_when_clear=True, repeats=2)


def test_one_variant_alone_is_refused(settings: Settings) -> None:
    with pytest.raises(InvalidPlanError, match="something to compare"):
        make_plan(settings, stop_when_clear=True, prompts=("published",))
