"""What a reader should know before trusting the figures."""

from __future__ import annotations

from evals.reports.evidence import RunEvidence
from evals.reports.markup import Html, element


def notes_list(evidence: RunEvidence) -> Html | None:
    """The notes as a list under the verdicts; None where there is nothing to say.

    Failures are counted with their reasons in a section of their own, an early stop stands under the verdict with what
    it saved; neither is said twice.
    """
    notes = [note for note in evidence.notes if note.kind not in ("unscored", "stopped")]
    if not notes:
        return None
    entries = (element("li", note.text, dir="auto") for note in notes)
    return element("div", element("ul", *entries, class_="s"), class_="item")
