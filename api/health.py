"""``/api/health``: is this process well, what store and models does it have."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.dependencies import WorkbenchDependency
from coaching_core import __version__
from coaching_core.storage.database import StoreHealth

router = APIRouter(tags=["health"])


class ModelHealth(BaseModel):
    """How many models can be asked. ``simulated`` ones need no key and no network."""

    simulated: int
    available: int
    waiting_for_a_key: int


class Health(BaseModel):
    """The state of this process."""

    status: Literal["ok", "failing"]
    version: str
    store: StoreHealth
    models: ModelHealth


@router.get("/health")
def health(workbench: WorkbenchDependency, response: Response) -> Health:
    """200 when the store answers, 503 when it does not."""
    store = workbench.core.database.health()
    if not store.ok:
        response.status_code = 503
    models = workbench.core.catalogue.models()
    real = [model for model in models if not model.simulated]
    return Health(
        status="ok" if store.ok else "failing",
        version=__version__,
        store=store,
        models=ModelHealth(
            simulated=len(models) - len(real),
            available=sum(model.available for model in real),
            waiting_for_a_key=sum(not model.available for model in real),
        ),
    )
