"""The import of a file: columns mapped, problems by row, then kept as a new dataset or a new version."""

from __future__ import annotations

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from evals.golden.importing import (
    BuiltItems,
    ColumnMapping,
    Problem,
    Table,
    build_items,
    propose_mapping,
    read_table,
)
from pages.components.address import carry_only
from pages.components.chrome import page_title
from pages.components.messages import plain_markdown, show_notice, show_problem
from pages.components.pick_table import ROW_HEIGHT
from pages.evaluation.datasets_items import show_item
from pages.evaluation.datasets_keeping import render_keeping
from pages.view_models.dataset_import import (
    chosen_mapping,
    column_rows,
    field_choices,
    known_topics,
)
from pages.view_models.datasets import in_words
from pages.view_models.words import count, plural

_MEGABYTES = 50
_PROBLEMS_SHOWN = 200
_ITEMS_SHOWN = 5


def render_import(workbench: Workbench) -> None:
    """All steps on one page; each shows once the one before it is done."""
    with page_title("Import dataset", ["CSV or JSON lines, up to 50 MB"]):
        st.button("Show all datasets", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
    uploaded = st.file_uploader(
        "File", ["csv", "tsv", "txt", "jsonl", "json"], max_upload_size=_MEGABYTES, width=620, key="dataset_file"
    )
    if uploaded is None:
        st.caption(
            "One row is one item: what the person says, or a whole conversation, and what a good reply does. "
            "Nothing is kept before you have seen the items."
        )
        return
    try:
        table = _table(uploaded.getvalue(), uploaded.name)
    except WorkbenchError as error:
        show_problem(f"{error}. Nothing was changed.")
        return
    if not table.columns:
        show_problem(f"{uploaded.name} holds no rows. Nothing was changed.")
        return
    mapping = _mapping(table, uploaded.file_id)
    topic = _topic(workbench, mapping)
    built = _built(uploaded.file_id, tuple(mapping.fields.items()), topic, table)
    _show_built(table, built)
    if not built.items:
        return
    if built.problems and not st.checkbox("Leave out the rows that are wrong"):
        st.caption("One row that is wrong keeps all of them out, unless it is left out.")
        return
    render_keeping(workbench, built, uploaded.name)


@st.cache_data(max_entries=4, show_spinner="Reading the file…")
def _table(content: bytes, filename: str) -> Table:
    return read_table(content, filename)


@st.cache_resource(max_entries=4, show_spinner="Reading the rows…")
def _built(
    file_id: str,  # noqa: ARG001 - part of the cache's key
    fields: tuple[tuple[str, str], ...],
    topic: str,
    _table: Table,
) -> BuiltItems:
    """The good rows as items, built again only when file, mapping or topic change."""
    return build_items(_table, ColumnMapping(dict(fields)), topic, leave_out=True)


def _mapping(table: Table, file_id: str) -> ColumnMapping:
    st.subheader("What the columns are", anchor=False)
    column = st.column_config
    proposed = propose_mapping(table)
    rows = column_rows(table, proposed)
    edited = st.data_editor(
        [{"column": row.column, "example": row.example, "field": row.field} for row in rows],
        key=f"mapping_{file_id}",
        hide_index=True,
        row_height=ROW_HEIGHT,
        column_order=("column", "field", "example"),
        column_config={
            "column": column.TextColumn("Column of the file", disabled=True, width=200),
            "field": column.SelectboxColumn(
                "What it is", options=field_choices(table, proposed), required=True, width=220
            ),
            "example": column.TextColumn("First value", disabled=True, width="large"),
        },
    )
    st.caption(
        f"Guessed from the names of the {plural(len(table.columns), 'column')}; change what is wrong. user is the "
        "person's message, conversation a whole talk, cluster whose it is (the items of one person count together), "
        "expected.phase the label of a right answer, parameters.role the value of a placeholder; — leaves a column out."
    )
    mapping, problems = chosen_mapping(table, {row["column"]: row["field"] for row in edited})
    if problems:
        show_notice(" ".join(problems))
    return mapping


def _topic(workbench: Workbench, mapping: ColumnMapping) -> str:
    if "topic" in mapping.fields.values():
        return ""
    topics = known_topics(list(workbench.core.prompts.topic_ids()))
    return st.selectbox(
        "Topic of rows that name none", topics, format_func=lambda name: in_words(name) or "None", width=300
    )


def _show_built(table: Table, built: BuiltItems) -> None:
    st.subheader("What it brings", anchor=False)
    rows = len(built.items) + built.left_out
    told = f"{count(len(built.items))} of {plural(rows, 'row')} can be items."
    st.html(f'<div class="cw-verdict">{told}</div>')
    st.caption(f"Read as {table.form}, {table.encoding}.")
    if built.problems:
        _show_problems(built.problems)
    for item in built.items[:_ITEMS_SHOWN]:
        title = " · ".join(filter(None, (item.id, item.headline)))
        with st.expander(plain_markdown(title), expanded=item is built.items[0]):
            show_item(item)
    if len(built.items) > _ITEMS_SHOWN:
        st.caption(f"The first {_ITEMS_SHOWN} items are shown.")


def _show_problems(problems: tuple[Problem, ...]) -> None:
    column = st.column_config
    st.dataframe(
        [{"row": problem.row, "words": problem.words} for problem in problems[:_PROBLEMS_SHOWN]],
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (1 + min(len(problems), 8)) + 2,
        column_config={
            "row": column.NumberColumn("Row", width=60),
            "words": column.TextColumn("What is wrong", width="large"),
        },
        alt="Rows that are wrong",
        width=760,
    )
    if len(problems) > _PROBLEMS_SHOWN:
        st.caption(f"The first {_PROBLEMS_SHOWN} of {count(len(problems))} are shown.")
