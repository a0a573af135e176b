"""``/api/local``: service calls for shell commands of the same person, while this process holds the store.

Loopback only, and only with the token of the holder file (mode 0600).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel

from api.dependencies import WorkbenchDependency
from api.security import is_holder_token
from coaching_core.playground.models import PlaygroundSession
from coaching_core.prompts.models import TopicVersion
from evals.judge_quality.people_said import PeopleSaid, people_said
from evals.judge_quality.words import trust_words
from evals.planner.history import MOST_SEEN, history_of
from evals.running.folder import RunFolder


def _require_token(workbench: WorkbenchDependency, x_holder_token: Annotated[str | None, Header()] = None) -> None:
    if not is_holder_token(workbench, x_holder_token):
        raise HTTPException(401, "The token of the holder file is missing or wrong.")


router = APIRouter(prefix="/local", dependencies=[Depends(_require_token)], include_in_schema=False)


class ResolveRequest(BaseModel):
    """Which version of a topic."""

    topic_id: str
    reference: str


class RegisterRequest(BaseModel):
    """Which run folder."""

    folder: Path


class TakeInRequest(BaseModel):
    """Which run."""

    run_id: str


class LabelsRequest(BaseModel):
    """Of which run."""

    run_id: str


class TrustRequest(BaseModel):
    """Which judge, by which rubric."""

    judge: str
    rubric: str


class SessionRequest(BaseModel):
    """Which Playground conversation."""

    session_id: str


@router.post("/resolve")
def resolve(body: ResolveRequest, workbench: WorkbenchDependency) -> TopicVersion:
    """The version a reference names."""
    return workbench.core.prompts.resolve(body.topic_id, body.reference)


@router.post("/runs/register")
def register(body: RegisterRequest, workbench: WorkbenchDependency) -> dict[str, str]:
    """Make a run known."""
    folder = RunFolder(body.folder)
    workbench.runs.ingest.register(folder)
    return {"run_id": folder.run_id}


@router.post("/runs/take-in")
def take_in(body: TakeInRequest, workbench: WorkbenchDependency) -> dict[str, str]:
    """Take a run's journal into the store."""
    workbench.runs.ingest.take_in(body.run_id)
    return {"run_id": body.run_id}


@router.post("/runs/seen")
def seen(workbench: WorkbenchDependency) -> dict[str, list[dict[str, object]]]:
    """What the latest runs tell of those that are planned."""
    runs = workbench.runs.list(workbench.core.settings.tenant_id, limit=MOST_SEEN)
    return {"runs": [run.as_json() for run in history_of(run.summary for run in runs)]}


@router.post("/runs/folders")
def folders(workbench: WorkbenchDependency) -> dict[str, list[str]]:
    """Folders of all known runs."""
    return {"folders": [str(run.folder) for run in workbench.runs.list(limit=1000)]}


@router.post("/playground/session")
def playground_session(body: SessionRequest, workbench: WorkbenchDependency) -> PlaygroundSession:
    """A Playground conversation, as it is kept so far."""
    return workbench.core.playground.load(workbench.core.settings.tenant_id, body.session_id)


@router.post("/judges/trust")
def judge_trust(body: TrustRequest, workbench: WorkbenchDependency) -> dict[str, str]:
    """How far a judge agrees with people, in words."""
    return {"words": trust_words(workbench.judges.agreement(body.judge, body.rubric))}


@router.post("/labels")
def labels(body: LabelsRequest, workbench: WorkbenchDependency) -> PeopleSaid:
    """What people said of a run's answers."""
    return people_said(workbench.labels, body.run_id)
