"""A run as one page that can be sent by mail: no script, no request to anywhere, every stored word escaped."""

from __future__ import annotations

from collections.abc import Iterator

from evals.reports import figures
from evals.reports.contrasts import contrast_section, verdict_box
from evals.reports.evidence import RunEvidence, gather
from evals.reports.gaps import gaps_section
from evals.reports.item_sections import items_section
from evals.reports.markup import Html, element, fragment
from evals.reports.means import means_section
from evals.reports.notes import notes_list
from evals.reports.pairs import pairs_section
from evals.reports.run_facts import facts_section
from evals.reports.style import STYLE
from evals.results.run_results import RunResults, VariantSummary
from evals.results.stopping_early import saved_by

_HEAD = Html(
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'\">"
    '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
)


def html_parts(results: RunResults, judge_trust: str = "") -> Iterator[bytes]:
    """The page, UTF-8, piece by piece: that of a large run is never in memory as a whole."""
    evidence = gather(results)
    title = f"Evaluation of {evidence.plan.topic_id}"
    mark = " (simulated)" if evidence.plan.simulated else ""
    head = element("head", _HEAD, element("title", f"{title}{mark}"), element("style", Html(STYLE)))
    yield f'<!doctype html>\n<html lang="en">{head}<body><main>'.encode(errors="replace")
    for part in _sections(evidence, title, judge_trust):
        yield part.encode(errors="replace")
    yield b"</main></body></html>\n"


def _sections(evidence: RunEvidence, title: str, trust: str) -> Iterator[Html]:
    anchors = {item.id: f"item-{place}" for place, item in enumerate(evidence.plan.dataset.items, start=1)}
    yield _header(evidence, title, trust)
    yield _verdicts(evidence)
    yield means_section(evidence)
    for contrast in evidence.contrasts:
        yield contrast_section(evidence, contrast, anchors)
    if (pairs := pairs_section(evidence)) is not None:
        yield pairs
    yield gaps_section(evidence)
    yield from items_section(evidence, anchors)
    yield facts_section(evidence)


def _header(evidence: RunEvidence, title: str, trust: str) -> Html:
    plan = evidence.plan
    baseline, *candidates = evidence.names.values()
    versus = f"{', '.join(candidates)} against {baseline}" if candidates else baseline
    facts = (
        versus,
        f"run {plan.run_id}",
        f"dataset {plan.dataset.name} {plan.dataset.version}",
        f"rubric {plan.rubric.label}",
        f"judge {plan.judge}",
        *([trust] if trust else []),
        f"{plan.created_at:%Y-%m-%d}",
    )
    tag = element("span", "Simulated", class_="tag simulated") if plan.simulated else None
    replay = element("span", f"Replay, {plan.dataset.replay}", class_="tag") if plan.dataset.replay else None
    line = element("p", tag, replay, *(element("span", fact) for fact in facts), class_="facts")
    return element("header", element("h1", title), line)


def _verdicts(evidence: RunEvidence) -> Html:
    boxes = [verdict_box(contrast) for contrast in evidence.contrasts]
    if not boxes:
        sentence = _alone(evidence, evidence.summaries[0])
        boxes = [element("div", element("p", sentence, class_="sentence"), class_="verdict")]
    return fragment(*boxes, _unfinished(evidence), notes_list(evidence))


def _alone(evidence: RunEvidence, summary: VariantSummary) -> str:
    name = evidence.names[summary.id]
    if summary.mean is None:
        return f"{name} has no score: no answer could be scored."
    answers = figures.count(summary.n, "scored answer")
    if summary.interval is None:
        return f"{name} scores {figures.mean(summary.mean)} on {answers}; too few for an interval."
    ends = f"{figures.mean(summary.interval.low)} to {figures.mean(summary.interval.high)}"
    return f"{name} scores {figures.mean(summary.mean)}, 95 % interval {ends}, on {answers}."


def _unfinished(evidence: RunEvidence) -> Html | None:
    if (saved := saved_by(evidence.results)) is not None:
        return element("p", saved.words, class_="caption")
    planned = sum(1 for _ in evidence.plan.cells())
    done = sum(entry.row.status != "waiting" for entry in evidence.entries.values())
    if done == planned:
        return None
    return element(
        "p", f"This run is not finished: {done} of {figures.count(planned, 'answer')} done.", class_="caption"
    )
