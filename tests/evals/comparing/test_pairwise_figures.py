"""Pairwise judging: wins only where both orders agree, ties kept, failures counted, clusters minded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import NotFoundError
from evals.comparing.leaderboard import leaderboard
from evals.comparing.pairwise_figures import ItemFacts, PairFigures, clustered_rate, pairwise_figures
from evals.plan import Cell
from evals.preference import Choice, Preference
from evals.results.samples import facts_of_results, samples_of_results
from evals.statistics import Match, bradley_terry, swap_consistency, win_rate
from tests.evals.result_making import RUBRIC_JUDGE, item, pairwise_judge, plan_of, preference, scored

PAIR = ("v1", "v2")
Orders = Sequence[tuple[Choice | None, Choice | None]]


def said(orders: Orders, pair: tuple[str, str] = PAIR, **changes: object) -> list[tuple[Cell, Preference]]:
    return [
        preference(f"i-{number:03}", pair, order, choice, **changes)
        for number, of_item in enumerate(orders)
        for order, choice in zip((1, 2), of_item, strict=True)
    ]


def facts(count: int, clusters: int | None = None) -> Mapping[str, ItemFacts]:
    return {
        f"i-{number:03}": ItemFacts(
            f"c-{number * (clusters or count) // count}", ("a", "b")[number % 2], "goals", ("x",)
        )
        for number in range(count)
    }


def figures(orders: Orders, clusters: int | None = None) -> PairFigures:
    plan = plan_of([item(0)], judges=[RUBRIC_JUDGE, pairwise_judge()])
    (found,) = pairwise_figures(plan, facts(len(orders), clusters), said(orders))
    return found


def test_a_win_counts_only_where_both_orders_agree() -> None:
    orders: Orders = [("other", "other"), ("one", "one"), ("tie", "tie"), ("one", "other"), ("other", "tie")]
    found = figures(orders)
    assert found.overall.rate == win_rate(wins=1, ties=3, losses=1)
    assert (found.unscored, found.open, found.flagged) == (0, 0, 0)
    assert found.labels == ("version 1", "version 2")
    (judge,) = found.judges
    first, second = ["B", "A", "tie", "A", "B"], ["B", "A", "tie", "B", "tie"]
    assert judge.orders == swap_consistency(first, second)  # type: ignore[arg-type]


def test_what_could_not_be_had_is_no_tie() -> None:
    found = figures([("other", None), (None, None), ("other", "other")])
    assert (found.overall.rate.n, found.unscored, found.judges[0].unscored) == (1, 2, 2)
    assert found.overall.rate.rate == 1


def test_a_pair_without_its_second_order_is_open() -> None:
    plan = plan_of([item(0)], judges=[RUBRIC_JUDGE, pairwise_judge()])
    (found,) = pairwise_figures(plan, facts(2), said([("other", "other"), ("one", "one")])[:-1])
    assert (found.overall.rate.wins, found.overall.rate.losses, found.open, found.unscored) == (1, 0, 1, 0)


def test_several_judges_settle_it_by_majority() -> None:
    names = ("a", "b", "c")
    judges = [RUBRIC_JUDGE, *(pairwise_judge(name, "panel of 3 (pairwise)") for name in names)]
    plan = plan_of([item(0)], judges=judges)
    votes: list[list[Choice | None]] = [["other", "other", "one"], ["one", "tie", "other"], ["one", "one", None]]
    heard = [
        preference(f"i-{number:03}", PAIR, order, vote, judge=f"pairwise {name}")
        for number, of_item in enumerate(votes)
        for name, vote in zip(names, of_item, strict=True)
        for order in (1, 2)
    ]
    (found,) = pairwise_figures(plan, facts(3), heard)
    assert (found.overall.rate.wins, found.overall.rate.ties, found.overall.rate.losses) == (1, 1, 1)
    assert [judge.unscored for judge in found.judges] == [0, 0, 1]


def test_items_of_one_conversation_do_not_count_as_many() -> None:
    orders: Orders = [("other", "other")] * 12 + [("one", "one")] * 6
    alone, together = figures(orders), figures(orders, clusters=6)
    assert alone.overall.rate == win_rate(12, 0, 6)
    assert together.overall.rate.rate == alone.overall.rate.rate
    assert (alone.overall.n_clusters, together.overall.n_clusters) == (18, 6)
    assert together.overall.rate.interval != alone.overall.rate.interval


def test_groups_and_tags() -> None:
    found = figures([("other", "other"), ("one", "one")] * 3)
    assert [(name, one.rate.wins, one.rate.losses) for name, one in found.by_phase] == [("a", 3, 0), ("b", 0, 3)]
    assert [(name, one.rate.n) for name, one in found.by_tag] == [("x", 6)]
    assert figures([("other", "other")] * 4).by_tag == ()


def test_all_pairs_are_counted_together() -> None:
    judges = [RUBRIC_JUDGE, pairwise_judge()]
    plan = plan_of([item(0)], variants=3, pairs="all", judges=judges)
    wins: Orders = [("other", "other")] * 9 + [("one", "one")] * 3
    heard = [one for pair in plan.variant_pairs for one in said(wins, pair)]
    found = pairwise_figures(plan, facts(12), heard)
    assert [(one.one, one.other) for one in found] == [("v1", "v2"), ("v1", "v3"), ("v2", "v3")]
    plain = found[0].overall.p_value
    assert plain is not None
    assert [one.adjusted_p for one in found] == [pytest.approx(3 * plain)] * 3


def test_words() -> None:
    assert figures([]).sentence == "No comparison of version 2 with version 1 could be settled."
    clear = figures([("other", "other")] * 30 + [("one", "one")] * 5).sentence
    assert clear.startswith("version 2 wins 86 % of the comparisons with version 1, 95 % interval ")
    assert clear.endswith("(30 wins, 0 ties, 5 losses).")
    assert figures([("other", "other"), ("one", "one")] * 5).sentence.startswith("No clear preference yet: version 2")


def test_a_run_without_pairwise_judges_has_no_pairs() -> None:
    plan = plan_of([item(0)])
    assert pairwise_figures(plan, {}, []) == ()
    with pytest.raises(NotFoundError, match=r"no pairwise judge “x”\. It has: none"):
        pairwise_figures(plan, {}, [], "x")


choices = st.sampled_from(["one", "other", "tie", None])


@given(st.lists(st.tuples(choices, choices), max_size=40))
def test_every_comparison_is_counted_once(orders: list[tuple[Choice | None, Choice | None]]) -> None:
    found = figures(orders)
    assert found.overall.rate.n + found.unscored + found.open == len(orders)
    turned = {"one": "other", "other": "one", "tie": "tie", None: None}
    mirrored = figures([(turned[a], turned[b]) for a, b in orders])  # type: ignore[misc]
    assert (mirrored.overall.rate.wins, mirrored.overall.rate.losses) == (
        found.overall.rate.losses,
        found.overall.rate.wins,
    )


def test_a_rate_that_never_varies_keeps_its_interval() -> None:
    plain = win_rate(4, 0, 0)
    assert clustered_rate(plain, [1.0] * 4, ["a", "a", "b", "b"]).rate == plain


def test_the_leaderboard_ranks_by_strength_and_shows_the_rest() -> None:
    judges = [RUBRIC_JUDGE, pairwise_judge()]
    plan = plan_of([item(number) for number in range(12)], variants=3, pairs="all", judges=judges)
    results = scored(plan, [9] * 12, [5] * 12, [7] * 12)
    wins: Orders = [("other", "other")] * 8 + [("one", "one")] * 4
    heard = [one for pair in plan.variant_pairs for one in said(wins, pair)]
    board = leaderboard(plan, samples_of_results(results), facts_of_results(results), heard, resamples=50)
    assert [one.variant for one in board.standings] == ["v3", "v2", "v1"]
    matches = [
        Match(one, other, "b" if number < 8 else "a", f"c-{number}")
        for one, other in plan.variant_pairs
        for number in range(12)
    ]
    expected = bradley_terry(matches)
    for standing in board.standings:
        place = expected.of(standing.variant)
        assert standing.strength is not None
        assert place is not None
        assert standing.strength.strength == pytest.approx(place.strength)
        assert standing.strength.interval is not None
    assert [one.score.mean for one in board.standings] == [7, 5, 9]
    assert {one.latency_ms.mean for one in board.standings} == {840}
    assert {one.first_token_ms.mean for one in board.standings} == {120}


def test_without_pairs_the_leaderboard_ranks_by_score() -> None:
    plan = plan_of([item(number) for number in range(3)])
    results = scored(plan, [5, 6, None], [8, 8, 8])
    board = leaderboard(plan, samples_of_results(results), facts_of_results(results), [])
    assert board.pairs is None
    assert [(one.variant, one.score.mean, one.unscored) for one in board.standings] == [("v2", 8, 0), ("v1", 5.5, 1)]
