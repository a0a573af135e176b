"""What has no score, counted with its reasons: a failure is shown, and is never a low score."""

from __future__ import annotations

from collections import Counter

from evals.reports import figures
from evals.reports.evidence import RunEvidence
from evals.reports.markup import Html, element

_MOST_REASONS = 30
_WORDS = {"failed": "answer failed", "unscored": "judgement failed", "waiting": "not judged yet"}


def gaps_section(evidence: RunEvidence) -> Html:
    """Answers without a score by variant and reason, most frequent first."""
    found = _count_gaps(evidence)
    total = sum(found.values())
    if not total:
        answers = figures.count(len(evidence.entries), "answer")
        return element("section", element("h2", "Nothing is left out"), element("p", f"All {answers} have a score."))
    names = ("Variant", "What", "Reason", "Count")
    heads = [element("th", name, scope="col", class_="n" if name == "Count" else None) for name in names]
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [_row(*gap, number) for gap, number in ranked[:_MOST_REASONS]]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    rest = sum(number for _, number in ranked[_MOST_REASONS:])
    more = f"{rest} more, each with a reason of its own, stand with their items below." if rest else None
    return element(
        "section",
        element("h2", f"{figures.count(total, 'answer')} without a score"),
        element("div", table, class_="wide"),
        element("p", more, class_="caption") if more else None,
    )


def _count_gaps(evidence: RunEvidence) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for cell in evidence.plan.cells():
        entry, name = evidence.entries.get(cell), evidence.names[cell.variant]
        if entry is None:
            found[(name, "not answered", "The run has not come to it.")] += 1
        elif entry.row.score is None:
            found[(name, _WORDS.get(entry.row.status, entry.row.status), entry.row.reason)] += 1
    return found


def _row(name: str, what: str, reason: str, number: int) -> Html:
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", what),
        element("td", reason, class_="stored", dir="auto"),
        element("td", number, class_="n"),
    )
