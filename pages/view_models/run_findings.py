"""What a comparison found, as screens tell it: the verdict, differences with their words, groups."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evals.comparing.candidates import Contrast
from evals.comparing.compare import Comparison, ComparisonVerdict, PartDifference
from evals.reports.part_strips import part_word
from evals.rubric import Rubric
from pages.view_models import words
from pages.view_models.datasets import in_words

SIGNS = {"better": "▲ better", "worse": "▼ worse", "unclear": "unclear", "same": "same"}
_COST_WORTH_SAYING = 0.01
_FIGURE = re.compile(r"(?:less than )?\d+\.\d+ points (?:higher|lower)")


def _without_negative_zero(value: float) -> float:
    return round(value, 2) + 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, candidate − baseline, with its interval and word.

    Attributes:
        word: better, worse, unclear or same.
        why: Why there is no interval.
    """

    name: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    word: str
    why: str = ""
    overall: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether its mark is filled."""
        return self.word in ("better", "worse")

    @property
    def figures(self) -> str:
        """+0.31 [+0.12, +0.50], as far as it is known."""
        if self.mean is None:
            return words.DASH
        return f"{self.mean_words} {self.interval_words}" if self.low is not None else self.mean_words

    @property
    def mean_words(self) -> str:
        """+0.31; what rounds to nothing has no sign."""
        return words.DASH if self.mean is None else words.signed(_without_negative_zero(self.mean))

    @property
    def interval_words(self) -> str:
        """[+0.12, +0.50], or a dash."""
        if self.low is None or self.high is None:
            return words.DASH
        return words.interval(_without_negative_zero(self.low), _without_negative_zero(self.high))

    @property
    def sign(self) -> str:
        """▲ better, or why it is not known."""
        return SIGNS[self.word] if self.mean is not None else self.why


@dataclass(frozen=True, slots=True)
class Group:
    """Differences within the values of one field, e.g. by phase.

    Attributes:
        field: The field's name, as links and filters have it.
        values: What the field says in each row.
    """

    field: str
    title: str
    rows: tuple[Difference, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """A candidate against a baseline, ready to be shown.

    Attributes:
        verdict: The finding's word; unclear where counting all candidates takes it back.
        facts: What belongs beside the sentence.
        differences: Overall first, then by criterion.
    """

    comparison: Comparison
    verdict: ComparisonVerdict
    facts: tuple[str, ...]
    differences: tuple[Difference, ...]
    groups: tuple[Group, ...]


def findings_of(contrast: Contrast, rubric: Rubric) -> Findings:
    """What a comparison found; with several candidates the finding counts them all (Holm)."""
    comparison = contrast.comparison
    names = {criterion.id: criterion.name for criterion in rubric.criteria}
    overall = comparison.overall
    told = [f"Not clear once {contrast.candidates} candidates are counted (Holm)."] if contrast.is_taken_back else []
    if overall.n and "paired item" not in comparison.sentence:
        told.append(f"{words.plural(overall.n, 'paired item')}.")
    facts = (*told, *comparison.notes, f"Scale {rubric.minimum:g}–{rubric.maximum:g}.")
    whole = PartDifference("overall", overall, None)
    first = _difference(whole, "Overall", str(contrast.verdict), overall=True)
    parts = [_difference(part, names[part.name], part_word(part, comparison.margin)) for part in comparison.criteria]
    return Findings(comparison, contrast.verdict, facts, (first, *parts), _groups(comparison))


def _difference(part: PartDifference, name: str, word: str, overall: bool = False) -> Difference:
    found = part.difference
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    return Difference(name, found.mean, low, high, found.n, word, found.reason or "", overall)


def _groups(comparison: Comparison) -> tuple[Group, ...]:
    listed = (
        ("phase", comparison.by_phase),
        ("topic", comparison.by_topic),
        ("difficulty", comparison.by_difficulty),
        ("tag", comparison.by_tag),
        ("split", comparison.by_split),
    )
    return tuple(_group(field, _sorted(field, parts), comparison.margin) for field, parts in listed if len(parts) > 1)


def _sorted(field: str, parts: Sequence[PartDifference]) -> list[PartDifference]:
    """Of many tags the worst come first."""
    if field != "tag":
        return list(parts)
    return sorted(parts, key=lambda part: part.difference.mean if part.difference.mean is not None else 0.0)


def _group(field: str, parts: Sequence[PartDifference], margin: float) -> Group:
    return Group(
        field,
        in_words(field),
        tuple(_difference(part, in_words(part.name) or words.DASH, part_word(part, margin)) for part in parts),
        tuple(part.name for part in parts),
    )


def verdict_html(findings: Findings) -> str:
    """The sentence with its figure coloured, and what else is clear: cost, and criteria that point the other way."""
    sentence = html.escape(findings.comparison.sentence)
    kind = {"better": "up", "worse": "down"}.get(str(findings.verdict))
    if kind is not None:
        sentence = _FIGURE.sub(lambda found: f'<span class="{kind}">{found.group()}</span>', sentence, count=1)
    return " ".join(part for part in (sentence, cost_sentence(findings.comparison), _exceptions(findings)) if part)


def cost_sentence(comparison: Comparison) -> str:
    """It costs 12 % less per answer. Empty where a cost is unknown or the difference is not worth a word."""
    before, after = comparison.baseline.cost_per_answer, comparison.candidate.cost_per_answer
    if before is None or after is None or before == 0:
        return ""
    change = (after - before) / before
    if abs(change) < Decimal(str(_COST_WORTH_SAYING)):
        return ""
    return f"It costs {abs(change) * 100:.0f}\u00a0% {'more' if change > 0 else 'less'} per answer."


def _exceptions(findings: Findings) -> str:
    """The criteria that are clearly the other way than the whole; at most two by name."""
    against = "better" if findings.verdict is ComparisonVerdict.WORSE else "worse"
    named = [html.escape(row.name) for row in findings.differences if not row.overall and row.word == against]
    if not named:
        return ""
    coloured = f'<span class="{"up" if against == "better" else "down"}">{against}</span>'
    if len(named) == 1:
        return f"One criterion, {named[0]}, is {coloured}."
    listed = ", ".join(named[:2]) + (" and others" if len(named) > 2 else "")
    return f"{len(named)} criteria are {coloured}: {listed}."


def heading(rows: Sequence[Difference], field: str = "criterion") -> str:
    """The finding of a chart as its heading: Difference by criterion: 3 better, 4 unclear."""
    found = Counter(row.word for row in rows if not row.overall)
    return f"Difference by {field}: " + ", ".join(f"{found[word]} {word}" for word in SIGNS if found[word])
