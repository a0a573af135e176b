"""Reads what a run found out from its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from coaching_core.errors import InvalidInputError, RunDamagedError
from coaching_core.llm.accounting import PromptRun
from evals.judge_spec import Panel
from evals.judges.panel import combined
from evals.plan import Cell
from evals.preference import Preference
from evals.results.run_results import Answer, RunResults
from evals.running.answering import Answered
from evals.running.folder import RunFolder
from evals.running.journal import ANSWER, DECISION, LOST, PREFERENCE, TURN, VERDICT, JournalLine, read_journal
from evals.stopping.sequential import Decision
from evals.verdict import Verdict


def load_results(folder: RunFolder) -> RunResults:
    """Read plan and journal of a run, finished or not.

    Raises:
        RunNotFoundError: This is no run's folder.
        RunDamagedError: A whole line of its journal cannot be read.
    """
    plan, found = folder.plan(), JournalReading()
    try:
        for line, end in read_journal(folder.journal):
            found.take(line, end)
    except (ValueError, KeyError, TypeError, InvalidInputError) as error:
        raise RunDamagedError(
            f"{folder.journal} is damaged: a line in it cannot be read ({error}). It was left as it is. "
            "Mend or remove that line, or put a copy of the file in its place."
        ) from error
    headline = plan.panels[0]
    return RunResults(
        plan=plan,
        answers=tuple(found.answer(cell, headline) for cell in plan.cells() if cell in found.answered),
        lost=(*found.lost, *found.unfinished()),
        preferences=tuple(found.preferences),
        preference_runs=tuple(found.preference_runs),
        decision=found.decision,
        places={cell: tuple(places) for cell, places in found.places.items()},
        read_to=found.read_to,
    )


@dataclass(slots=True)
class JournalReading:
    """What the lines of a journal say, taken in one by one.

    Attributes:
        places: Where the lines of a cell begin, bytes, when every line from the journal's beginning on was taken.
        read_to: Where the next line begins.
    """

    answered: dict[Cell, Answered] = field(default_factory=dict)
    answer_runs: dict[Cell, list[PromptRun]] = field(default_factory=dict)
    judge_runs: dict[Cell, dict[str, list[PromptRun]]] = field(default_factory=dict)
    verdicts: dict[Cell, dict[str, Verdict]] = field(default_factory=dict)
    preferences: list[tuple[Cell, Preference]] = field(default_factory=list)
    preference_runs: list[PromptRun] = field(default_factory=list)
    lost: list[PromptRun] = field(default_factory=list)
    decision: Decision | None = None
    places: dict[Cell, list[int]] = field(default_factory=dict)
    read_to: int = 0
    _ends: dict[Cell, int] = field(default_factory=dict)

    def take(self, line: JournalLine, end: int) -> None:
        """Take in a line that ends before ``end``; raises ValueError and its kind where it says nonsense."""
        cell, body = line.cell, line.body
        self.places.setdefault(cell, []).append(self.read_to)
        self.read_to = end
        runs = [PromptRun.from_json(run) for run in body["prompt_runs"]]
        if line.again:
            self._set_aside(line)
        if line.kind == ANSWER:
            self.answered[cell] = Answered.from_body(body)
            self.answer_runs.setdefault(cell, []).extend(runs)
            self._ends[cell] = len(self.answer_runs[cell])
        elif line.kind == VERDICT:
            self.verdicts.setdefault(cell, {})[body["judge"]] = Verdict.from_json(body["verdict"])
            self.judge_runs.setdefault(cell, {})[body["judge"]] = runs
        elif line.kind == PREFERENCE:
            self.preferences.append((cell, Preference.from_json(body["preference"])))
            self.preference_runs += runs
        elif line.kind == TURN:
            self.answer_runs.setdefault(cell, []).extend(runs)
        elif line.kind == LOST:
            self.lost += runs
        elif line.kind == DECISION:
            self.decision = Decision.from_json(body["decision"])
        else:
            raise ValueError(f"lines of kind “{line.kind}” are not known")

    def _set_aside(self, line: JournalLine) -> None:
        """Take away what failed and now gives place; its calls brought nothing."""
        cell = line.cell
        if line.kind == ANSWER:
            of_answer, end = self.answer_runs.get(cell, []), self._ends.get(cell, 0)
            self.lost += of_answer[:end]
            self.answer_runs[cell] = of_answer[end:]
        elif line.kind == VERDICT:
            self.lost += self.judge_runs.get(cell, {}).pop(line.body["judge"], [])
        elif line.kind == PREFERENCE:
            self.preferences = without_failed(self.preferences, line)

    def unfinished(self) -> list[PromptRun]:
        """Calls of conversations that are not at their end."""
        return [run for cell, runs in self.answer_runs.items() if cell not in self.answered for run in runs]

    def answer(self, cell: Cell, headline: Panel) -> Answer:
        """The answer to a cell that was answered, as a panel sees it."""
        answered, verdicts = self.answered[cell], self.verdicts.get(cell, {})
        return Answer(
            cell=cell,
            text=answered.text,
            reason=answered.reason,
            verdict=combined(headline, verdicts),
            prompt_runs=tuple(self.answer_runs.get(cell, ())),
            judge_runs=tuple(run for runs in self.judge_runs.get(cell, {}).values() for run in runs),
            verdicts=verdicts,
            turns=answered.turns,
        )


def without_failed(preferences: Iterable[tuple[Cell, Preference]], line: JournalLine) -> list[tuple[Cell, Preference]]:
    """Preferences without the one whose place a line takes."""
    body = line.body["preference"]
    key = (line.cell, body["one"], body["judge"], body["order"])
    return [found for found in preferences if (found[0], found[1].one, found[1].judge, found[1].order) != key]
