"""Each variant's own figures: mean with interval, what it lacks, cost and speed."""

from __future__ import annotations

from evals.reports import figures
from evals.reports.evidence import RunEvidence
from evals.reports.markup import Html, element, fragment
from evals.results.run_results import VariantSummary
from evals.statistics import mean_interval


def means_section(evidence: RunEvidence) -> Html:
    """Means per variant; with a single variant also by criterion, since there is no difference to show."""
    scale = evidence.plan.rubric
    caption = (
        f"Scale {scale.minimum:g} to {scale.maximum:g}. Intervals are 95 %, clustered by conversation. "
        "Without score: failed answers and failed judgements; they count in no mean."
    )
    return element(
        "section",
        element("h2", "Scores"),
        _table(_SUMMARY_HEAD, [_summary_row(evidence, summary) for summary in evidence.summaries]),
        element("p", caption, class_="caption"),
        None if evidence.contrasts else _by_criterion(evidence),
    )


_SUMMARY_HEAD = (
    ("Variant", None),
    ("Model", None),
    ("Mean", "n"),
    ("95 % interval", "n"),
    ("Scored", "n"),
    ("Without score", "n"),
    ("Cost per answer", "n"),
    ("Time per answer", "n"),
)


def _table(head: tuple[tuple[str, str | None], ...], rows: list[Html]) -> Html:
    cells = [element("th", name, scope="col", class_=style) for name, style in head]
    table = element("table", element("thead", element("tr", *cells)), element("tbody", *rows))
    return element("div", table, class_="wide")


def _summary_row(evidence: RunEvidence, summary: VariantSummary) -> Html:
    figures_ = (
        figures.mean(summary.mean),
        figures.interval(summary.interval),
        summary.n,
        summary.unscored,
        figures.money_per_call(summary.cost_per_answer),
        figures.seconds(summary.latency_ms),
    )
    role = element("span", " baseline", class_="m s") if _is_baseline(evidence, summary.id) else None
    return element(
        "tr",
        element("th", element("b", evidence.names[summary.id]), role, scope="row"),
        element("td", summary.model),
        *(element("td", value, class_="n") for value in figures_),
    )


def _is_baseline(evidence: RunEvidence, variant: str) -> bool:
    return bool(evidence.contrasts) and variant == evidence.baseline


def _by_criterion(evidence: RunEvidence) -> Html:
    head = (("Criterion", None), ("Mean", "n"), ("95 % interval", "n"), ("Scored", "n"))
    rows = [_criterion_row(evidence, criterion.id, criterion.name) for criterion in evidence.plan.rubric.criteria]
    return fragment(element("h3", "By criterion"), _table(head, rows))


def _criterion_row(evidence: RunEvidence, criterion: str, name: str) -> Html:
    rows = [entry.row for entry in evidence.entries.values() if entry.row.score is not None]
    known = [(score, row.cluster) for row in rows if (score := row.criteria.get(criterion)) is not None]
    found = mean_interval([score for score, _ in known], [cluster for _, cluster in known])
    values = (figures.mean(found.mean), figures.interval(found.interval), found.n)
    return element("tr", element("th", name, scope="row"), *(element("td", value, class_="n") for value in values))
