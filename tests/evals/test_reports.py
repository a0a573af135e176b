"""Reports of runs: nothing in them runs, nothing is fetched, and what is missing is said."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from coaching_core.errors import InvalidInputError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.prompts.models import ModelSettings
from evals.dataset import GoldenItem, Turn
from evals.plan import Cell, PlannedDataset, RunPlan, Variant
from evals.reports import FORMATS, render_report
from evals.results import Answer, RunResults
from evals.rubric import Criterion, Rubric
from evals.verdict import CriterionScore, Verdict, VerdictStatus

NOW = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
HOSTILE = "</p></td></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
LISTENING, BREVITY = "listening", "brevity"

Mark = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    """What a test varies of the run it reports on.

    Attributes:
        mark: Put into every stored text.
        scores: For each variant, the two criterion scores of each item; None for an answer that failed.
    """

    scores: tuple[tuple[tuple[float, float] | None, ...], ...]
    mark: Mark = str
    answer: str = "What matters to you here?"
    simulated: bool = True
    cost: Decimal | None = Decimal("0.0000041")
    unscored: bool = False


WORSE_ON_ONE = Case((((8, 8), (7, 7), (8, 6)), ((9, 9), (3, 2), (8, 6))))
ONE_VARIANT = Case((((8, 8), (7, 7), (8, 6)),))
ALL_FAILED = Case(((None, None, None), (None, None, None)))


def make_results(case: Case) -> RunResults:
    plan = _plan(case)
    cells = [Cell(item.id, variant.id, 0) for item in plan.dataset.items for variant in plan.variants]
    ids = [item.id for item in plan.dataset.items]
    names = [variant.id for variant in plan.variants]
    return RunResults(
        plan,
        tuple(
            _answer(case, plan, cell, case.scores[names.index(cell.variant)][ids.index(cell.item)]) for cell in cells
        ),
    )


def _plan(case: Case) -> RunPlan:
    mark = case.mark
    return RunPlan(
        run_id="20261120-164512-k3f9",
        created_at=NOW,
        author=mark("tester"),
        tenant_id="default",
        code_version=mark("0.1.0"),
        topic_id=mark("core_values"),
        dataset=PlannedDataset(
            name=mark("coaching_reply"),
            version=mark("1"),
            content_hash=mark("a3f9" * 16),
            items=tuple(_item(mark, number) for number in (1, 2, 3)),
        ),
        variants=tuple(_variant(mark, number) for number in range(len(case.scores))),
        judge=mark("simulated/judge"),
        rubric=_rubric(mark),
        seed=7,
        repeats=1,
        concurrency=2,
        money_cap=Decimal(1),
        simulated=case.simulated,
    )


def _item(mark: Mark, number: int) -> GoldenItem:
    return GoldenItem(
        id=mark(f"cr-00{number}"),
        topic=mark("core_values"),
        phase=mark("exploration"),
        difficulty=mark("easy"),
        tags=(mark("hesitation"),),
        split=mark("test"),
        case=mark(f"Case {number}"),
        cluster=mark(f"cluster {number}"),
        parameters={"user_name": mark("Amara")},
        conversation=(Turn(role="assistant", content=mark("Welcome.")), Turn(role="user", content=mark("I am stuck."))),
        must=(mark("Asks one open question"),),
        must_not=(mark("Gives advice"),),
    )


def _variant(mark: Mark, number: int) -> Variant:
    return Variant(
        id=f"{14 + number}-simulated.coach-steady",
        label=mark(f"v{14 + number}"),
        model=mark("simulated/coach-steady"),
        topic_version=14 + number,
        prompts={"system": mark("You are a coach.")},
        parameters=(),
        settings=ModelSettings(temperature=0.4, max_tokens=400),
    )


def _rubric(mark: Mark) -> Rubric:
    return Rubric(
        name=mark("coaching_quality"),
        version=mark("1"),
        description=mark("How good a reply is."),
        minimum=1,
        maximum=10,
        criteria=tuple(
            Criterion(id=mark(name), name=mark(name.title()), weight=0.5, description=mark("What it is."), levels={})
            for name in (LISTENING, BREVITY)
        ),
    )


def _answer(case: Case, plan: RunPlan, cell: Cell, scores: tuple[float, float] | None) -> Answer:
    runs = (_run(case, Purpose.EVALUATION),)
    if scores is None:
        return Answer(cell, None, case.mark("ProviderDownError: the provider is down"), None, runs)
    return Answer(cell, case.mark(case.answer), "", _verdict(case, plan, scores), runs, (_run(case, Purpose.JUDGE),))


def _verdict(case: Case, plan: RunPlan, scores: tuple[float, float]) -> Verdict:
    ids = [criterion.id for criterion in plan.rubric.criteria]
    reasons = [case.mark(f"Quotes “stuck” for {name}.") for name in (LISTENING, BREVITY)]
    criteria = tuple(CriterionScore(*entry) for entry in zip(ids, scores, reasons, strict=True))
    head = (VerdictStatus.SCORED, sum(scores) / 2, criteria, "")
    if case.unscored:
        head = (VerdictStatus.UNSCORED, None, (), case.mark("The judge's answer was no JSON."))
    return Verdict(*head, judge=plan.judge, rubric=plan.rubric.label, prompt_run_ids=("r1",), attempts=1)


def _run(case: Case, purpose: Purpose) -> PromptRun:
    return PromptRun(
        id="r1",
        tenant_id="default",
        purpose=purpose,
        provider="simulated",
        model="simulated/coach-steady",
        simulated=case.simulated,
        latency_ms=840.0,
        status=RunStatus.OK,
        created_at=NOW,
        cost_usd=case.cost,
    )


class Page(HTMLParser):
    """Elements, attributes and text of a page, as a browser would take it apart."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += f"{data} "

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def page_of(case: Case) -> Page:
    return Page(render_report(make_results(case), "html"))


def table_of(case: Case) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_report(make_results(case), "csv").decode(), newline="")))


ALL_CASES = {
    "two variants": WORSE_ON_ONE,
    "one variant": ONE_VARIANT,
    "all failed": ALL_FAILED,
    "one variant, all failed": Case(((None, None, None),)),
    "three variants": Case((((8, 8), (7, 7), (8, 6)), ((9, 9), (3, 2), (8, 6)), ((5, 5), (5, 6), None))),
    "judge failed": Case(WORSE_ON_ONE.scores, unscored=True),
    "no spread": Case((((5, 5),) * 3, ((5, 5),) * 3)),
    "price unknown": Case(WORSE_ON_ONE.scores, cost=None),
}


@pytest.mark.parametrize("case", ALL_CASES.values(), ids=ALL_CASES.keys())
@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_stored_text_never_becomes_markup(case: Case, hostile: bool) -> None:
    mark: Mark = (lambda text: text + HOSTILE) if hostile else str
    page = page_of(Case(case.scores, mark, case.answer, case.simulated, case.cost, case.unscored))
    assert page.open == []
    assert not {"script", "img", "iframe", "link", "object", "form"} & page.elements.keys()
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "style")]
    assert page.elements["style"] == page.elements["title"] == 1


@pytest.mark.parametrize(
    "stored",
    [
        *("What matters", "I am stuck", "Welcome", "Case 1", "v14", "v15", "hesitation", "Listening", "Quotes “stuck”"),
        *("tester", "coaching_reply", "simulated/judge", "Asks one", "Gives advice", "core_values", "coaching_quality"),
    ],
)
def test_stored_text_is_shown_as_it_is(stored: str) -> None:
    assert stored in page_of(WORSE_ON_ONE).text


def test_hostile_text_is_shown_as_text() -> None:
    page = page_of(Case(WORSE_ON_ONE.scores, lambda text: text + HOSTILE))
    assert page.text.count("What matters to you here?" + HOSTILE) == 6
    assert page.text.count("Quotes “stuck” for listening." + HOSTILE) == 6


@pytest.mark.parametrize("case", ALL_CASES.values(), ids=ALL_CASES.keys())
def test_the_page_asks_nothing_of_any_host(case: Case) -> None:
    raw = render_report(make_results(case), "html").decode()
    assert "http://" not in raw
    assert "https://" not in raw
    assert "url(" not in raw
    assert "@import" not in raw
    page = Page(raw.encode())
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)


def test_regressions_link_to_their_items() -> None:
    page = page_of(WORSE_ON_ONE)
    assert page.links == ["#item-2"]
    assert "−4.5 worse" in page.words


def test_the_verdict_and_its_interval_are_said() -> None:
    results = make_results(WORSE_ON_ONE)
    comparison = results.comparison()
    assert comparison is not None
    words = Page(render_report(results, "html")).words
    assert "No clear difference yet: −1.17 [" in words
    assert all(note in words for note in comparison.notes)
    assert "Of 3 paired items: 1 worse, 1 better, 1 the same" in words


def test_names_of_people_not_ids_stand_in_the_sentence() -> None:
    low, high = ((3, 3), (4, 4), (3, 4)), ((8, 8), (9, 9), (9, 8))
    page = page_of(Case((low, high)))
    assert "v15 scores 5.00 points higher than v14" in page.words
    assert "▲ better" in page.words
    assert "coach-steady scores" not in page.words


def test_simulated_is_marked_and_real_is_not() -> None:
    simulated = render_report(make_results(WORSE_ON_ONE), "html").decode()
    real = render_report(make_results(Case(WORSE_ON_ONE.scores, simulated=False)), "html").decode()
    tag = '<span class="tag simulated">Simulated</span>'
    assert tag in simulated
    assert "(simulated)</title>" in simulated
    assert tag not in real
    assert json.loads(render_report(make_results(WORSE_ON_ONE), "json"))["simulated"] is True


def test_every_variant_is_held_against_the_first() -> None:
    words = page_of(ALL_CASES["three variants"]).words
    assert "v15 against v14" in words
    assert "v16 against v14" in words
    assert "v16 against v15" not in words
    assert "adjusted for 2 candidates (Holm)" in words


def test_a_finding_that_does_not_survive_more_candidates_is_taken_back() -> None:
    base, rather = ((5, 5), (5, 5), (5, 5)), ((6, 6), (6.4, 6.4), (6.9, 6.9))
    assert "Not clear once" not in page_of(Case((base, rather))).words
    # Three pairs: p = .034 by itself, .069 as the smaller of two.
    words = page_of(Case((base, rather, ((5, 6), (7, 4), (3, 7))))).words
    assert "Not clear once 2 candidates are counted." in words


def test_one_variant_has_means_and_no_comparison() -> None:
    words = page_of(ONE_VARIANT).words
    assert "v14 scores 7.33, 95 % interval" in words
    assert "By criterion" in words
    assert "worse" not in words
    assert "A run with one variant compares nothing." in words


def test_a_failure_is_counted_with_its_reason_and_is_no_score() -> None:
    words = page_of(ALL_FAILED).words
    assert "6 answers without a score" in words
    assert "ProviderDownError: the provider is down 3" in words
    assert "Nothing can be compared yet" in words
    assert {(row["status"], row["score"], row["answer"]) for row in table_of(ALL_FAILED)} == {("failed", "", "")}


def test_a_failed_judgement_keeps_its_answer() -> None:
    case = ALL_CASES["judge failed"]
    words = page_of(case).words
    assert "judgement failed The judge's answer was no JSON. 3" in words
    assert words.count("What matters to you here?") == 6
    assert {row["score_listening"] for row in table_of(case)} == {""}


def test_an_unfinished_run_says_so() -> None:
    whole = make_results(WORSE_ON_ONE)
    words = Page(render_report(RunResults(whole.plan, whole.answers[:3]), "html")).words
    assert "This run is not finished: 3 of 6 answers done." in words
    assert "The run has not come to it." in words


def test_an_unknown_price_makes_the_total_a_lower_bound() -> None:
    assert "so the total is a lower bound" in page_of(ALL_CASES["price unknown"]).words
    assert {row["cost_usd"] for row in table_of(ALL_CASES["price unknown"])} == {""}


def test_labels_that_are_the_same_are_told_apart_by_model() -> None:
    results = make_results(WORSE_ON_ONE)
    first, second = results.plan.variants
    twin = second.model_copy(update={"label": first.label, "model": "simulated/coach-keen"})
    plan = results.plan.model_copy(update={"variants": (first, twin)})
    words = Page(render_report(RunResults(plan, results.answers), "html")).words
    assert "v14 (simulated/coach-keen)" in words


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_no_answer_for_a_formula(start: str) -> None:
    answer = f'{start}HYPERLINK(A1), said "it"\nand more'
    rows = table_of(Case(WORSE_ON_ONE.scores, answer=answer))
    assert {row["answer"] for row in rows} == {f"'{answer}"}


def test_every_text_cell_is_guarded_and_numbers_stay_numbers() -> None:
    raw = render_report(make_results(Case(WORSE_ON_ONE.scores, lambda text: f"={text}")), "csv").decode()
    header, *rows = csv.reader(io.StringIO(raw, newline=""))
    assert not [cell for row in (header, *rows) for cell in row if cell.startswith("=")]
    rows_ = table_of(WORSE_ON_ONE)
    assert [float(row["score"]) for row in rows_] == [8, 9, 7, 2.5, 7, 7]
    assert {row["cost_usd"] for row in rows_} == {"0.0000041"}
    assert {row["latency_ms"] for row in rows_} == {"840.0"}


def test_the_table_has_one_line_for_each_answer() -> None:
    raw = render_report(make_results(WORSE_ON_ONE), "csv")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode().splitlines()[0] == (
        "item,case,phase,topic,difficulty,variant,repeat,model,status,reason,score,"
        "score_listening,score_brevity,cost_usd,latency_ms,answer"
    )
    rows = table_of(WORSE_ON_ONE)
    assert [(row["item"], row["variant"]) for row in rows[:3]] == [
        ("cr-001", "v14"),
        ("cr-001", "v15"),
        ("cr-002", "v14"),
    ]


def test_the_document_keeps_every_answer_and_judgement() -> None:
    results = make_results(Case(WORSE_ON_ONE.scores, lambda text: text + HOSTILE))
    document = json.loads(render_report(results, "json"))
    assert len(document["answers"]) == 6
    for written, answer in zip(document["answers"], results.answers, strict=True):
        assert answer.verdict is not None
        assert (written["item"], written["variant"], written["answer"]) == (
            answer.cell.item,
            answer.cell.variant,
            answer.text,
        )
        assert written["score"] == answer.verdict.score
        assert written["criteria"] == [
            {"id": score.id, "score": score.score, "reason": score.reason} for score in answer.verdict.criteria
        ]
    assert Decimal(document["cost_usd"]) == results.cost
    assert [entry["mean"] for entry in document["variants"]] == [entry.mean for entry in results.variants()]
    assert document["comparisons"][0]["worse"] == 1


def test_the_document_has_the_same_keys_in_the_same_order_whatever_happened() -> None:
    def keys(case: Case) -> tuple[list[str], list[str]]:
        document = json.loads(render_report(make_results(case), "json"))
        return list(document), list(document["answers"][0])

    assert len({str(keys(case)) for case in ALL_CASES.values()}) == 1


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_run_gives_the_same_bytes(format_: str) -> None:
    case = ALL_CASES["three variants"]
    assert render_report(make_results(case), format_) == render_report(make_results(case), format_)


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="html, csv, json"):
        render_report(make_results(ONE_VARIANT), "pdf")
