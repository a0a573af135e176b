"""Reports of runs: nothing in them runs, nothing is fetched, and what is missing is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from coaching_core.errors import InvalidInputError
from evals.reports import FORMATS, render_report
from evals.results.run_results import RunResults
from evals.verdict import CriterionScore
from tests.evals.report_making import ANSWER, CASES, HOSTILE, ONE_WORSE, Case, Page, hostile, make_results, page_of

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def table_of(case: Case) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_report(make_results(case), "csv").decode(), newline="")))


@every_case
@pytest.mark.parametrize("mark", [str, hostile])
def test_stored_text_never_becomes_markup(case: Case, mark: Callable[[str], str]) -> None:
    page = page_of(replace(case, mark=mark))
    assert page.open == []
    assert not {"script", "img", "iframe", "link", "object", "form"} & page.elements.keys()
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")]
    assert page.elements["style"] == page.elements["title"] == 1


def test_hostile_text_is_shown_as_text() -> None:
    text = page_of(replace(ONE_WORSE, mark=hostile)).text
    assert text.count(ANSWER + HOSTILE) == 6
    assert text.count("Quotes “stuck”." + HOSTILE) == 12
    words = ["Case 1", "v14", "hesitation", "Listening", "tester", "Welcome.", "Asks one question", "Gives advice"]
    names = ["core_values", "coaching_reply", "simulated/judge", "coaching_quality", "a3f9", "0.1.0", "easy"]
    assert [shown for shown in words + names if shown + HOSTILE not in text] == []


@every_case
def test_the_page_asks_nothing_of_any_host(case: Case) -> None:
    raw = render_report(make_results(case), "html")
    assert not [word for word in (b"http://", b"https://", b"url(", b"@import") if word in raw]
    page = Page(raw)
    assert {link.removeprefix("#") for link in page.values("href")} <= set(page.values("id"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("two variants", ["No clear difference yet: −1.17 [", "−4.5 worse", "1 worse, 1 better, 1 the same"]),
        ("clear", ["v15 scores 4.00 points higher than v14", "▲ better", "Difference by criterion: 2 better"]),
        ("clear", ["All 6 answers have a score.", "No item is worse.", "under $0.0001 for 12 calls"]),
        ("one variant", ["v14 scores 7.33, 95 % interval", "By criterion", "one variant compares nothing"]),
        ("one variant, all failed", ["v14 has no score: no answer could be scored.", "3 answers without a score"]),
        ("all failed", ["Nothing can be compared yet", "ProviderDownError: the provider is down 3"]),
        ("judge failed", ["judgement failed The judge's answer was no JSON. 3", ANSWER]),
        ("three variants", ["v15 against v14", "v16 against v14", "1 item is left out (1 failed)"]),
        ("beside another", ["Not clear once 2 candidates are counted.", "adjusted for 2 candidates (Holm)"]),
        ("price unknown", ["so the total is a lower bound"]),
    ],
)
def test_the_page_says(name: str, said: list[str]) -> None:
    words = page_of(CASES[name]).words
    assert [phrase for phrase in said if phrase not in words] == []


@pytest.mark.parametrize("name", ["one variant", "three variants", "by itself", "clear", "all failed"])
def test_the_page_does_not_say(name: str) -> None:
    unsaid = {"one variant": "worse", "three variants": "v16 against v15", "by itself": "Not clear", "clear": "id-15"}
    assert unsaid.get(name, "No item is worse") not in page_of(CASES[name]).words


def test_simulated_is_marked_and_real_is_not() -> None:
    real = replace(ONE_WORSE, simulated=False)
    assert page_of(ONE_WORSE).values("class").count("tag simulated") == 1
    assert "tag simulated" not in page_of(real).values("class")
    documents = [json.loads(render_report(make_results(case), "json")) for case in (ONE_WORSE, real)]
    assert [document["simulated"] for document in documents] == [True, False]


def test_an_unfinished_run_says_so() -> None:
    whole = make_results(ONE_WORSE)
    words = Page(render_report(RunResults(whole.plan, whole.answers[:3]), "html")).words
    assert "This run is not finished: 3 of 6 answers done." in words
    assert "The run has not come to it." in words


def test_labels_that_are_the_same_are_told_apart_by_model() -> None:
    results = make_results(ONE_WORSE)
    first, second = results.plan.variants
    twin = second.model_copy(update={"label": first.label, "model": "simulated/coach-keen"})
    plan = results.plan.model_copy(update={"variants": (first, twin)})
    assert "v14 (simulated/coach-keen)" in Page(render_report(RunResults(plan, results.answers), "html")).words


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_no_text_for_a_formula(start: str) -> None:
    answer = f'{start}HYPERLINK(A1), said "it"\nand more'
    assert {row["answer"] for row in table_of(replace(ONE_WORSE, answer=answer))} == {f"'{answer}"}
    raw = render_report(make_results(replace(ONE_WORSE, mark=lambda text: start + text)), "csv").decode()
    cells = [cell for row in csv.reader(io.StringIO(raw, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(start)]


def test_the_table_has_one_line_for_each_answer_and_its_numbers_are_numbers() -> None:
    raw, rows = render_report(make_results(ONE_WORSE), "csv"), table_of(ONE_WORSE)
    assert raw.startswith(
        b"item,case,phase,topic,difficulty,variant,repeat,model,status,reason,score,"
        b"score_listening,score_brevity,cost_usd,latency_ms,answer\r\n"
    )
    assert [row["item"] for row in rows] == ["cr-001", "cr-001", "cr-002", "cr-002", "cr-003", "cr-003"]
    assert [row["variant"] for row in rows] == ["v14", "v15"] * 3
    assert [float(row["score"]) for row in rows] == [8, 9, 7, 2.5, 7, 7]
    assert {(row["cost_usd"], row["latency_ms"]) for row in rows} == {("0.0000041", "840.0")}


def test_gaps_are_listed_most_frequent_first() -> None:
    case = Case(((None, (7, 7), (8, 6)), (None, None, (8, 6))))
    page = render_report(make_results(case), "html").decode()
    gaps = page.partition("3 answers without a score</h2>")[2].partition("</section>")[0]
    assert 0 < gaps.index(">v15<") < gaps.index(">v14<")


def test_a_document_counts_the_calls_whose_cost_is_unknown() -> None:
    known, unknown = (
        json.loads(render_report(make_results(CASES[name]), "json")) for name in ("clear", "price unknown")
    )
    assert known["calls_of_unknown_cost"] == 0
    assert unknown["calls_of_unknown_cost"] == unknown["calls"] > 0


def test_what_is_unknown_stays_empty_in_the_table() -> None:
    failed = table_of(CASES["all failed"])
    assert {(row["status"], row["score"], row["answer"]) for row in failed} == {("failed", "", "")}
    assert {row["score_listening"] for row in table_of(CASES["judge failed"])} == {""}
    assert {row["cost_usd"] for row in table_of(CASES["price unknown"])} == {""}


def test_the_document_keeps_every_answer_and_judgement() -> None:
    results = make_results(replace(ONE_WORSE, mark=hostile))
    document = json.loads(render_report(results, "json"))
    for written, answer in zip(document["answers"], results.answers, strict=True):
        assert answer.verdict is not None
        assert (written["item"], written["variant"]) == (answer.cell.item, answer.cell.variant)
        assert (written["answer"], written["score"]) == (answer.text, answer.verdict.score)
        assert [CriterionScore(**score) for score in written["criteria"]] == list(answer.verdict.criteria)
    assert Decimal(document["cost_usd"]) == results.cost
    assert [entry["mean"] for entry in document["variants"]] == [entry.mean for entry in results.variants()]
    assert document["comparisons"][0]["worse"] == 1


def test_the_document_has_the_same_keys_in_the_same_order_whatever_happened() -> None:
    documents = [json.loads(render_report(make_results(case), "json")) for case in CASES.values()]
    assert len({(*document, *document["answers"][0]) for document in documents}) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_run_gives_the_same_bytes(name: str) -> None:
    case = CASES["three variants"]
    assert render_report(make_results(case), name) == render_report(make_results(case), name)


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="html, csv, json"):
        render_report(make_results(ONE_WORSE), "pdf")
