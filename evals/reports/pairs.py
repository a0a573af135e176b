"""What pairwise judges say: win rates of every two variants, whether a judge follows the places, and strengths."""

from __future__ import annotations

from collections.abc import Sequence

from evals.comparing.leaderboard import RESAMPLES, matches_of
from evals.comparing.pairwise_figures import JudgeOrders, PairFigures, RateFigures
from evals.reports import figures
from evals.reports.evidence import RunEvidence
from evals.reports.markup import Html, element, fragment
from evals.results.samples import facts_of_results
from evals.statistics import Interval, Strength, bradley_terry

_Head = tuple[tuple[str, str | None], ...]

_RATES: _Head = (
    ("Comparison", None),
    ("Wins", "n"),
    ("Ties", "n"),
    ("Losses", "n"),
    ("Win rate", "n"),
    ("95 % interval", "n"),
    ("p, adjusted", "n"),
)
_ORDERS: _Head = (
    ("Judge", None),
    ("Same in both orders", "n"),
    ("95 % interval", "n"),
    ("Turned to the first", "n"),
    ("Turned to the second", "n"),
    ("Without verdict", "n"),
)
_STRENGTHS: _Head = (("Variant", None), ("Strength, Elo points", "n"), ("95 % interval", "n"), ("Comparisons", "n"))


def pairs_section(evidence: RunEvidence) -> Html | None:
    """The section; None where no pairwise judge was asked."""
    if not evidence.pairs:
        return None
    caption = (
        "Each pair was judged in both orders; a win counts only where both agree, else it is a tie, half a win. "
        "Intervals are clustered by conversation."
    )
    return element(
        "section",
        element("h2", "Answers compared in pairs"),
        element("p", evidence.pairs[0].sentence) if len(evidence.pairs) == 1 else None,
        _table(_RATES, [_rate_row(_versus(pair), pair.overall, pair.adjusted_p) for pair in evidence.pairs]),
        element("p", caption, class_="caption"),
        *(_groups(pair) for pair in evidence.pairs),
        element("h3", "Does the judge follow the places?"),
        _table(_ORDERS, [_order_row(pair, judge) for pair in evidence.pairs for judge in pair.judges]),
        _strengths(evidence) if len(evidence.plan.variants) > 2 else None,
    )


def _versus(pair: PairFigures) -> str:
    return f"{pair.labels[1]} against {pair.labels[0]}"


def _groups(pair: PairFigures) -> Html:
    kinds = (("phase", pair.by_phase), ("topic", pair.by_topic), ("tag", pair.by_tag))
    parts = []
    for name, groups in kinds:
        if len(groups) > 1:
            rows = [_rate_row(group or "(none)", rate, None) for group, rate in groups]
            title = element("summary", element("b", f"By {name}"), f": {_versus(pair)}")
            parts.append(element("details", title, _table(_RATES[:-1], rows)))
    return fragment(*parts)


def _order_row(pair: PairFigures, judge: JudgeOrders) -> Html:
    orders = judge.orders
    values = (
        _percent(orders.consistency),
        _percents(orders.interval),
        orders.reversed_to_first,
        orders.reversed_to_second,
        judge.unscored,
    )
    return _row(f"{judge.model}, {_versus(pair)}", values)


def _rate_row(name: str, found: RateFigures, adjusted_p: float | None) -> Html:
    rate = found.rate
    values: list[object] = [rate.wins, rate.ties, rate.losses, _percent(rate.rate), _percents(rate.interval)]
    if adjusted_p is not None:
        values.append("< 0.001" if adjusted_p < 0.001 else f"{adjusted_p:.3f}")
    return _row(name, values)


def _strengths(evidence: RunEvidence) -> Html:
    results, facts = evidence.results, facts_of_results(evidence.results)
    found = bradley_terry(
        matches_of(evidence.plan, facts, results.preferences), bootstrap=RESAMPLES, seed=evidence.plan.seed
    )
    if not found.strengths:
        why = element("p", f"{figures.UNKNOWN} {found.reason or ''}", class_="m")
        return fragment(element("h3", "Strengths"), why)
    rows = [_strength_row(evidence.names[one.name], one) for one in found.strengths]
    caption = f"Bradley–Terry over all pairs; 0 is the average variant. {found.resamples} resamples by conversation."
    return fragment(element("h3", "Strengths"), _table(_STRENGTHS, rows), element("p", caption, class_="caption"))


def _strength_row(name: str, found: Strength) -> Html:
    ends = found.elo_interval
    interval = f"[{figures.signed(ends.low, 0)}, {figures.signed(ends.high, 0)}]" if ends else figures.UNKNOWN
    return _row(name, (figures.signed(found.elo, 0), interval, found.matches))


def _row(name: str, values: Sequence[object]) -> Html:
    return element("tr", element("th", name, scope="row"), *(element("td", value, class_="n") for value in values))


def _table(head: _Head, rows: Sequence[Html]) -> Html:
    cells = [element("th", name, scope="col", class_=style) for name, style in head]
    table = element("table", element("thead", element("tr", *cells)), element("tbody", *rows))
    return element("div", table, class_="wide")


def _percent(value: float | None) -> str:
    return figures.UNKNOWN if value is None else f"{100 * value:.0f} %"


def _percents(interval: Interval | None) -> str:
    return figures.UNKNOWN if interval is None else f"[{100 * interval.low:.0f}, {100 * interval.high:.0f}]"
