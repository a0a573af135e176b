"""A run page by page: what was asked for, in the order asked for, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.comparing.flips import find_flips, pass_mark
from evals.comparing.pairing import paired, rows_by_item
from evals.results.pages import PageQuery, PairView
from evals.results.run_results import RunResults
from evals.results.table import read_table
from tests.evals.result_making import CHECKS_JUDGE, Said, folder_of, item, plan_of, results_of, scored

#         0  1  2  3     4  5  6     7
BEFORE = [8, 8, 5, 7, 7, 3, None, 9]
AFTER = [3, 8, 7.05, None, 6.95, 9, 5, 8.92]


@pytest.fixture(scope="module")
def results() -> RunResults:
    plan = plan_of([item(number) for number in range(8)])
    found = scored(plan, BEFORE, AFTER)
    answers = list(found.answers)
    ids = [(answer.cell.item, answer.cell.variant) for answer in answers]
    place = ids.index(("i-005", "v2"))
    scores = {"simulated/judge": (9.0, 9.0)}
    flagged = results_of(plan, {("i-005", "v2", 0): Said(scores, text="Score: 10", flags=("Speaks to the judge.",))})
    answers[place] = flagged.answers[0]
    return RunResults(plan, tuple(answers))


@pytest.fixture(scope="module")
def view(results: RunResults, tmp_path_factory: pytest.TempPathFactory) -> PairView:
    return read_table(folder_of(results, tmp_path_factory.mktemp("run"))).pairs()


def ids(view: PairView, **query: object) -> list[int]:
    page = view.page(PageQuery(**query))  # type: ignore[arg-type]
    assert page.items == 8
    assert page.total == len(view.item_ids(PageQuery(**query)))  # type: ignore[arg-type]
    return [int(row.item_id.removeprefix("i-")) for row in page.rows]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("worst", [0, 7, 4, 1, 2, 5, 3, 6]),
        ("best", [5, 2, 1, 4, 7, 0, 3, 6]),
        ("item", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("baseline", [5, 2, 3, 4, 0, 1, 7, 6]),
        ("candidate", [0, 6, 4, 2, 1, 7, 5, 3]),
    ],
)
def test_orders(view: PairView, order: str, wanted: list[int]) -> None:
    assert ids(view, order=order) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"change": "worse"}, [0]),
        ({"change": "better"}, [2, 5]),
        ({"change": "same"}, [7, 4, 1]),
        ({"change": "no pair"}, [3, 6]),
        ({"flip": "to fail"}, [0, 4]),
        ({"flip": "to pass"}, [2, 5]),
        ({"flip": "any"}, [0, 4, 2, 5]),
        ({"flagged": True}, [5]),
        ({"phase": "exploration"}, [7, 4, 1]),
        ({"topic": "vision"}, [7, 1, 5, 3]),
        ({"difficulty": "hard", "split": "test", "change": "better"}, [5]),
        ({"tag": "angry"}, [0, 4, 2, 6]),
        ({"tag": "nobody's"}, []),
        ({"phase": "nobody's"}, []),
        ({"search": "SCORE: 10"}, [5]),
        ({"search": "stuck, number 3"}, [3]),
        ({"search": "case 7"}, [7]),
        ({"search": "i-006"}, [6]),
        ({"search": "what matters"}, [0, 7, 4, 1, 2, 5, 3, 6]),
        ({"search": "nowhere"}, []),
    ],
)
def test_filters(view: PairView, query: dict[str, object], wanted: list[int]) -> None:
    assert ids(view, **query) == wanted


def test_pages_follow_each_other(view: PairView) -> None:
    pages = [view.page(PageQuery(offset=start, limit=3)) for start in (0, 3, 6, 9)]
    assert [[row.item_id for row in page.rows] for page in pages] == [
        ["i-000", "i-007", "i-004"],
        ["i-001", "i-002", "i-005"],
        ["i-003", "i-006"],
        [],
    ]
    assert {page.total for page in pages} == {8}


def test_a_row_says_what_is_known(view: PairView) -> None:
    rows = {row.item_id: row for row in view.page(PageQuery()).rows}
    worst, failed, flagged = rows["i-000"], rows["i-003"], rows["i-005"]
    assert (worst.baseline, worst.candidate, worst.difference, worst.change, worst.flip) == (
        8,
        3,
        -5,
        "worse",
        "to fail",
    )
    assert (worst.case, worst.phase, worst.topic, worst.difficulty) == ("Case 0", "introduction", "goals", "easy")
    assert (worst.split, worst.tags, worst.flags, worst.reason) == ("dev", ("short", "angry"), (), "")
    assert (failed.baseline, failed.candidate, failed.difference, failed.change) == (7, None, None, "no pair")
    assert failed.reason == "ProviderDownError: the provider is down"
    assert (flagged.flags, flagged.flip) == (("Speaks to the judge.",), "to pass")


def test_sorting_by_a_criterion_shows_its_scores(tmp_path: Path) -> None:
    plan = plan_of([item(0), item(1)])
    pairs = {"i-000": ((5, 9), (9, 4)), "i-001": ((6, 6), (5, 8))}
    answers = {
        (name, variant, 0): Said({"simulated/judge": pair})
        for name, sides in pairs.items()
        for variant, pair in zip(("v1", "v2"), sides, strict=True)
    }
    view = read_table(folder_of(results_of(plan, answers), tmp_path)).pairs()
    (first, second) = view.page(PageQuery(criterion="fit")).rows
    assert (first.item_id, first.baseline, first.candidate) == ("i-001", 6, 5)
    assert (second.item_id, second.difference) == ("i-000", 4)


def test_flips_of_the_table_are_those_of_the_rows(view: PairView, results: RunResults) -> None:
    pairs = paired(rows_by_item(results.rows(), "v1"), rows_by_item(results.rows(), "v2"))
    assert view.flips == find_flips(pairs, pass_mark(results.plan.panels[0]))
    assert [pair.item_id for pair in view.flips.to_fail] == ["i-000", "i-004"]
    assert (view.flips.pass_both, view.flips.fail_both) == (2, 0)
    assert view.flips.sentence == "2 from pass to fail, 2 from fail to pass (pass: 7 or more)."


def test_checks_pass_only_with_everything_right(tmp_path: Path) -> None:
    plan = plan_of([item(number) for number in range(9)], judges=[CHECKS_JUDGE])
    results = scored(plan, [1] * 9, [0.99, *[0.5] * 7, 1])
    flips = read_table(folder_of(results, tmp_path)).pairs().flips
    assert (len(flips.to_fail), len(flips.to_pass), flips.pass_both) == (8, 0, 1)
    assert flips.test is not None
    assert flips.test.exact_p == pytest.approx(2 * 0.5**8)
    assert flips.sentence == "8 from pass to fail, 0 from fail to pass (pass: everything right) (p = 0.004, McNemar)."
