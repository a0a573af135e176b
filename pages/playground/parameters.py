"""The values a conversation's prompts are rendered with."""

from __future__ import annotations

import streamlit as st

from coaching_core.errors import WorkbenchError
from coaching_core.prompts.models import Parameter
from pages.components.messages import show_problem
from pages.components.state import flash
from pages.playground.desk import Desk, show
from pages.view_models.parameter_values import read_values, value_text
from pages.view_models.playground_setup import union_of_parameters


def show_parameters(desk: Desk) -> None:
    """A form of all parameters that the columns' versions declare."""
    versions = dict.fromkeys(column.version for column in desk.session.columns)
    parameters = union_of_parameters(desk.versions[number] for number in versions)
    if not parameters:
        st.caption("The prompts of these versions take no parameters.")
        return
    st.caption("Filled into the prompts from the next message on. Lists and objects are JSON.")
    with st.form(f"parameters_{desk.session.id}", border=False):
        typed = {parameter.name: _field(desk, parameter) for parameter in parameters}
        sent = st.form_submit_button("Use these values", icon=":material/check:", disabled=desk.live is not None)
    if not sent:
        return
    try:
        values = read_values(parameters, typed)
        changed = desk.service.arrange(desk.session, desk.session.columns, {**desk.session.parameters, **values})
    except WorkbenchError as error:
        show_problem(error)
        return
    show(changed)
    flash("The next message uses these values.")
    st.rerun()


def _field(desk: Desk, parameter: Parameter) -> object:
    key = f"parameter_{desk.session.id}_{parameter.name}"
    label = parameter.name + (" (required)" if parameter.required else "")
    value, about = desk.session.parameters.get(parameter.name), parameter.description or None
    if parameter.type == "boolean":
        return st.toggle(label, value=bool(value), key=key, help=about)
    text = value_text(parameter, value)
    if parameter.type in ("array", "object"):
        return st.text_area(label, value=text, key=key, help=about, height=72, width=420)
    return st.text_input(label, value=text, key=key, help=about, width=420)
