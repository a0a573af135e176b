"""Freezes what a person asks for into a plan: prompt contents, items, judges and seed go into the plan itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import coaching_core
from coaching_core.errors import InvalidPlanError, InvalidPromptError
from coaching_core.llm.catalogue import Catalogue
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.validation import decode_prompt
from evals.asking import is_single_shot, item_values
from evals.dataset import GoldenDataset, GoldenItem, in_order_of_drawing, load_dataset, select
from evals.golden.shelf import DatasetShelf
from evals.judge_choice import judges_for
from evals.plan import Dialogue, PlannedDataset, PlanRequest, RunPlan, Stopping, TopicPart, Variant, new_run_id
from evals.rubric import Rubric
from evals.stopping.sequential import order_of_entering

VersionResolver = Callable[[str, str], TopicVersion]
"""(topic id, reference) to the version it names."""

LOOKS = 20
"""How often a run that may stop early looks at the difference."""

_LEAST_ITEMS = 30
_SHARE_OF_SCALE_THAT_DOES_NOT_MATTER = 1 / 90
_TAU_SHARE_OF_SCALE = 0.03
_UNSEEN_SHARE_OF_SCALE = 0.75


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What :func:`build_plan` needs to know of this installation.

    Attributes:
        shelf: Where datasets are found by name and version; None where only what comes with the product is wanted.
    """

    resolve: VersionResolver
    catalogue: Catalogue
    datasets_dir: Path
    author: str
    tenant_id: str
    money_cap: Decimal
    shelf: DatasetShelf | None = None


def build_plan(request: PlanRequest, context: PlanContext, now: datetime, suite_id: str = "") -> RunPlan:
    """Freeze a request.

    Args:
        suite_id: What runs over several datasets that were started together have in common.

    Raises:
        InvalidPlanError: It cannot be run: no item left, a model that cannot judge, a parameter nobody fills.
        NotFoundError, InvalidDatasetError, MissingKeyError: Something it names is not there.
    """
    shelf, name = context.shelf, request.dataset
    dataset = shelf.load(name) if shelf else load_dataset(context.datasets_dir, name)
    return build_plan_for(request, dataset, context, now, suite_id)


def reachable_items(request: PlanRequest, context: PlanContext) -> tuple[GoldenItem, ...]:
    """The items there are for a request when it sets no limit.

    Raises:
        As :func:`build_plan`.
    """
    shelf, name = context.shelf, request.dataset
    dataset = shelf.load(name) if shelf else load_dataset(context.datasets_dir, name)
    return _items(request.model_copy(update={"limit": None}), dataset)


def build_plan_for(
    request: PlanRequest, dataset: GoldenDataset, context: PlanContext, now: datetime, suite_id: str = ""
) -> RunPlan:
    """Freeze a request over a dataset that is at hand, such as past conversations to play again.

    Raises:
        As :func:`build_plan`.
    """
    for model in request.models:
        require_role(context.catalogue, model, "coach", "models")
    for model in filter(None, (request.judge, *request.panel)):
        require_role(context.catalogue, model, "judge", "judge")
    variants = _variants(request, (), context.resolve) if request.topic else ()
    items = _items(request, dataset)
    judges = judges_for(request, dataset, items, context.datasets_dir)
    dialogue = _dialogue(request, items, context.catalogue)
    plan = RunPlan(
        run_id=new_run_id(now),
        created_at=now,
        author=context.author,
        tenant_id=context.tenant_id,
        code_version=coaching_core.__version__,
        topic_id=request.topic,
        dataset=PlannedDataset(
            name=dataset.name,
            version=str(dataset.version),
            content_hash=dataset.content_hash,
            items=items,
            task=str(dataset.card.get("task", "")),
            replay=dataset.card.get("replay", ""),
        ),
        variants=variants or _variants(request, items, context.resolve),
        judges=judges,
        seed=request.seed,
        repeats=request.repeats,
        concurrency=request.concurrency,
        money_cap=request.money_cap or context.money_cap,
        simulated=False,
        reuse_replies=request.reuse_replies,
        independent_seeds=request.independent_seeds,
        time_cap_minutes=request.time_cap_minutes,
        stopping=_stopping(request, judges[0].rubric, len(items)),
        pairs=request.pairs,
        dialogue=dialogue,
        suite_id=suite_id,
    )
    names = plan.model_names
    plan = plan.model_copy(
        update={
            "simulated": any(context.catalogue.info(model).simulated for model in names),
            "models": context.catalogue.configuration_of(names),
        }
    )
    _check_items(plan)
    return plan


def require_role(catalogue: Catalogue, model: str, role: str, field: str) -> None:
    """Raises where a model cannot be asked in a role (coach, judge, coachee): MissingKeyError, InvalidPlanError."""
    catalogue.require(model)
    info = catalogue.info(model)
    if role in info.roles or (role == "coachee" and not info.simulated and "coach" in info.roles):
        return
    if role == "judge":
        raise InvalidPlanError(f"{model} cannot judge. Use simulated/judge or a real model.", field=field)
    if role == "coachee":
        raise InvalidPlanError(f"{model} cannot play a coachee. Use simulated/coachee or a real model.", field=field)
    raise InvalidPlanError(f"{model} cannot coach; it only judges.", field=field)


def _items(request: PlanRequest, dataset: GoldenDataset) -> tuple[GoldenItem, ...]:
    every_topic = request.all_topics or not request.topic
    topic = None if every_topic else request.topic
    items = select(dataset.items, topic=topic, split=request.split, limit=request.limit, seed=request.seed)
    if not items:
        hint = "" if every_topic else " Take the items of every topic instead (--all-topics)."
        raise InvalidPlanError(f"{request.dataset} has no item for “{request.topic}” with this choice.{hint}")
    if request.stop_when_clear:  # half of a run must be a fair sample of the whole, in whole clusters
        places = {item_id: place for place, item_id in enumerate(in_order_of_drawing(items, request.seed))}
        return order_of_entering(sorted(items, key=lambda item: places[item.id]))
    return items


def _dialogue(request: PlanRequest, items: Iterable[GoldenItem], catalogue: Catalogue) -> Dialogue | None:
    played = [item.persona is not None for item in items]
    if not any(played):
        return None
    if not all(played):
        raise InvalidPlanError("Some items have a persona and some have none. Run them apart.", field="dataset")
    require_role(catalogue, request.coachee, "coachee", "coachee")
    return Dialogue(coachee=request.coachee, turns=request.turns)


def _stopping(request: PlanRequest, rubric: Rubric, items: int) -> Stopping | None:
    if not request.stop_when_clear:
        return None
    if len(request.prompts) * len(request.models) < 2:
        raise InvalidPlanError(
            "Stopping when it is clear needs something to compare: name two prompts or models.", field="stop_when_clear"
        )
    if request.repeats > 1:
        raise InvalidPlanError(
            "Stopping when it is clear works with one answer for each item: the first repeat of all items would come "
            "before the second of any. Leave out --repeats, or --stop-when-clear.",
            field="repeats",
        )
    scale = rubric.maximum - rubric.minimum
    margin = request.margin if request.margin is not None else _SHARE_OF_SCALE_THAT_DOES_NOT_MATTER * scale
    return Stopping(
        every=max(1, items // LOOKS),
        least=min(_LEAST_ITEMS, items) or 2,
        tau=_TAU_SHARE_OF_SCALE * scale,
        margin=margin,
        unseen=_UNSEEN_SHARE_OF_SCALE * scale,
    )


def _check_items(plan: RunPlan) -> None:
    for variant in plan.variants:
        for item in plan.dataset.items:
            part = variant.part(item.topic)
            item_values(part, item)
            if item.persona is not None:
                continue
            if is_single_shot(part, item):
                if "user" not in part.prompts:
                    raise InvalidPlanError(f"{variant.label} has no user prompt to ask item {item.id} with.")
            elif item.conversation[-1].role != "user":
                reason = "its conversation ends with the coach, so there is nothing to reply to"
                raise InvalidPlanError(f"Item {item.id} cannot be answered: {reason}.", field="dataset")


def _variants(request: PlanRequest, items: Sequence[GoldenItem], resolve: VersionResolver) -> tuple[Variant, ...]:
    variants = []
    for reference in request.prompts:
        label, part, topics = _parts(request.topic, reference, items, resolve)
        for model in request.models:
            name = label if len(request.models) == 1 else f"{label} · {model.partition('/')[2]}"
            variants.append(
                Variant(
                    id=f"{part.version or label}-{model}".replace("/", ".").replace(":", "."),
                    label=name,
                    model=model,
                    topic_version=part.version,
                    prompts=part.prompts,
                    parameters=part.parameters,
                    settings=part.settings,
                    topics=topics,
                )
            )
    if min(len({v.id for v in variants}), len({v.label for v in variants})) < len(variants):
        raise InvalidPlanError("The same prompt version is named twice. Name two that differ.", field="prompts")
    return tuple(variants)


def _parts(
    topic: str, reference: str, items: Sequence[GoldenItem], resolve: VersionResolver
) -> tuple[str, TopicPart, dict[str, TopicPart]]:
    """The label of a contender, what it asks with, and by topic where each item has its own."""
    if topic:
        label, part = _part(topic, reference, resolve)
        return label, part, {}
    if reference not in ("published", "latest"):
        raise InvalidPlanError(
            f"“{reference}” belongs to one topic; name it with --topic. Without one, items are answered by the "
            "published (or latest) prompts of their own topics.",
            field="topic",
        )
    topics = {name: _part(name, reference, resolve)[1] for name in dict.fromkeys(item.topic for item in items)}
    return reference, next(iter(topics.values())).model_copy(update={"version": None}), topics


def _part(topic_id: str, reference: str, resolve: VersionResolver) -> tuple[str, TopicPart]:
    if not reference.startswith("file:"):
        version = resolve(topic_id, reference)
        word = f" {reference}" if reference in ("published", "draft", "latest") else ""
        return f"v{version.number}{word}", _as_part(version, version.number)
    path = Path(reference.removeprefix("file:"))
    try:
        content = decode_prompt(path.read_bytes())
    except OSError as error:
        raise InvalidPlanError(f"{path} cannot be read: {error.strerror}.", field="prompts") from error
    except InvalidPromptError as error:
        raise InvalidPlanError(f"{path}: {error}", field="prompts") from error
    published = resolve(topic_id, "published")
    changed = published.model_copy(update={"prompts": {**published.prompts, "system": content}})
    return path.name, _as_part(changed, None)


def _as_part(version: TopicVersion, number: int | None) -> TopicPart:
    return TopicPart(
        version=number, prompts=dict(version.prompts), parameters=version.parameters, settings=version.settings
    )
