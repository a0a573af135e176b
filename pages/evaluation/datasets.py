"""Datasets: the golden items every run is made of; one opened down to its conversations."""

from __future__ import annotations

import streamlit as st

from evals.bootstrap import Workbench
from pages.components.address import carried, carry_only
from pages.components.chrome import empty_state, page_title
from pages.components.golden import ReadDataset, golden_datasets
from pages.components.messages import show_problem
from pages.components.pick_table import PickTable
from pages.evaluation.datasets_opened import render_opened
from pages.view_models.datasets import dataset_row
from pages.view_models.words import plural

_column = st.column_config
_TABLE = PickTable(
    key="datasets",
    id_field="name",
    alt="Golden datasets",
    columns={
        "name": _column.TextColumn("Dataset", width="medium"),
        "task": _column.TextColumn("Task", width="medium"),
        "version": _column.TextColumn("Version", width="small"),
        "items": _column.NumberColumn("Items", format="localized", width="small"),
        "splits": _column.TextColumn("Splits", width="small"),
        "hash": _column.TextColumn("Hash", width="small", help="Changes with any change of an item."),
        "licence": _column.TextColumn("Licence", width="small"),
    },
)


def render(workbench: Workbench) -> None:
    """Show the list, or the dataset that the address names."""
    known = golden_datasets(workbench.core.settings.datasets_dir)
    name = carried("dataset")
    if name is None:
        _list(known)
        return
    found = next((entry for entry in known if entry.info.name == name), None)
    if found is not None and found.dataset is not None:
        render_opened(found.dataset)
        return
    page_title(name)
    show_problem(found.info.error or "" if found else f"There is no dataset “{name}”.")
    st.button("Show all datasets", icon=":material/arrow_back:", on_click=carry_only)


def _list(known: tuple[ReadDataset, ...]) -> None:
    page_title("Datasets", [plural(len(known), "golden dataset")])
    if not known:
        empty_state(
            "No datasets yet",
            "A golden dataset is a folder in datasets/golden with items.jsonl and card.yaml. It then shows here.",
        )
        return
    rows = [dataset_row(entry.info, entry.dataset) for entry in known]
    picked = _TABLE.pick(rows, None)
    st.caption("Select a dataset to read its card and items. The hash changes with any change of an item.")
    for row in rows:
        if row.problem:
            show_problem(f"{row.name} cannot be read. {row.problem}")
    if picked is not None:
        carry_only(dataset=picked)
        st.rerun()
