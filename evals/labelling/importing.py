"""Labels that people gave elsewhere, held against the run they are of: all of them fit, or none is taken."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coaching_core.errors import InvalidDatasetError, InvalidInputError
from evals.agreement import LabelSet, read_labels
from evals.agreement.labels import PairLabel, ScoreLabel
from evals.labelling.models import Said
from evals.preference import Choice
from evals.results.run_results import RunResults
from evals.rubric import Rubric

Answered = tuple[str, tuple[str, ...]]
"""An item, and whose answer to it, or whose two answers in the order of the plan."""

_CHOICES: Mapping[str, Choice] = {"first": "one", "second": "other", "tie": "tie"}
_ESCAPED = re.compile(r"'(?='*[=+\-@\t\r])")


@dataclass(frozen=True, slots=True)
class FittingLabels:
    """Labels of a file that fit a run.

    Attributes:
        pairwise: They are choices between two answers; scores otherwise.
        said: (labeller, what was labelled) to what was said.
    """

    pairwise: bool
    said: Mapping[tuple[str, Answered], Said]


def read_label_file(content: bytes, filename: str) -> LabelSet:
    """The labels of a file that a person hands in: CSV or JSON lines, as the export writes them.

    Raises:
        InvalidInputError: It cannot be read; names the file and the line.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "labels"
        file.write_bytes(content)
        try:
            return read_labels(file)
        except InvalidDatasetError as error:
            raise InvalidDatasetError(filename, error.line, error.reason) from error


def fit_labels(labels: LabelSet, results: RunResults, filename: str) -> FittingLabels:
    """Hold labels against a run.

    Args:
        labels: Of one file.
        results: The run; items, variants (by id or label) and criteria must be its own.
        filename: For messages.

    Raises:
        InvalidInputError: A label is of something else; names the line. Nothing is taken then.
    """
    fitting = _Fitting(results, filename)
    for pair in labels.pairs:
        fitting.take_pair(pair)
    for score in labels.scores:
        fitting.take_score(score)
    if not fitting.said and not fitting.scores:
        raise InvalidDatasetError(filename, None, "holds no label.")
    said = fitting.said | {key: _whole(scores, results.plan.rubric) for key, scores in fitting.scores.items()}
    return FittingLabels(bool(labels.pairs), said)


def _whole(scores: Mapping[str, float | None], rubric: Rubric) -> Said:
    return Said(scores={criterion.id: scores.get(criterion.id) for criterion in rubric.criteria})


@dataclass(slots=True)
class _Fitting:
    results: RunResults
    filename: str
    said: dict[tuple[str, Answered], Said] = field(default_factory=dict)
    scores: dict[tuple[str, Answered], dict[str, float | None]] = field(default_factory=dict)

    def take_score(self, label: ScoreLabel) -> None:
        """Add one score.

        Raises:
            InvalidInputError: It does not fit.
        """
        if label.category is not None:
            raise self._fault(label.line, "is a category; scores are numbers here")
        variants = self.results.plan.variants
        variant = self._variant(label.line, label.candidate or (variants[0].id if len(variants) == 1 else ""))
        key = (_plain(label.labeller), (self._item(label.line, label.item_id), (variant,)))
        found = self.scores.setdefault(key, {})
        criterion = self._criterion(label)
        if criterion in found:
            raise self._fault(label.line, f"scores “{criterion}” of this answer for the second time")
        found[criterion] = label.score

    def take_pair(self, label: PairLabel) -> None:
        """Add one choice.

        Raises:
            InvalidInputError: It does not fit.
        """
        order = [variant.id for variant in self.results.plan.variants]
        one, other = self._variant(label.line, label.first), self._variant(label.line, label.second)
        if one == other:
            raise self._fault(label.line, "compares an answer with itself")
        turned = order.index(one) > order.index(other)
        key = (_plain(label.judge), (self._item(label.line, label.item_id), (other, one) if turned else (one, other)))
        if key in self.said:
            raise self._fault(label.line, "chooses between these answers for the second time")
        if label.winner is None:
            self.said[key] = Said(skipped=True)
            return
        choice = _CHOICES[label.winner]
        if turned and choice != "tie":
            choice = "other" if choice == "one" else "one"
        self.said[key] = Said(choice=choice, shown_first=1 if (label.order == "swapped") is not turned else 0)

    def _item(self, line: int, name: str) -> str:
        return self._known(line, "item", name, ((item.id, item.id) for item in self.results.plan.dataset.items))

    def _variant(self, line: int, name: str) -> str:
        named = [(each, variant.id) for variant in self.results.plan.variants for each in (variant.label, variant.id)]
        return self._known(line, "candidate", name, named)

    def _criterion(self, label: ScoreLabel) -> str:
        rubric = self.results.plan.rubric
        if not label.criterion and len(rubric.criteria) == 1:
            return rubric.criteria[0].id
        found = self._known(label.line, "criterion", label.criterion, ((each.id, each.id) for each in rubric.criteria))
        if label.score is not None and not rubric.minimum <= label.score <= rubric.maximum:
            scale = f"{rubric.minimum:g} to {rubric.maximum:g}"
            raise self._fault(label.line, f"{label.score:g} is outside the scale {scale}")
        return found

    def _known(self, line: int, what: str, name: str, named: Iterable[tuple[str, str]]) -> str:
        found = dict(named)
        if _plain(name) in found:
            return found[_plain(name)]
        raise self._fault(line, f"this run has no {what} “{name}”" if name else f"names no {what}")

    def _fault(self, line: int, reason: str) -> InvalidInputError:
        return InvalidDatasetError(self.filename, line, f"{reason}.")


def _plain(text: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would calculate."""
    return _ESCAPED.sub("", text.strip(), count=1) if _ESCAPED.match(text.strip()) else text.strip()
