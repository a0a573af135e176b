"""How far a pairwise judge chooses as people do, and what the place and the length of an answer do to its choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evals.agreement.labels import PairLabel
from evals.agreement.resampling import RatedUnit, kappa_interval
from evals.judge_quality.correlation import Coefficient
from evals.judge_quality.shares import share_of
from evals.judges.panel import majority
from evals.preference import Choice, settled
from evals.results.run_results import RunResults
from evals.statistics import MeanInterval, SwapConsistency, cohen_kappa, swap_consistency

LONGER_BY = 30
"""Characters by which an answer counts as the longer one."""

_CODES: dict[Choice, float] = {"one": 0.0, "tie": 1.0, "other": 2.0}
_SIDES: dict[Choice, Literal["A", "B", "tie"]] = {"one": "A", "other": "B", "tie": "tie"}
_TURNED: dict[str, Choice] = {"first": "other", "second": "one", "tie": "tie"}
_AS_IS: dict[str, Choice] = {"first": "one", "second": "other", "tie": "tie"}

Pair = tuple[str, str, str]
"""(item, variant, other variant), the earlier variant of the plan first."""


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """Two answers to one item, as pairwise judges and people decided.

    Attributes:
        judged: What the judges' majority says, both orders settled; None where it could not be had.
        people: The majority of the people; None where nobody labelled it.
        votes: How many people did.
        longer_by: Characters that the first answer is longer by; below 0 the second is.
        orders: What each judge said, (with the first shown first, with the other shown first).
    """

    key: Pair
    run_id: str
    cluster: str
    judged: Choice | None
    people: Choice | None
    votes: int
    longer_by: int
    orders: tuple[tuple[Choice, Choice], ...]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """A pairwise judge beside people.

    Attributes:
        pairs: Pairs that both decided; ties count as a choice of their own.
        labels: People's votes on them.
        agreement: Share decided alike.
        decisive: The same over pairs where neither said tie.
        kappa: Cohen's κ over the three choices.
    """

    pairs: int
    labels: int
    agreement: MeanInterval
    decisive: MeanInterval
    kappa: Coefficient


@dataclass(frozen=True, slots=True)
class OrderEffects:
    """What the order of two answers does to the judge.

    Attributes:
        consistency: Of the same verdict in both orders; what is missing to 1 is the flip rate.
        first: Share of decisive verdicts for the answer shown first; a judge that looks at neither place has 0.5
            over both orders.
    """

    consistency: SwapConsistency
    first: MeanInterval


@dataclass(frozen=True, slots=True)
class LengthPreference:
    """How often the longer answer wins, where the lengths differ clearly and there is a winner.

    Attributes:
        judge: Share of the judge's choices.
        people: Share of people's choices on pairs of the same run; what stands above it is the judge's own leaning.
    """

    judge: MeanInterval
    people: MeanInterval


def decided_pairs(results: RunResults, labels: Iterable[PairLabel] = ()) -> tuple[DecidedPair, ...]:
    """The pairs that a run's pairwise judges compared in its first answers, with people's votes.

    Args:
        labels: See :func:`with_votes`.
    """
    orders: dict[Pair, dict[str, dict[int, Choice | None]]] = {}
    for cell, said in results.preferences:
        if cell.repeat == 0:
            judges = orders.setdefault((cell.item, said.one, said.other), {})
            judges.setdefault(said.judge, {})[said.order] = said.choice
    lengths = {(a.cell.item, a.cell.variant): len(a.text or "") for a in results.answers if a.cell.repeat == 0}
    clusters = {item.id: item.cluster for item in results.plan.dataset.items}
    found = []
    for key, judges in orders.items():
        both = [(one.get(1), one.get(2)) for one in judges.values()]
        found.append(
            DecidedPair(
                key=key,
                run_id=results.plan.run_id,
                cluster=clusters.get(key[0], key[0]),
                judged=majority(settled(*one) for one in both),
                people=None,
                votes=0,
                longer_by=lengths.get((key[0], key[1]), 0) - lengths.get((key[0], key[2]), 0),
                orders=tuple((a, b) for a, b in both if a is not None and b is not None),
            )
        )
    return with_votes(found, labels)


def with_votes(pairs: Sequence[DecidedPair], labels: Iterable[PairLabel]) -> tuple[DecidedPair, ...]:
    """Put people's votes beside what the judges decided.

    Args:
        labels: Of pairs of this run, variants in either order; a later vote of the same person takes an earlier one's
            place.
    """
    votes = _votes(labels, [pair.key for pair in pairs])
    return tuple(
        replace(pair, people=majority(votes[pair.key].values()), votes=len(votes[pair.key]))
        if pair.key in votes
        else pair
        for pair in pairs
    )


def pair_agreement(pairs: Iterable[DecidedPair]) -> PairAgreement:
    """The judges' choices beside people's majority, which is a tie where they are divided."""
    both = [(pair, pair.judged, pair.people) for pair in pairs if pair.judged and pair.people]
    clusters = [pair.cluster for pair, _, _ in both]
    decisive = [(one == two, pair.cluster) for pair, one, two in both if "tie" not in (one, two)]
    first, second = [_CODES[one] for _, one, _ in both], [_CODES[two] for _, _, two in both]
    kappa = cohen_kappa(first, second)
    units = [RatedUnit((a, b), c) for a, b, c in zip(first, second, clusters, strict=True)]
    reason = None if kappa is not None else "No labels yet." if not both else "All choices are alike."
    return PairAgreement(
        pairs=len(both),
        labels=sum(pair.votes for pair, _, _ in both),
        agreement=share_of((one == two for _, one, two in both), clusters),
        decisive=share_of((same for same, _ in decisive), [cluster for _, cluster in decisive]),
        kappa=Coefficient(kappa, kappa_interval(units, "nominal", kappa), len(both), reason),
    )


def order_effects(pairs: Sequence[DecidedPair]) -> OrderEffects:
    """Flips and the pull of the first place, over all judges that were asked in both orders."""
    asked = [(one, other, pair.cluster) for pair in pairs for one, other in pair.orders]
    firsts = [(choice == "one", cluster) for choice, _, cluster in asked if choice != "tie"]
    firsts += [(choice == "other", cluster) for _, choice, cluster in asked if choice != "tie"]
    return OrderEffects(
        consistency=swap_consistency([_SIDES[one] for one, _, _ in asked], [_SIDES[two] for _, two, _ in asked]),
        first=share_of((won for won, _ in firsts), [cluster for _, cluster in firsts]),
    )


def length_preference(pairs: Sequence[DecidedPair]) -> LengthPreference:
    """How often the clearly longer answer wins: with the judge, and with people."""
    return LengthPreference(
        judge=_longer([(pair, pair.judged) for pair in pairs]),
        people=_longer([(pair, pair.people) for pair in pairs]),
    )


def _longer(chosen: Sequence[tuple[DecidedPair, Choice | None]]) -> MeanInterval:
    won = [
        ((choice == "one") == (pair.longer_by > 0), pair.cluster)
        for pair, choice in chosen
        if choice in ("one", "other") and abs(pair.longer_by) > LONGER_BY
    ]
    return share_of((one for one, _ in won), [cluster for _, cluster in won])


def _votes(labels: Iterable[PairLabel], known: Iterable[Pair]) -> dict[Pair, dict[str, Choice]]:
    pairs = set(known)
    found: dict[Pair, dict[str, Choice]] = {}
    for label in labels:
        if label.winner is None:
            continue
        key, names = (label.item_id, label.first, label.second), _AS_IS
        if key not in pairs:
            key, names = (label.item_id, label.second, label.first), _TURNED
        found.setdefault(key, {})[label.judge] = names[label.winner]
    return found
