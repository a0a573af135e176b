"""A candidate against the baseline: the finding, the difference by criterion, the regressions."""

from __future__ import annotations

from collections import Counter

from evals.comparing.compare import ItemPair
from evals.reports import figures
from evals.reports.evidence import Contrast, RunEvidence
from evals.reports.flips import flips_part
from evals.reports.group_differences import group_sections
from evals.reports.interval_strips import WORDS, Axis, Strip, draw_strips, fitting_step
from evals.reports.markup import Html, element, fragment
from evals.reports.part_strips import part_strip


def verdict_box(contrast: Contrast) -> Html:
    """The verdict sentence with its word, and what belongs beside it."""
    comparison, notes = contrast.comparison, list(contrast.comparison.notes)
    if contrast.is_taken_back:
        notes.insert(0, f"Not clear once {contrast.candidates} candidates are counted.")
    if contrast.candidates > 1 and contrast.adjusted_p is not None:
        notes.append(f"{figures.p_value(contrast.adjusted_p)}, adjusted for {contrast.candidates} candidates (Holm).")
    return element(
        "div",
        element("p", _title(contrast), class_="m s") if contrast.candidates > 1 else None,
        element("p", comparison.sentence, " ", word_tag(contrast.verdict), class_="sentence"),
        element("p", " ".join(notes), class_="s") if notes else None,
        class_="verdict",
    )


def word_tag(word: str) -> Html:
    """The word of a verdict with its sign."""
    return element("span", WORDS[word], class_=f"tag {word}")


def change_tag(difference: float | None, text: str) -> Html | None:
    """A signed tag for one item or criterion, e.g. ``−3.2 worse``; none where nothing changed."""
    if difference is None or figures.is_nothing(text):
        return None
    word = "better" if difference > 0 else "worse"
    return element("span", f"{text} {word}", class_=f"tag {word}")


def contrast_section(evidence: RunEvidence, contrast: Contrast, anchors: dict[str, str]) -> Html:
    """Differences by criterion and regressions of one candidate."""
    return element(
        "section",
        element("h2", _title(contrast)) if contrast.candidates > 1 else None,
        _by_criterion(evidence, contrast),
        *_rest(evidence, contrast, anchors),
    )


def _rest(evidence: RunEvidence, contrast: Contrast, anchors: dict[str, str]) -> list[Html]:
    comparison, rubric = contrast.comparison, evidence.plan.rubric
    if not comparison.overall.n:
        return []
    parts = [
        group_sections(comparison, rubric.maximum - rubric.minimum),
        _regressions(evidence, contrast, anchors),
    ]
    flips = evidence.flips.get(comparison.candidate.variant)
    if flips is not None and (flips.to_fail or flips.to_pass):
        parts.append(flips_part(flips, anchors, "h3" if contrast.candidates > 1 else "h2"))
    return parts


def _title(contrast: Contrast) -> str:
    return f"{contrast.comparison.candidate.label} against {contrast.comparison.baseline.label}"


def _by_criterion(evidence: RunEvidence, contrast: Contrast) -> Html:
    comparison, rubric = contrast.comparison, evidence.plan.rubric
    if comparison.overall.mean is None:
        return fragment(_heading(contrast, "Difference by criterion"), element("p", comparison.sentence, class_="m"))
    names = {criterion.id: criterion.name for criterion in rubric.criteria}
    strips = [part_strip(part, names, comparison.margin) for part in comparison.criteria]
    found = Counter(strip.word for strip in strips)
    counts = ", ".join(f"{found[word]} {word}" for word in WORDS if found[word])
    strips.insert(0, _overall_strip(contrast))
    step = fitting_step(strips, comparison.margin, rubric.maximum - rubric.minimum)
    axis = Axis(step, comparison.margin, comparison.baseline.label, comparison.candidate.label)
    return fragment(
        _heading(contrast, f"Difference by criterion: {counts}"),
        draw_strips(strips, axis),
        element("p", _reading(contrast), class_="caption"),
    )


def _heading(contrast: Contrast, text: str) -> Html:
    return element("h3" if contrast.candidates > 1 else "h2", text)


def _reading(contrast: Contrast) -> str:
    comparison = contrast.comparison
    return (
        "A filled mark is clear: its interval excludes zero and its adjusted p-value is below .05. "
        "An open mark is unclear; the diamond is the whole score. "
        f"The grey zone, ±{comparison.margin:.2f}, counts as no difference that matters. {comparison.adjustment}"
    )


def _overall_strip(contrast: Contrast) -> Strip:
    overall = contrast.comparison.overall
    return Strip("Overall", overall.mean, overall.interval, str(contrast.verdict), True, overall.reason or "")


def _regressions(evidence: RunEvidence, contrast: Contrast, anchors: dict[str, str]) -> Html:
    comparison = contrast.comparison
    baseline, candidate = comparison.baseline.label, comparison.candidate.label
    title = _heading(contrast, f"Worse in {candidate}, largest first")
    total = comparison.better + comparison.worse + comparison.same
    counted = f"Of {figures.count(total, 'paired item')}: {comparison.worse} worse, {comparison.better} better, "
    caption = element("p", f"{counted}{comparison.same} the same (within ±{comparison.margin:.2f}).", class_="caption")
    if not comparison.regressions:
        return fragment(title, element("p", "No item is worse."), caption)
    cases = {item.id: item.case for item in evidence.plan.dataset.items}
    head = (("Item", None), ("Case", None), (baseline, "n"), (candidate, "n"), ("Change", "n"))
    table = element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col", class_=style) for name, style in head))),
        element("tbody", *(_regression(pair, cases[pair.item_id], anchors) for pair in comparison.regressions)),
    )
    return fragment(title, element("div", table, class_="wide"), caption)


def _regression(pair: ItemPair, case: str, anchors: dict[str, str]) -> Html:
    return element(
        "tr",
        element("td", element("a", pair.item_id, href=f"#{anchors[pair.item_id]}")),
        element("td", case, dir="auto"),
        element("td", figures.score(pair.baseline), class_="n"),
        element("td", figures.score(pair.candidate), class_="n"),
        element("td", element("span", f"{figures.signed(pair.difference, 1)} worse", class_="down"), class_="n"),
    )
