"""How good a judge is, in words: one way for screens, reports and the shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals.judge_quality.correlation import Coefficient
    from evals.judge_quality.human_agreement import CriterionAgreement
    from evals.statistics import Interval, MeanInterval

NOT_CHECKED = "judge not checked against people yet"
ENOUGH = 30
"""Labelled answers from which agreement is worth a word."""

_MINUS = "−"
_GOOD, _FAIR = 0.6, 0.4


def trust_words(agreement: CriterionAgreement | None) -> str:
    """What stands beside a judge's score: ``judge agrees with people: κw 0.62 [0.48, 0.74], 84 labels``."""
    if agreement is None or not agreement.labels:
        return NOT_CHECKED
    labels = f"{agreement.labels} {'label' if agreement.labels == 1 else 'labels'}"
    if agreement.kappa.value is None:
        return f"judge beside people: no κ yet, {labels} ({agreement.kappa.reason or 'too few'})".replace(".)", ")")
    lead = "judge agrees with people" if agrees(agreement) else "judge beside people"
    return f"{lead}: κw {coefficient(agreement.kappa)}, {labels}"


def agrees(agreement: CriterionAgreement) -> bool:
    """Whether agreement beyond chance is sure: the interval's low end is above 0."""
    return agreement.kappa.interval is not None and agreement.kappa.interval.low > 0


def coefficient(found: Coefficient) -> str:
    """``0.62 [0.48, 0.74]``; a dash where it is unknown."""
    if found.value is None:
        return "—"
    return f"{_number(found.value)}{_ends(found.interval, _number)}"


def share(found: MeanInterval) -> str:
    """``92 % [88, 95]``, cut to 0 and 100; a dash where it is unknown."""
    return "—" if found.mean is None else f"{_percent(found.mean)} %{_ends(found.interval, _percent)}"


def points(found: MeanInterval) -> str:
    """``+0.31 [+0.10, +0.52]``; a dash where it is unknown."""
    return "—" if found.mean is None else f"{_signed(found.mean)}{_ends(found.interval, _signed)}"


def standing_words(agreement: CriterionAgreement | None) -> str:
    """The judge beside people, and people beside each other, in one sentence."""
    if agreement is None or agreement.with_one.value is None:
        return "Nobody has labelled its answers yet, so nothing is known of how it agrees with people."
    few = (
        f"{agreement.answers} labelled answers are few: take the figures with care."
        if agreement.answers < ENOUGH
        else ""
    )
    return " ".join(filter(None, (_beside_people(agreement), few)))


def _beside_people(agreement: CriterionAgreement) -> str:
    judge, people = agreement.with_one, agreement.ceiling
    if people.value is None or judge.value is None:
        return (
            f"It agrees with people {_degree(agreement.kappa)}. Nothing was labelled twice, so people's own is unknown."
        )
    if judge.interval is not None and judge.interval.high < people.value:
        return "It agrees with people less than they agree with each other."
    if judge.interval is not None and judge.interval.low > people.value:
        return "It agrees with people more than they agree with each other."
    return "It agrees with people about as well as they agree with each other."


def _degree(kappa: Coefficient) -> str:
    if kappa.value is None or kappa.interval is None:
        return "to a degree that cannot be told yet"
    if kappa.interval.low <= 0:
        return "no better than chance, as far as can be told"
    return "well" if kappa.interval.low >= _GOOD else "moderately" if kappa.value >= _FAIR else "weakly"


def _ends(interval: Interval | None, written: Callable[[float], str]) -> str:
    return "" if interval is None else f" [{written(interval.low)}, {written(interval.high)}]"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", _MINUS).replace(f"{_MINUS}0.00", "0.00")


def _signed(value: float) -> str:
    return _number(value) if _number(value).startswith(_MINUS) or _number(value) == "0.00" else f"+{_number(value)}"


def _percent(value: float) -> str:
    return f"{100 * min(1.0, max(0.0, value)):.0f}"
