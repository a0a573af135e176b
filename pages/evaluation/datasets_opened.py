"""One dataset: its card, its counts, its items, and one of them opened."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from evals.dataset import GoldenDataset, GoldenItem
from pages.components.address import carried, carry, carry_only
from pages.components.chrome import Tag, page_title, tag
from pages.components.links import go
from pages.components.pick_table import PickTable
from pages.components.talk import points_html, turns_html
from pages.view_models import words
from pages.view_models.datasets import (
    CARD_PARTS,
    Breakdown,
    ItemFilter,
    breakdowns,
    card_text,
    in_words,
    item_rows,
    ordered,
    parameter_line,
    short_hash,
)

_FIELD_WIDTH = 170
_column = st.column_config
_TABLE = PickTable(
    key="dataset_items",
    id_field="item",
    alt="Items of the dataset",
    most_rows=18,
    columns={
        "item": _column.TextColumn("Item", width=70),
        "case": _column.TextColumn("Case", width="medium"),
        "topic": _column.TextColumn("Topic", width=95),
        "phase": _column.TextColumn("Phase", width=95),
        "difficulty": _column.TextColumn("Difficulty", width=75),
        "split": _column.TextColumn("Split", width=50),
    },
)


def render_opened(dataset: GoldenDataset) -> None:
    """Show a dataset that could be read."""
    facts = [
        f"version {dataset.version}",
        words.plural(len(dataset.items), "item"),
        f"hash {short_hash(dataset.content_hash)}",
        str(dataset.card.get("licence", "no licence named")),
    ]
    with page_title(in_words(dataset.name), facts):
        st.button("Show all datasets", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
        if st.button("Plan run", icon=":material/checklist:"):
            go("runs", {"new": "1", "dataset": dataset.name})
    _card(dataset)
    with st.container(key="quad_counts"):
        for place, part in zip(st.columns(4, gap="medium"), breakdowns(dataset.items), strict=True):
            place.html(_counts(part))
    _items(dataset)


def _card(dataset: GoldenDataset) -> None:
    for title, field in CARD_PARTS:
        paragraphs = card_text(dataset.card, field)
        with st.expander(title):
            if len(paragraphs) > 1:
                points = "".join(f"<li>{html.escape(paragraph)}</li>" for paragraph in paragraphs)
                st.html(f'<div class="cw cw-points"><ul>{points}</ul></div>')
            else:
                st.html(f'<div class="cw"><p>{html.escape(" ".join(paragraphs) or "The card does not say.")}</p></div>')


def _counts(part: Breakdown) -> str:
    rows = "".join(
        f"<div><span>{html.escape(name)}</span><span>{words.count(number)}</span></div>" for name, number in part.counts
    )
    return f'<div class="cw"><b>{part.title}</b></div><div class="cw-kv">{rows}</div>'


def _items(dataset: GoldenDataset) -> None:
    st.subheader("Items", anchor=False)
    wanted = _filter(dataset.items)
    kept = [item for item in dataset.items if wanted.keeps(item)]
    with st.container(key="split_items"):
        left, right = st.columns([1.25, 1], gap="medium")
    with left:
        picked = carried("item")
        if kept:
            picked = _TABLE.pick(item_rows(kept), picked)
        st.caption(
            f"{words.count(len(kept))} of {words.plural(len(dataset.items), 'item')}."
            + ("" if kept else " No item matches; clear a filter.")
        )
        carry(item=picked)
    with right:
        _opened_item(next((item for item in dataset.items if item.id == picked), None), picked)


def _filter(items: Sequence[GoldenItem]) -> ItemFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        topic = _choice("Topic", [item.topic for item in items])
        phase = _choice("Phase", [item.phase for item in items])
        difficulty = _choice("Difficulty", [item.difficulty for item in items])
        split = _choice("Split", [item.split for item in items])
        text = st.text_input(
            "Search", placeholder="Words, tag or id", icon=":material/search:", width=240, live="300ms"
        )
    return ItemFilter(topic, phase, difficulty, split, text or "")


def _choice(label: str, values: Sequence[str]) -> str | None:
    options = ["", *ordered(values)]
    chosen = st.selectbox(label, options, format_func=lambda value: in_words(value) or "All", width=_FIELD_WIDTH)
    return chosen or None


def _opened_item(item: GoldenItem | None, asked: str | None) -> None:
    with st.container(border=True):
        if item is None:
            unknown = f"There is no item “{asked}” in this dataset. " if asked else ""
            hint = f"{unknown}Select an item to read its conversation and what a good reply does."
            st.html(f'<div class="cw m">{html.escape(hint)}</div>')
            return
        tags = "".join(tag(Tag(text)) for text in item.tags)
        facts = f"{in_words(item.topic)}, {item.phase}, {item.difficulty}, {item.split} split"
        st.html(
            f'<div class="cw-item"><b>{html.escape(item.id)}</b><span>{html.escape(item.case)}</span>'
            f'<span class="m">{html.escape(facts)}</span>{tags}</div>'
        )
        st.html(turns_html(item.conversation))
        st.html(points_html("A good reply", item.must) + points_html("It must not", item.must_not))
        st.html(f'<div class="cw m s">Parameters: {html.escape(parameter_line(item))}</div>')
