"""The webhook that alerts are posted to: who it is, a test message, and what it was told."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from pages.components.messages import plain_markdown
from pages.components.state import flash
from pages.components.viewer import viewer_zone
from pages.view_models.health import delivery_rows
from pages.view_models.words import DASH

_column = st.column_config


def show_webhook(workbench: Workbench) -> None:
    """The section below the rules."""
    health = workbench.core.health
    st.subheader("Webhook", anchor=False)
    if health.webhook is None:
        st.caption("No webhook is set: alerts are shown here only. Set ALERT_WEBHOOK_URL and start again.")
        return
    signed = "signed" if health.webhook.secret else "not signed: set ALERT_WEBHOOK_SECRET"
    st.caption(plain_markdown(f"Alerts that fire and end are posted to {health.webhook.host}, {signed}."))
    st.button("Send test message", icon=":material/send:", on_click=_try_webhook, args=(workbench,))
    rows = [asdict(row) for row in delivery_rows(health.deliveries(), viewer_zone())]
    if rows:
        columns = {
            "at": _column.DatetimeColumn("Made", format="D MMM, HH:mm:ss", width=130),
            "what": _column.TextColumn("Message", width=120),
            "state": _column.TextColumn("State", width=110),
            "attempts": _column.NumberColumn("Tries", width=60),
            "answer": _column.TextColumn("Last answer", width=380),
            "due": _column.DatetimeColumn("Next try", format="D MMM, HH:mm:ss", width=130),
        }
        st.dataframe(
            rows, column_config=columns, hide_index=True, row_height=34, placeholder=DASH, alt="Messages to the webhook"
        )


def _try_webhook(workbench: Workbench) -> None:
    try:
        tried = workbench.core.health.test_webhook(workbench.core.settings.author)
    except WorkbenchError as error:
        flash(plain_markdown(str(error)))
        return
    flash(plain_markdown(tried.answer))
