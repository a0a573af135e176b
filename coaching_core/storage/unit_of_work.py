"""One transaction over any number of features."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """Handed to services that write; all they do with it is committed together or not at all."""

    connection: sa.Connection
