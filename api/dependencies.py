"""What routes are given."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from coaching_core.errors import StoreError
from evals.bootstrap import Workbench
from evals.current import running


def current_workbench() -> Workbench:
    """The workbench of this process.

    Raises:
        StoreError: It is not built yet.
    """
    workbench = running()
    if workbench is None:
        raise StoreError("The workbench is starting. Try again in a moment.")
    return workbench


WorkbenchDependency = Annotated[Workbench, Depends(current_workbench)]
