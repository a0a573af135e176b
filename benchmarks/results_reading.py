"""Reading a run of 20,000 results: what stands between a person and the first page, and the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from benchmarks.large_run import ITEMS, make_large_run
from benchmarks.measurement import Measurement
from benchmarks.workplace import workplace
from evals.results.pages import PageQuery
from evals.results.parquet import write_parquet
from evals.results.reading import load_results
from evals.results.table import read_table

_ROUNDS = 5


def measure() -> Iterator[Measurement]:
    """The median of five each; the screen around it is not in the figures."""
    with workplace() as home:
        folder = make_large_run(home)
        what = f"reading, {2 * ITEMS:,} results"
        begun = time.perf_counter()
        results = load_results(folder)
        yield Measurement(f"{what}: the journal, once", time.perf_counter() - begun, "s")
        begun = time.perf_counter()
        write_parquet(results, folder)
        yield Measurement(f"{what}: making the table's file, once", time.perf_counter() - begun, "s")
        table = read_table(folder)
        same = table.comparison() == results.comparison()
        yield Measurement(f"{what}: opening the table", _median_ms(lambda: read_table(folder)), "ms")
        note = "equals the rows' to the last bit" if same else "DIFFERS from the rows'"
        yield Measurement(f"{what}: comparing, all groups", _median_ms(table.comparison), "ms", note=note)
        first = _median_ms(lambda: (read_table(folder).comparison(), table.pairs().page(PageQuery())))
        yield Measurement(f"{what}: first page in all", first, "ms", 1_500)
        view = table.pairs()
        ids = view.item_ids(PageQuery())
        for name, query in (
            ("next page", PageQuery(offset=50)),
            ("page of one tag and phase", PageQuery(tag="tag 3", phase="synthesis", order="best")),
            ("page of flips", PageQuery(flip="to fail")),
            ("page of a search in all texts", PageQuery(search="trunk work feeling")),
        ):
            yield Measurement(f"{what}: {name}", _median_ms(partial(view.page, query)), "ms", 500)
        yield Measurement(f"{what}: one item opened", _median_ms(lambda: table.item(ids[0])), "ms", 500)


def _median_ms(question: Callable[[], object]) -> float:
    taken = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        question()
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)
