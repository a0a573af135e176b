"""What is to come and how much room is left: the forecast beside the limits in force."""

from __future__ import annotations

import html

import streamlit as st

from coaching_core.limits.models import Headroom
from evals.bootstrap import Workbench
from pages.components.links import link_to
from pages.insights.usage_data import UsageView
from pages.view_models.limits import usage_bars
from pages.view_models.usage_outlook import outlooks
from pages.view_models.words import plural

_MOST_BARS = 5


def show_outlook(workbench: Workbench, view: UsageView) -> None:
    """Two columns; below each other where it is narrow."""
    with st.container(key="split_usage_outlook"):
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("What is to come", anchor=False)
            _forecast(view)
        with right:
            st.subheader("Budget headroom", anchor=False)
            _headroom(workbench.core.limits.headroom())


def _forecast(view: UsageView) -> None:
    rows = "".join(
        f'<tr><td>{html.escape(one.label)}<div class="m s">{html.escape(one.note)}</div></td>'
        f'<td class="n"><b>{html.escape(one.value)}</b></td></tr>'
        for one in outlooks(view.forecast(), view.smoothed(), view.late is not None)
    )
    st.html(f'<div class="cw-scroll"><table class="cw-table cw-outlook"><tbody>{rows}</tbody></table></div>')
    st.caption("From the last four weeks' days with these filters. Unknown costs are not in it.")


def _headroom(rooms: tuple[Headroom, ...]) -> None:
    if not rooms:
        st.caption("No limits are in force. They stop a call before it is sent, or raise an alarm.")
        link_to("Add a limit", "limits", icon=":material/add:")
        return
    fullest = sorted(rooms, key=lambda room: -room.share)
    bars = "".join(_bar(room) for room in fullest[:_MOST_BARS])
    st.html(f'<div class="cw cw-bars">{bars}</div>')
    if len(fullest) > _MOST_BARS:
        st.caption(f"The {_MOST_BARS} fullest of {plural(len(fullest), 'counter')}.")
    link_to("Open limits", "limits", icon=":material/speed:")


def _bar(room: Headroom) -> str:
    (bar,) = usage_bars([room])
    name = room.limit.name + (f" · {room.subject}" if room.subject else "")
    widths = f'<i class="u" style="width:{bar.used_width:.2%}"></i><i class="h" style="width:{bar.held_width:.2%}"></i>'
    words = html.escape(bar.words)
    return (
        f'<div class="{bar.kind}"><div class="row"><span>{html.escape(name)}</span><span class="m">{words}</span></div>'
        f'<div class="track" role="img" aria-label="{words}">{widths}</div></div>'
    )
