"""Makes runs to report on, without carrying them out, and takes their pages apart as a browser would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose
from evals.plan import Cell, RunPlan
from evals.reports import render_report
from evals.results.run_results import Answer, RunResults
from evals.verdict import CriterionScore, Verdict, VerdictStatus

NOW = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
HOSTILE = "</p></td></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
ANSWER = "What matters to you here?"
NOT_TEXT = {"run_id", "created_at", "money_cap", "role"}


def hostile(text: str) -> str:
    return text + HOSTILE


@dataclass(frozen=True)
class Case:
    """What a test varies of the run it reports on.

    Attributes:
        scores: For each variant, the two criterion scores of each item (of each item in each repeat, repeats in
            turn); None for an answer that failed.
        mark: Put on every stored text.
    """

    scores: tuple[tuple[tuple[float, float] | None, ...], ...]
    mark: Callable[[str], str] = str
    answer: str = ANSWER
    simulated: bool = True
    cost: Decimal | None = Decimal("0.0000041")
    judged: bool = True
    repeats: int = 1


BASE = ((8, 8), (7, 7), (8, 6))
ONE_WORSE = Case((BASE, ((9, 9), (3, 2), (8, 6))))
FIVES, RATHER = ((5, 5), (5, 5), (5, 5)), ((6, 6), (6.4, 6.4), (6.9, 6.9))
CASES = {
    "two variants": ONE_WORSE,
    "clear": Case((FIVES, ((8, 9), (9, 9), (9, 10)))),
    "one variant": Case((BASE,)),
    "all failed": Case(((None, None, None), (None, None, None))),
    "one variant, all failed": Case(((None, None, None),)),
    "three variants": Case((BASE, BASE, ((5, 5), (5, 6), None))),
    "by itself": Case((FIVES, RATHER)),
    "beside another": Case((FIVES, RATHER, ((5, 6), (7, 4), (3, 7)))),
    "judge failed": replace(ONE_WORSE, judged=False),
    "no spread": Case((FIVES, FIVES)),
    "price unknown": replace(ONE_WORSE, cost=None),
}


def make_results(case: Case) -> RunResults:
    plan = RunPlan.model_validate(_marked(_plan_document(case), case.mark))
    places = {variant.id: place for place, variant in enumerate(plan.variants)}
    scores = (case.scores[places[cell.variant]][number // len(places)] for number, cell in enumerate(plan.cells()))
    return RunResults(plan, tuple(_answer(case, plan, *pair) for pair in zip(plan.cells(), scores, strict=True)))


def _marked(value: Any, mark: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: entry if key in NOT_TEXT else _marked(entry, mark) for key, entry in value.items()}
    if isinstance(value, list):
        return [_marked(entry, mark) for entry in value]
    return mark(value) if isinstance(value, str) else value


def _plan_document(case: Case) -> dict[str, Any]:
    turns = [{"role": "assistant", "content": "Welcome."}, {"role": "user", "content": "I am stuck."}]
    shared = {"topic": "core_values", "phase": "exploration", "difficulty": "easy", "tags": ["hesitation"]}
    shared |= {"split": "test", "must": ["Asks one question"], "must_not": ["Gives advice"]}
    own = [{"id": f"cr-00{n}", "case": f"Case {n}", "cluster": f"cluster {n}", "parameters": {}} for n in (1, 2, 3)]
    items = [shared | item | {"conversation": turns} for item in own]
    empty = {"prompts": {"system": "You are a coach."}, "parameters": [], "settings": {"temperature": 0.4}}
    variants = [
        empty | {"id": f"id-{n}", "label": f"v{n}", "model": "simulated/coach-steady", "topic_version": n}
        for n in range(14, 14 + len(case.scores))
    ]
    texts = [{"id": name, "name": name.title(), "description": "What it is."} for name in ("listening", "brevity")]
    criteria = [text | {"weight": 0.5, "levels": {}} for text in texts]
    rubric = {"name": "coaching_quality", "version": "1", "description": "How good a reply is."}
    return {
        **{"run_id": "20261120-164512-k3f9", "created_at": NOW, "author": "tester", "tenant_id": "default"},
        **{"code_version": "0.1.0", "topic_id": "core_values", "judge": "simulated/judge", "variants": variants},
        "dataset": {"name": "coaching_reply", "version": "1", "content_hash": "a3f9", "items": items},
        "rubric": rubric | {"minimum": 1, "maximum": 10, "criteria": criteria},
        **{"seed": 7, "repeats": case.repeats, "concurrency": 2, "money_cap": "1", "simulated": case.simulated},
    }


def _answer(case: Case, plan: RunPlan, cell: Cell, scores: tuple[float, float] | None) -> Answer:
    runs = (_run(case, Purpose.EVALUATION),)
    if scores is None:
        return Answer(cell, None, case.mark("ProviderDownError: the provider is down"), None, runs)
    ids = [criterion.id for criterion in plan.rubric.criteria]
    criteria = tuple(CriterionScore(*pair, case.mark("Quotes “stuck”.")) for pair in zip(ids, scores, strict=True))
    verdict = Verdict(VerdictStatus.SCORED, sum(scores) / 2, criteria, "", plan.judge, plan.rubric.label, ("r1",), 1)
    if not case.judged:
        why = case.mark("The judge's answer was no JSON.")
        verdict = replace(verdict, status=VerdictStatus.UNSCORED, score=None, criteria=(), reason=why)
    verdicts = {verdict.judge: verdict}
    return Answer(cell, case.mark(case.answer), "", verdict, runs, (_run(case, Purpose.JUDGE),), verdicts)


def _run(case: Case, purpose: Purpose) -> PromptRun:
    call: dict[str, Any] = {
        "id": "r1",
        "call_id": "r1",
        "tenant_id": "default",
        "provider": "simulated",
        "model": "simulated/coach-steady",
    }
    call |= {"purpose": str(purpose), "status": "ok", "created_at": NOW.isoformat(), "latency_ms": 840.0}
    return PromptRun.from_json(call | {"simulated": True, "cost_usd": case.cost and str(case.cost)})


BLOCKS = {"h1", "h2", "h3", "p", "tr", "summary", "li", "div"}


class Page(HTMLParser):
    """Elements, attributes and text of a page, as a browser would take it apart.

    Attributes:
        lines: The words block by block as a reader meets them; the cells of a table's row stand between bars.
    """

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self._blocks: list[str] = [""]
        self.feed(page.decode())
        self.words = " ".join(self.text.split())
        self.lines = [line for block in self._blocks if (line := " ".join(block.split()).strip("| "))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        self.open += [tag] if tag != "meta" else []
        if tag in BLOCKS and "td" not in self.open:
            self._blocks.append("")
        self._blocks[-1] += {"td": " | ", "th": " | ", "h2": "# ", "h3": "## "}.get(tag, "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in BLOCKS and "td" not in self.open:
            self._blocks.append("")
        self._blocks[-1] += " " if tag in BLOCKS or tag in ("span", "text") else ""

    def handle_data(self, data: str) -> None:
        shown = not {"style", "title"} & set(self.open)
        self.text += f"{data} " if "style" not in self.open else ""
        self._blocks[-1] += data if shown else ""

    def section(self, title: str) -> list[str]:
        """The lines under a heading, to the next heading of a section."""
        start = self.lines.index(f"# {title}")
        rest = self.lines[start + 1 :]
        end = next((place for place, line in enumerate(rest) if line.startswith("# ")), len(rest))
        return rest[:end]

    def values(self, attribute: str) -> list[str]:
        return [value for name, value in self.attributes if name == attribute]


def unfinished() -> RunResults:
    """Two repeats under way: one answer failed, one is not judged yet, one was not asked for yet."""
    first, second = ((8, 8), (7, 7), (8, 6), (9, 8), (7, 7), (5, 6.5)), ((9, 9), (3, 2), (8, 6), (9, 8), (4, 4), None)
    whole = make_results(Case((first, second), repeats=2))
    answers = list(whole.answers)
    answers[5] = replace(answers[5], verdict=None, judge_runs=())
    return RunResults(whole.plan, (*answers[:2], *answers[3:]))


def page_of(case: Case) -> Page:
    return Page(render_report(make_results(case), "html"))
