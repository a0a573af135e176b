"""The table of a run: quick to open, equal to the slow reading, and never older than the journal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coaching_core.errors import DiskFullError, NotFoundError, RunDamagedError
from evals.plan import Cell
from evals.results import table as result_table
from evals.results.notes import notes_of_results
from evals.results.pages import PageQuery
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.results.table import ResultTable, TableReader, read_table
from evals.running.folder import AddedJudges, RunFolder, RunState
from tests.evals.result_making import (
    CHECKS_JUDGE,
    RUBRIC_JUDGE,
    Said,
    folder_of,
    item,
    lines_of,
    pairwise_judge,
    plan_of,
    preference,
    results_of,
)


def run(**changes: object) -> RunResults:
    """Two judges, a failed answer, a failed judgement, a flag, a comparison, an answer that is missing."""
    judges = [RUBRIC_JUDGE, CHECKS_JUDGE, pairwise_judge()]
    plan = plan_of([item(number) for number in range(6)], judges=judges, **changes)
    answers = {}
    for number, cell in enumerate(plan.cells()):
        scores = {"simulated/judge": (float(3 + number % 7), 5.0), "checks simulated/judge": (1.0, float(number % 2))}
        answers[cell.item, cell.variant, cell.repeat] = Said(scores, text=f"Answer {number} to {cell.item}?")
    answers["i-002", "v1", 0] = Said(None)
    answers["i-003", "v2", 0] = Said({"simulated/judge": None, "checks simulated/judge": (0.0, 0.0)})
    answers["i-004", "v2", 0] = Said({"simulated/judge": (2.0, 2.0)}, flags=("The answer speaks to the judge.",))
    del answers["i-005", "v2", 0]
    said = [preference("i-000", ("v1", "v2"), order, "other") for order in (1, 2)]
    return results_of(plan, answers, said)


def same(table: ResultTable, results: RunResults) -> None:
    for panel in results.plan.panels:
        seen, read = table.read_by(panel.id), results.read_by(panel.id)
        assert seen.rows() == list(read.rows())
        assert seen.comparison() == read.comparison()
        assert [note for note in seen.notes if note.kind != "constant"] == [
            note for note in notes_of_results(read) if note.kind != "constant"
        ]
    assert table.preferences == results.preferences
    assert table.plan.dataset.items == ()
    assert table.items == len(results.plan.dataset.items)


def test_a_table_equals_the_slow_reading(tmp_path: Path) -> None:
    results = run()
    folder = folder_of(results, tmp_path)
    assert load_results(folder) == results
    same(read_table(folder), results)
    assert folder.results.exists()
    same(read_table(folder), results)


def test_repeats(tmp_path: Path) -> None:
    results = run(repeats=2)
    same(read_table(folder_of(results, tmp_path)), results)


def test_one_variant_is_compared_with_nothing(tmp_path: Path) -> None:
    plan = plan_of([item(0)], variants=1)
    results = results_of(plan, {("i-000", "v1", 0): Said({"simulated/judge": (8, 6)})})
    table = read_table(folder_of(results, tmp_path))
    assert table.comparison() is None
    (row,) = table.pairs().page(PageQuery()).rows
    assert (row.item_id, row.baseline, row.candidate, row.change) == ("i-000", 7.0, None, "no pair")


def test_a_file_older_than_the_journal_is_made_again(tmp_path: Path) -> None:
    results = run()
    lines = lines_of(results)
    folder = folder_of(results, tmp_path)
    folder.journal.write_bytes(b"".join(line.encode() for line in lines[:5]))
    assert len(read_table(folder)) == len(load_results(folder).answers) < len(results.answers)
    folder.journal.write_bytes(b"".join(line.encode() for line in lines))
    same(read_table(folder), results)


def test_a_torn_last_line_makes_no_file_old(tmp_path: Path) -> None:
    results = run()
    folder = folder_of(results, tmp_path)
    read_table(folder)
    made = folder.results.stat().st_mtime_ns
    with folder.journal.open("ab") as journal:
        journal.write(b'{"kind":"answer","item":"i-0')
    same(read_table(folder), results)
    assert folder.results.stat().st_mtime_ns == made


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense PAR1", b"PAR1" * 40])
def test_a_broken_file_is_made_again(tmp_path: Path, content: bytes) -> None:
    results = run()
    folder = folder_of(results, tmp_path)
    folder.results.write_bytes(content)
    same(read_table(folder), results)


def test_a_journal_that_was_put_back_is_read_again(tmp_path: Path) -> None:
    results = run()
    folder = folder_of(results, tmp_path)
    read_table(folder)
    first = lines_of(results)[0].encode()
    folder.journal.write_bytes(first)
    assert len(read_table(folder)) == 1


def test_added_judges_are_columns_at_once(tmp_path: Path) -> None:
    plan = plan_of([item(0)], judges=[RUBRIC_JUDGE])
    answers = {("i-000", variant, 0): Said({"simulated/judge": (8, 6)}) for variant in ("v1", "v2")}
    folder = folder_of(results_of(plan, answers), tmp_path)
    assert len(read_table(folder).plan.panels) == 1
    judge = plan_of([item(0)], judges=[CHECKS_JUDGE]).judges
    folder.add_judges(AddedJudges(judges=judge))
    table = read_table(folder).read_by("checks simulated/judge")
    assert [row.status for row in table.rows()] == ["waiting", "waiting"]


def test_a_run_that_works_is_followed_line_by_line(tmp_path: Path) -> None:
    results = run()
    folder, reader = folder_of(results, tmp_path), TableReader()
    lines = [line.encode() for line in lines_of(results)]
    folder.journal.write_bytes(b"")
    with folder.running():
        for number, line in enumerate(lines):
            with folder.journal.open("ab") as journal:
                journal.write(line)
            if number % 4 == 0 or number == len(lines) - 1:
                same(reader.read(folder), load_results(folder))
        assert not folder.results.exists()
        table = reader.read(folder)
        assert [row.item_id for row in table.pairs().page(PageQuery(search="answer 6 to")).rows] == ["i-003"]
        assert table.item("i-003").answers[0].text == "Answer 6 to i-003?"
        assert reader.read(folder).read_to == folder.journal.stat().st_size
    folder.write_status(RunState.FINISHED)
    same(reader.read(folder), results)
    assert folder.results.exists()


def test_damage_is_named(tmp_path: Path) -> None:
    folder = folder_of(run(), tmp_path)
    with folder.journal.open("ab") as journal:
        journal.write(b"mischief\n")
    with pytest.raises(RunDamagedError, match="damaged"):
        read_table(folder)
    with folder.running(), pytest.raises(RunDamagedError, match="damaged"):
        read_table(folder)


def test_where_no_file_can_be_written_the_journal_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(result_table, "write_parquet", full)
    monkeypatch.setattr(result_table, "write_items", full)
    results = run()
    folder = folder_of(results, tmp_path)
    table = read_table(folder)
    same(table, results)
    assert table.item("i-000").item == results.plan.dataset.items[0]
    assert not folder.results.exists()


def test_an_item_opened_is_all_that_was_said_of_it(tmp_path: Path) -> None:
    results = run(repeats=2)
    folder = folder_of(results, tmp_path)
    whole = load_results(folder)
    for panel in results.plan.panels:
        table = read_table(folder).read_by(panel.id)
        for golden in results.plan.dataset.items:
            reading = table.item(golden.id)
            assert reading.item == golden
            mine = [answer for answer in whole.read_by(panel.id).answers if answer.cell.item == golden.id]
            assert list(reading.answers) == mine
            assert list(reading.preferences) == [one for one in results.preferences if one[0].item == golden.id]
    assert read_table(folder).item("i-000").answer("v2", 1) == whole.answers[12]
    assert read_table(folder).item("i-005").answer("v2") is None


def test_an_item_nobody_answered_is_opened_without_answers(tmp_path: Path) -> None:
    plan = plan_of([item(0), item(1)])
    results = results_of(plan, {("i-000", "v1", 0): Said({"simulated/judge": (8, 6)})})
    table = read_table(folder_of(results, tmp_path))
    reading = table.item("i-001")
    assert (reading.item.case, reading.answers, reading.preferences) == ("Case 1", (), ())


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    table = read_table(folder_of(run(), tmp_path))
    with pytest.raises(NotFoundError, match="no item “i-999”"):
        table.item("i-999")
    with pytest.raises(NotFoundError, match=r"no judge “mine”\. It has: simulated/judge, checks"):
        table.read_by("mine")
    with pytest.raises(NotFoundError, match=r"no variant “v9”\. It has: v1, v2"):
        table.comparison("v9")


def test_a_folder_that_was_moved_opens_as_before(tmp_path: Path) -> None:
    results = run()
    folder = folder_of(results, tmp_path)
    read_table(folder)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder.path, elsewhere)
    same(read_table(RunFolder(elsewhere)), results)


def test_prompts_with_quotes_and_odd_letters_survive(tmp_path: Path) -> None:
    odd = "It's \"odd\" \u0001 ☃ '); drop table x; --"
    plan = plan_of([item(0, case=odd, phase=odd)])
    variants = tuple(one.model_copy(update={"prompts": {"system": odd}}) for one in plan.variants)
    answers = {("i-000", name, 0): Said({"simulated/judge": (8, 6)}, text=odd) for name in ("v1", "v2")}
    results = results_of(plan.model_copy(update={"variants": variants}), answers)
    table = read_table(folder_of(results, tmp_path))
    same(table, results)
    assert table.plan.variants == variants
    assert table.pairs().page(PageQuery()).rows[0].case == odd
    assert table.item("i-000").answers[0].cell == Cell("i-000", "v1", 0)
