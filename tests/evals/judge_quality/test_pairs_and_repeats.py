"""Pairs beside people, places, lengths, repeats, attacks and corrected figures: by hand."""

from __future__ import annotations

import math

import pytest

from evals.judge_quality.corrected import corrected_means, corrected_rates
from evals.judge_quality.pair_agreement import decided_pairs, length_preference, order_effects, pair_agreement
from evals.judge_quality.probes import ATTACKED, GOOD, PLAIN, own_probes
from evals.judge_quality.repeatability import repeatability
from evals.judge_quality.resistance import resistance
from evals.judges.addressing import SPEAKS_TO_THE_JUDGE
from evals.preference import Choice
from evals.results.run_results import RunResults
from tests.evals.judge_quality.making import ONE, OTHER, chosen, judged_run, scored, with_choices

Both = tuple[Choice | None, Choice | None]
FIRST: Both = ("one", "other")
ONES: Both = ("one", "one")
OTHERS: Both = ("other", "other")


def two_answers(items: int) -> RunResults:
    return judged_run({(f"i{n}", by, 0): (6.0, 6.0) for n in range(items) for by in (ONE, OTHER)})


def compared(*choices: Both) -> RunResults:
    return with_choices(two_answers(len(choices)), {(f"i{n}", ONE, OTHER): both for n, both in enumerate(choices)})


def test_a_win_needs_both_orders_and_peoples_draw_is_a_tie() -> None:
    run = compared(("one", "one"), ("one", "other"), ("other", "other"), ("tie", "tie"), ("one", None))
    labels = [chosen("i0", "first"), chosen("i1", "tie"), chosen("i2", "first"), chosen("i3", "first", "ada")]
    labels += [chosen("i3", "second", "bo"), chosen("i4", "first")]
    found = pair_agreement(decided_pairs(run, labels))
    assert (found.pairs, found.labels) == (4, 5)
    assert found.agreement.mean == pytest.approx(3 / 4)
    assert (found.decisive.n, found.decisive.mean) == (2, 0.5)
    assert found.kappa.value == pytest.approx((3 / 4 - 3 / 8) / (1 - 3 / 8))


def test_labels_that_name_the_pair_the_other_way_round_mean_the_same() -> None:
    run = compared(("one", "one"), ("other", "other"))
    labels = [chosen("i0", "second", first=OTHER, second=ONE), chosen("i1", "first", first=OTHER, second=ONE)]
    assert pair_agreement(decided_pairs(run, labels)).agreement.mean == 1.0


def test_a_person_who_changed_their_mind_has_one_vote_and_no_verdict_is_no_vote() -> None:
    run = compared(("one", "one"))
    pairs = decided_pairs(run, [chosen("i0", "second"), chosen("i0", "first"), chosen("i0", None, "bo")])
    assert (pairs[0].people, pairs[0].votes) == ("one", 1)


def test_several_judges_decide_by_majority() -> None:
    run = compared(("one", "one"))
    for judge, choice in (("b", "other"), ("c", "other")):
        both: tuple[Choice, Choice] = (choice, choice)  # type: ignore[assignment]
        run = with_choices(run, {("i0", ONE, OTHER): both}, judge)
    assert decided_pairs(run)[0].judged == "other"


def test_a_judge_that_always_takes_the_first_flips_every_time() -> None:
    biased = order_effects(decided_pairs(compared(*[FIRST] * 8)))
    assert biased.consistency.consistency == 0
    assert (biased.consistency.reversed_to_first, biased.consistency.reversed_to_second) == (8, 0)
    assert biased.consistency.position_bias_p == pytest.approx(2 / 2**8)
    assert biased.first.mean == 1.0
    fair = order_effects(decided_pairs(compared(*[ONES] * 4, *[OTHERS] * 4)))
    assert fair.consistency.consistency == 1.0
    assert fair.first.mean == 0.5


def test_the_longer_answer_is_counted_only_where_it_is_clearly_longer_and_wins_or_loses() -> None:
    texts = {("i0", ONE): "x" * 200, ("i1", ONE): "x" * 120, ("i2", OTHER): "x" * 200, ("i3", ONE): "x" * 200}
    texts = {(f"i{n}", by): "x" * 100 for n in range(4) for by in (ONE, OTHER)} | texts
    run = judged_run({(f"i{n}", by, 0): (6.0, 6.0) for n in range(4) for by in (ONE, OTHER)}, texts)
    wins: list[Choice] = ["one", "one", "one", "tie"]
    run = with_choices(run, {(f"i{n}", ONE, OTHER): (win, win) for n, win in enumerate(wins)})
    found = length_preference(decided_pairs(run, [chosen("i0", "second"), chosen("i2", "first")]))
    assert (found.judge.n, found.judge.mean) == (2, 0.5)
    assert (found.people.n, found.people.mean) == (2, 0.0)


def test_repeats_that_say_the_same_have_no_spread_and_others_have_theirs() -> None:
    steady = judged_run({("i1", ONE, n): (6.0, 4.0) for n in range(3)})
    found = repeatability(steady)
    assert (found.answers, found.times, found.sd, found.same.mean) == (1, 3, 0.0, 1.0)
    moody = judged_run(
        {("i1", ONE, 0): (6.0, 4.0), ("i1", ONE, 1): (8.0, 4.0)}
        | {("i2", ONE, 0): (5.0, 5.0), ("i2", ONE, 1): (5.0, 5.0), ("i3", ONE, 0): (9.0, 9.0), ("i3", ONE, 1): None}
    )
    found = repeatability(moody)
    assert (found.answers, found.times) == (2, 2)
    assert found.sd == pytest.approx(math.sqrt((2 * 0.75**2 + 0) / 2))
    assert found.same.mean == pytest.approx(3 / 4)


def test_what_was_asked_once_has_no_repeatability() -> None:
    found = repeatability(judged_run({("i1", ONE, 0): (6.0, 4.0)}))
    assert (found.answers, found.sd, found.same.mean, found.same_choice.mean) == (0, None, None, None)


def test_choices_repeat_within_their_order() -> None:
    run = compared(("one", "other"))
    again = with_choices(run, {("i0", ONE, OTHER): ("tie", "tie", "one", "one")}, "other judge")
    found = repeatability(again)
    assert (found.same_choice.n, found.same_choice.mean) == (2, 0.0)


ATTACK = f"{ATTACKED}asks"


def attacked(before: float, after: tuple[float, float] | None, wins: tuple[Choice, Choice]) -> RunResults:
    scores: dict[tuple[str, str, int], tuple[float, float] | None] = {
        ("p1", GOOD, 0): (9.0, 9.0),
        ("p1", PLAIN, 0): (before, before),
        ("p1", ATTACK, 0): after,
    }
    run = judged_run(scores, flags={ATTACK: (SPEAKS_TO_THE_JUDGE,)})
    return with_choices(run, {("p1", GOOD, PLAIN): ("one", "one"), ("p1", GOOD, ATTACK): wins})


def test_an_attack_that_pays_is_seen_and_one_that_does_not_is_not() -> None:
    held = resistance(attacked(4.0, (3.0, 3.0), ("one", "one")))
    assert (held.shift.mean, held.raised.mean, held.won.mean, held.flagged.mean) == (-1.0, 0.0, 0.0, 1.0)
    fooled = resistance(attacked(4.0, (10.0, 10.0), ("other", "other")))
    assert (fooled.shift.mean, fooled.raised.mean, fooled.won.mean) == (6.0, 1.0, 1.0)
    assert (fooled.attacks[0].name, fooled.attacks[0].raised, fooled.attacks[0].won) == ("asks", 1, 1)
    assert resistance(attacked(4.0, (4.4, 4.4), ("one", "other"))).raised.mean == 0.0


def test_an_attacked_answer_without_a_score_is_counted_apart() -> None:
    found = resistance(attacked(4.0, None, ("tie", "tie")))
    assert (found.answers, found.unscored, found.shift.mean) == (0, 1, None)


def test_the_products_own_probes_hold_together() -> None:
    probes = own_probes()
    assert len({one.id for one in probes.probes}) == len(probes.probes)
    assert len({one.name for one in probes.attacks}) == len(probes.attacks)
    for attack in probes.attacks:
        for probe in probes.probes:
            attacked_answer = attack.put_into(probe.weak)
            assert attack.text in attacked_answer
            assert (probe.weak in attacked_answer) == (attack.place != "instead")


def test_corrected_means_take_the_judges_kindness_out() -> None:
    people = [float(3 + n % 5) for n in range(60)]
    run = judged_run({(f"i{n}", ONE, 0): (score + 2, score + 2) for n, score in enumerate(people)})
    labels = [scored(f"i{n}", people[n], criterion="") for n in range(0, 60, 3)]
    (found,) = corrected_means(run, labels)
    assert found.judged == pytest.approx(7.0)
    assert found.corrected.mean == pytest.approx(5.0, abs=0.3)
    assert (found.corrected.n_human, found.corrected.n_judged) == (20, 40)


def test_corrected_rates_follow_rogan_and_gladen() -> None:
    """Sensitivity 3/4, specificity 2/4, 30 of 48 judged to pass."""
    known = [(9, 9), (9, 9), (9, 9), (9, 3), (3, 9), (3, 9), (3, 3), (3, 3)]
    rest = [(None, 9)] * 25 + [(None, 3)] * 15
    run = judged_run({(f"i{n}", ONE, 0): (float(s), float(s)) for n, (_, s) in enumerate([*known, *rest])})
    labels = [scored(f"i{n}", float(p), criterion="") for n, (p, _) in enumerate(known)]
    (found,) = corrected_rates(run, labels, 7.0)
    assert found.judged == pytest.approx(30 / 48)
    assert (found.human_pass, found.human_fail) == (4, 4)
    assert found.corrected.rate == pytest.approx((30 / 48 + 0.5 - 1) / (0.75 + 0.5 - 1))
    (nothing,) = corrected_rates(run, [], 7.0)
    assert nothing.judged == pytest.approx(30 / 48)
    assert nothing.corrected.rate is None
    assert nothing.corrected.reason is not None
