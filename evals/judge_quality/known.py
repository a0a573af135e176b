"""A quick look whether anything is known of any judge, before the long one at what it is."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from coaching_core.storage.database import Database
from evals.running.folder import JUDGE_QUALITY

_LABELS = sa.table("labels")
"""Named, not imported: the package of labels brings all that is done with them."""


def is_any_judge_known(database: Database, runs_folder: Path) -> bool:
    """Whether a person has labelled an answer, or a check of a judge has come to its end."""
    if any(runs_folder.glob(f"*/{JUDGE_QUALITY}")):
        return True
    with database.read() as connection:
        return connection.scalar(sa.select(sa.literal(1)).select_from(_LABELS).limit(1)) is not None
