"""Lines of the audit log about topics: ids, numbers and names of fields, never a prompt's text."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from coaching_core.audit.models import Action, Subject
from coaching_core.audit.trail import Deed, record
from coaching_core.people import Person
from coaching_core.storage.unit_of_work import UnitOfWork


def deed_of(person: Person, at: datetime, action: Action, topic_id: str, **facts: JsonValue) -> Deed:
    """What is done to a topic, as it is to be written down."""
    return Deed(person, at, action, Subject("topic", topic_id), facts)


def note(work: UnitOfWork, person: Person, at: datetime, action: Action, topic_id: str, **facts: JsonValue) -> None:
    """Write down what is done to a topic, in the transaction that does it."""
    record(work, deed_of(person, at, action, topic_id, **facts))
