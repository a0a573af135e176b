"""What a run will do, frozen before it starts: a run needs nothing but its plan (design: runs are folders of files)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import coaching_core
from coaching_core.errors import InvalidPlanError, InvalidPromptError
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.configuration import Configuration
from coaching_core.prompts.models import ModelSettings, Parameter, TopicVersion
from coaching_core.prompts.rendering import complete_values, render, sample_values
from coaching_core.prompts.validation import decode_prompt
from evals.dataset import GoldenItem, load_dataset, select
from evals.rubric import Rubric, load_rubric


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanRequest(_Frozen):
    """What a person asks for; :func:`build_plan` turns it into a frozen plan.

    Attributes:
        prompts: References to versions of the topic: published, draft, latest, v12, or file:PATH for a system prompt.
            The first is the baseline.
        models: Each prompt is tried with each model.
        judge: Model that scores the answers.
        all_topics: Take items of every topic; otherwise only those written for this one.
        limit: Most items; a sample balanced over phases, drawn with the seed.
        money_cap: USD; the run stops by itself before it spends more.
        reuse_replies: Take answers and judgements that a model gave to the very same question in an earlier run
            instead of paying for them again. Simulated models are always asked; so is everybody for a repeat.
    """

    dataset: str
    topic: str
    prompts: tuple[str, ...] = Field(min_length=1)
    models: tuple[str, ...] = Field(min_length=1)
    judge: str
    rubric: str = "coaching_quality"
    all_topics: bool = False
    split: str | None = None
    limit: int | None = Field(None, ge=1)
    repeats: int = Field(1, ge=1, le=100)
    concurrency: int = Field(8, ge=1, le=1000)
    seed: int = 0
    money_cap: Decimal | None = Field(None, gt=0)
    reuse_replies: bool = True


class Variant(_Frozen):
    """One contender: a prompt version with a model."""

    id: str
    label: str
    model: str
    topic_version: int | None
    prompts: dict[str, str]
    parameters: tuple[Parameter, ...]
    settings: ModelSettings


class PlannedDataset(_Frozen):
    """The items a run is about, with where they came from."""

    name: str
    version: str
    content_hash: str
    items: tuple[GoldenItem, ...]


class RunPlan(_Frozen):
    """Everything a run needs. The first variant is the baseline."""

    run_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    created_at: datetime
    author: str
    tenant_id: str
    code_version: str
    topic_id: str
    dataset: PlannedDataset
    variants: tuple[Variant, ...] = Field(min_length=1)
    judge: str
    rubric: Rubric
    seed: int
    repeats: int = Field(ge=1)
    concurrency: int = Field(ge=1)
    money_cap: Decimal
    simulated: bool
    reuse_replies: bool = False
    models: Configuration = Configuration()

    @property
    def calls(self) -> int:
        """Calls when nothing fails: an answer and a verdict for each cell."""
        return 2 * len(self.variants) * len(self.dataset.items) * self.repeats

    def cells(self) -> Iterator[Cell]:
        """Every (item, variant, repeat); variants side by side, so that half a run is half its pairs."""
        for repeat in range(self.repeats):
            for item in self.dataset.items:
                for variant in self.variants:
                    yield Cell(item.id, variant.id, repeat)

    def may_reuse(self, repeat: int) -> bool:
        """Whether kept replies may stand in for calls of this repeat: a repeat is there to see how replies vary."""
        return self.reuse_replies and repeat == 0

    def call_seed(self, repeat: int) -> int:
        """The seed models get: the same for every variant, another for each repeat."""
        digest = hashlib.blake2b(f"{self.seed}/{repeat}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") >> 1


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """The smallest unit of a run: one item answered by one variant once."""

    item: str
    variant: str
    repeat: int


VersionResolver = Callable[[str, str], TopicVersion]
"""(topic id, reference) to the version it names."""


def new_run_id(now: datetime) -> str:
    """A run id that sorts by time and can be read out: ``20261120-164512-k3f9``."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return now.strftime("%Y%m%d-%H%M%S-") + "".join(secrets.choice(letters) for _ in range(4))


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What :func:`build_plan` needs to know of this installation."""

    resolve: VersionResolver
    catalogue: Catalogue
    datasets_dir: Path
    author: str
    tenant_id: str
    money_cap: Decimal


def build_plan(request: PlanRequest, context: PlanContext, now: datetime) -> RunPlan:
    """Freeze a request: prompt contents, items, rubric and seed go into the plan itself.

    Raises:
        InvalidPlanError: It cannot be run: no item left, a model that cannot judge, a parameter nobody fills.
        NotFoundError, InvalidDatasetError, MissingKeyError: Something it names is not there.
    """
    for model in (*request.models, request.judge):
        context.catalogue.require(model)
    _require_role(context.catalogue, request)
    variants = _variants(request, context.resolve)
    dataset = load_dataset(context.datasets_dir, request.dataset)
    topic = None if request.all_topics else request.topic
    items = select(dataset.items, topic=topic, split=request.split, limit=request.limit, seed=request.seed)
    if not items:
        hint = "" if request.all_topics else " Take the items of every topic instead (--all-topics)."
        raise InvalidPlanError(f"{request.dataset} has no item for “{request.topic}” with this choice.{hint}")
    plan = RunPlan(
        run_id=new_run_id(now),
        created_at=now,
        author=context.author,
        tenant_id=context.tenant_id,
        code_version=coaching_core.__version__,
        topic_id=request.topic,
        dataset=PlannedDataset(
            name=dataset.name, version=str(dataset.version), content_hash=dataset.content_hash, items=tuple(items)
        ),
        variants=variants,
        judge=request.judge,
        rubric=load_rubric(context.datasets_dir, request.rubric),
        seed=request.seed,
        repeats=request.repeats,
        concurrency=request.concurrency,
        money_cap=request.money_cap or context.money_cap,
        simulated=any(context.catalogue.info(model).simulated for model in (*request.models, request.judge)),
        reuse_replies=request.reuse_replies,
        models=context.catalogue.configuration_of((*request.models, request.judge)),
    )
    _check_parameters(plan)
    return plan


def read_plan(document: Any) -> RunPlan | PlanRequest:
    """A plan file: a frozen plan as a run writes it, or the short form a person writes.

    Raises:
        InvalidPlanError: Names every field that is wrong.
    """
    frozen = isinstance(document, dict) and "variants" in document
    try:
        return RunPlan.model_validate(document) if frozen else PlanRequest.model_validate(document)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, p['loc'])) or 'plan'}: {p['msg']}" for p in error.errors()[:5])
        raise InvalidPlanError(f"The plan cannot be read: {problems}.") from error


def item_values(variant: Variant, item: GoldenItem) -> dict[str, object]:
    """The values a variant's prompts are rendered with for one item: the item's own, else examples and defaults."""
    declared = {parameter.name for parameter in variant.parameters}
    given = {name: value for name, value in item.parameters.items() if name in declared}
    required = tuple(p for p in variant.parameters if p.required and p.name not in given)
    return complete_values(variant.parameters, sample_values(required) | given)


def system_prompt(variant: Variant, item: GoldenItem) -> str:
    """The rendered system prompt of a variant for one item; empty when the variant has none."""
    return render(variant.prompts.get("system", ""), item_values(variant, item))


def _require_role(catalogue: Catalogue, request: PlanRequest) -> None:
    if "judge" not in catalogue.info(request.judge).roles:
        raise InvalidPlanError(f"{request.judge} cannot judge. Use simulated/judge or a real model.", field="judge")
    for model in request.models:
        if "coach" not in catalogue.info(model).roles:
            raise InvalidPlanError(f"{model} cannot coach; it only judges.", field="models")


def _check_parameters(plan: RunPlan) -> None:
    for variant in plan.variants:
        for item in plan.dataset.items:
            item_values(variant, item)


def _variants(request: PlanRequest, resolve: VersionResolver) -> tuple[Variant, ...]:
    versions = [_resolve(request.topic, reference, resolve) for reference in request.prompts]
    variants = []
    for label, version, number in versions:
        for model in request.models:
            name = label if len(request.models) == 1 else f"{label} · {model.partition('/')[2]}"
            variants.append(
                Variant(
                    id=f"{number or label}-{model}".replace("/", ".").replace(":", "."),
                    label=name,
                    model=model,
                    topic_version=number,
                    prompts=dict(version.prompts),
                    parameters=version.parameters,
                    settings=version.settings,
                )
            )
    if min(len({v.id for v in variants}), len({v.label for v in variants})) < len(variants):
        raise InvalidPlanError("The same prompt version is named twice. Name two that differ.", field="prompts")
    return tuple(variants)


def _resolve(topic_id: str, reference: str, resolve: VersionResolver) -> tuple[str, TopicVersion, int | None]:
    if not reference.startswith("file:"):
        version = resolve(topic_id, reference)
        word = f" {reference}" if reference in ("published", "draft", "latest") else ""
        return f"v{version.number}{word}", version, version.number
    path = Path(reference.removeprefix("file:"))
    try:
        content = decode_prompt(path.read_bytes())
    except OSError as error:
        raise InvalidPlanError(f"{path} cannot be read: {error.strerror}.", field="prompts") from error
    except InvalidPromptError as error:
        raise InvalidPlanError(f"{path}: {error}", field="prompts") from error
    published = resolve(topic_id, "published")
    return path.name, published.model_copy(update={"prompts": {**published.prompts, "system": content}}), None
