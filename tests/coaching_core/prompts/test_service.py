from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from coaching_core.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PromptNotFoundError,
    TopicNotFoundError,
)
from coaching_core.prompts.models import ModelSettings, Parameter, TopicUpdate, Validation
from coaching_core.prompts.service import PromptService
from coaching_core.storage.database import Database
from tests.coaching_core.prompts.sample_topics import USER_NAME, everything, make_change, make_draft


@pytest.fixture
def goals(service: PromptService) -> PromptService:
    """A service with one topic, version 1 published."""
    service.create_topic(make_draft(), "Ada", publish=True)
    return service


def test_a_created_topic_is_there_whole(service: PromptService) -> None:
    parameters = (
        USER_NAME,
        Parameter(name="tone", default="warm", validation=Validation(type="enum", enum_values=("warm", 1, True))),
        Parameter(name="data", type="object", example={"a": [1, 2.5, None, "é\u2028"]}),
    )
    draft = make_draft(parameters=parameters, settings=ModelSettings(top_p=0.5, stop=["x"]), name=" Goals ")
    topic = service.create_topic(draft, "Ada")
    assert (topic.name, topic.published_version, topic.latest_version, topic.has_draft) == ("Goals", None, 1, True)
    assert topic.created_at == datetime(2026, 1, 2, 10, 0, tzinfo=UTC)
    version = service.version("goals", 1)
    assert version.same_content(draft)
    assert version.parameters == parameters
    assert (version.message, version.author, version.rolled_back_from) == ("First version", "Ada", None)


def test_an_id_can_be_taken_once(goals: PromptService) -> None:
    before = everything(goals)
    with pytest.raises(ConflictError, match="already a topic “goals”"):
        goals.create_topic(make_draft(name="Other"), "Bob")
    assert everything(goals) == before


def test_saving_one_prompt_carries_the_rest_over(goals: PromptService) -> None:
    first = goals.version("goals", 1)
    second = goals.save_version("goals", 1, make_change("New.\n"))
    assert second.prompts == {**first.prompts, "system": "New.\n"}
    assert (second.number, second.parameters, second.settings) == (2, first.parameters, first.settings)
    assert goals.version("goals", 1) == first
    assert goals.versions("goals") == (second, first)
    assert goals.topic("goals").published_version == 1


def test_a_prompt_type_can_be_added_and_removed(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change(prompts={"assistant": "Hello.", "user": None}))
    assert set(goals.version("goals", 2).prompts) == {"system", "assistant"}


def test_settings_and_parameters_are_saved_alone(goals: PromptService) -> None:
    change = make_change(
        prompts=None, settings=ModelSettings(temperature=1), parameters=(USER_NAME, Parameter(name="b"))
    )
    saved = goals.save_version("goals", 1, change)
    assert saved.prompts == goals.version("goals", 1).prompts
    assert goals.version("goals", 2) == saved


@pytest.mark.parametrize("base", [0, 1, 3, -1])
def test_saving_on_anything_but_the_newest_is_a_conflict(goals: PromptService, base: int) -> None:
    goals.save_version("goals", 1, make_change("Bob's.\n", author="Bob"))
    before = everything(goals)
    with pytest.raises(
        ConflictError, match=r"newest is version 2: Bob saved it on 2 January 2026 at 10:0\d UTC"
    ) as caught:
        goals.save_version("goals", base, make_change("Ada's.\n"))
    assert caught.value.current == 2
    assert everything(goals) == before


def test_references_name_versions(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change())
    meant = {ref: goals.resolve("goals", ref).number for ref in ("published", "draft", "latest", "v1", "2", " V2 ")}
    assert meant == {"published": 1, "draft": 2, "latest": 2, "v1": 1, "2": 2, " V2 ": 2}


def test_references_that_name_nothing_say_why(goals: PromptService) -> None:
    with pytest.raises(NotFoundError, match="has no draft: nothing newer than the published version 1"):
        goals.resolve("goals", "draft")
    with pytest.raises(NotFoundError, match="no version 2; its versions are 1 to 1"):
        goals.resolve("goals", "v2")
    with pytest.raises(NotFoundError, match="no version 999999999"):
        goals.resolve("goals", "999999999")
    for nonsense in ("", "v0", "-1", "newest", "1.0", "9" * 40, "\0", "²"):
        with pytest.raises(InvalidInputError, match="names no version"):
            goals.resolve("goals", nonsense)
    goals.create_topic(make_draft(topic_id="fresh"), "Ada")
    with pytest.raises(NotFoundError, match="no published version yet"):
        goals.resolve("fresh", "published")
    assert goals.resolve("fresh", "draft").number == 1


@pytest.mark.parametrize("unknown", ["nobody", "Goals", "goals\0", "\ud800", "' or 1=1 --", ""])
def test_unknown_topics_are_not_found(goals: PromptService, unknown: str) -> None:
    for ask in (goals.topic, goals.versions, goals.publications):
        with pytest.raises(TopicNotFoundError):
            ask(unknown)
    for act in (
        lambda: goals.version(unknown, 1),
        lambda: goals.resolve(unknown, "latest"),
        lambda: goals.save_version(unknown, 1, make_change()),
        lambda: goals.publish(unknown, 1, None, "Ada"),
        lambda: goals.rollback(unknown, 1, None, "Ada"),
        lambda: goals.set_active(unknown, False, "Ada"),
        lambda: goals.update_topic(unknown, TopicUpdate(name="x"), "Ada"),
    ):
        with pytest.raises(TopicNotFoundError):
            act()
    with pytest.raises(PromptNotFoundError):
        goals.get_prompt(unknown, "system")
    with pytest.raises(PromptNotFoundError):
        goals.get_template(unknown)


def test_publishing_moves_the_pointer_and_is_recorded(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change())
    topic = goals.publish("goals", 2, 1, "Bob")
    assert (topic.published_version, topic.has_draft, topic.updated_by) == (2, False, "Bob")
    goals.publish("goals", 1, 2, "Eve")
    moves = [(one.number, one.previous, one.published_by) for one in goals.publications("goals")]
    assert moves == [(1, 2, "Eve"), (2, 1, "Bob"), (1, None, "Ada")]


def test_publishing_over_somebody_is_a_conflict(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change())
    goals.save_version("goals", 2, make_change("Third.\n"))
    goals.publish("goals", 2, 1, "Bob")
    before = everything(goals)
    for number, expected in ((3, 1), (3, None), (2, 1)):
        with pytest.raises(ConflictError, match="Bob published version 2 on 2 January 2026") as caught:
            goals.publish("goals", number, expected, "Ada")
        assert caught.value.current == 2
    with pytest.raises(ConflictError):
        goals.rollback("goals", 1, 1, "Ada")
    assert everything(goals) == before


def test_publishing_again_or_nothing_is_refused_in_clear_words(goals: PromptService) -> None:
    before = everything(goals)
    with pytest.raises(InvalidInputError, match="Version 1 of “goals” is the published one already"):
        goals.publish("goals", 1, 1, "Ada")
    for number in (0, 2, -1, 10**12):
        with pytest.raises(NotFoundError, match="has no version"):
            goals.publish("goals", number, 1, "Ada")
    with pytest.raises(InvalidInputError, match="author is required"):
        goals.publish("goals", 1, 1, " ")
    assert everything(goals) == before


def test_a_first_publication_expects_none(service: PromptService) -> None:
    service.create_topic(make_draft(), "Ada")
    with pytest.raises(ConflictError, match="nothing is published yet"):
        service.publish("goals", 1, 1, "Ada")
    assert service.publish("goals", 1, None, "Ada").published_version == 1


def test_rollback_publishes_old_content_as_a_new_version(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change("Second.\n"))
    goals.publish("goals", 2, 1, "Ada")
    goals.save_version("goals", 2, make_change("A draft.\n"))
    renewed = goals.rollback("goals", 1, 2, "Bob")
    assert (renewed.number, renewed.rolled_back_from, renewed.message) == (4, 1, "Rollback to v1")
    assert renewed.same_content(goals.version("goals", 1))
    assert goals.version("goals", 4) == renewed
    topic = goals.topic("goals")
    assert (topic.published_version, topic.latest_version) == (4, 4)
    newest = goals.publications("goals")[0]
    assert (newest.number, newest.previous, newest.published_by) == (4, 2, "Bob")


def test_rolling_back_to_what_is_published_is_refused(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change("Second.\n"))
    goals.publish("goals", 2, 1, "Ada")
    goals.rollback("goals", 1, 2, "Ada")
    before = everything(goals)
    for number in (1, 3):
        with pytest.raises(InvalidInputError, match=r"published version 3 .* has the content of version"):
            goals.rollback("goals", number, 3, "Ada")
    with pytest.raises(NotFoundError):
        goals.rollback("goals", 9, 3, "Ada")
    assert everything(goals) == before


def test_readers_see_only_what_is_published(goals: PromptService) -> None:
    goals.save_version("goals", 1, make_change("A draft.\n"))
    template = goals.get_template("goals")
    assert (template.topic, template.version) == ("goals", 1)
    assert template.system_prompt == "You coach {{user_name}}.\n"
    assert template.user_prompt_template == "Greet {{user_name}}.\n"
    assert template.parameters == (USER_NAME,)
    assert goals.get_template("goals", "v2").system_prompt == "A draft.\n"
    assert goals.get_prompt("goals", "user") == "Greet {{user_name}}.\n"
    goals.set_active("goals", False, "Ada")
    assert goals.get_prompt("goals", "user") == "Greet {{user_name}}.\n"


def test_prompts_that_are_missing_are_named(goals: PromptService) -> None:
    with pytest.raises(PromptNotFoundError) as caught:
        goals.get_prompt("goals", "assistant")
    assert (caught.value.topic, caught.value.prompt_type) == ("goals", "assistant")
    goals.create_topic(make_draft(topic_id="fresh", prompts={"system": "x"}), "Ada")
    with pytest.raises(PromptNotFoundError):
        goals.get_prompt("fresh", "system")
    with pytest.raises(PromptNotFoundError):
        goals.get_template("fresh")
    goals.publish("fresh", 1, None, "Ada")
    assert goals.get_template("fresh").user_prompt_template is None


def test_the_list_shows_who_published_and_who_saved_last(goals: PromptService) -> None:
    goals.create_topic(make_draft(topic_id="fresh", display_order=-1), "Cleo")
    goals.save_version("goals", 1, make_change(author="Bob", message="Shorter"))
    goals.publish("goals", 2, 1, "Eve")
    goals.publish("goals", 1, 2, "Dan")
    fresh, listed = goals.list_topics()
    assert fresh.topic == goals.topic("fresh")
    assert (fresh.published_by, fresh.published_at, fresh.has_draft) == (None, None, True)
    assert listed.topic == goals.topic("goals")
    assert (listed.published_by, listed.published_at) == ("Dan", goals.publications("goals")[0].published_at)
    assert (listed.latest_author, listed.latest_message, listed.has_draft) == ("Bob", "Shorter", True)
    assert listed.latest_at == goals.version("goals", 2).created_at


def test_the_list_is_filtered(goals: PromptService) -> None:
    goals.create_topic(make_draft(topic_id="other", topic_type="single_shot", category="analysis"), "Ada")
    goals.set_active("goals", False, "Ada")

    def ids(**wanted: object) -> list[str]:
        return [one.topic.topic_id for one in goals.list_topics(**wanted)]  # type: ignore[arg-type]

    assert ids() == ["goals", "other"]
    assert ids(include_inactive=False) == ["other"]
    assert ids(topic_type="conversation_coaching") == ["goals"]
    assert ids(category="analysis") == ["other"]
    assert ids(topic_type="single_shot", category="coaching") == []


def test_the_list_takes_one_query_however_many_topics(goals: PromptService, database: Database) -> None:
    for number in range(5):
        goals.create_topic(make_draft(topic_id=f"t{number}"), "Ada", publish=True)
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", count)
    assert len(goals.list_topics()) == 6
    sa.event.remove(database.engine, "before_cursor_execute", count)
    assert len([one for one in statements if "topics" in one]) == 1


def test_a_topic_is_updated_field_by_field(goals: PromptService) -> None:
    before = goals.topic("goals")
    after = goals.update_topic("goals", TopicUpdate(name=" Targets ", display_order=7, description=""), "Bob")
    assert (after.name, after.display_order, after.category) == ("Targets", 7, before.category)
    assert (after.updated_by, after.created_by) == ("Bob", "Ada")
    assert after.updated_at > before.updated_at
    assert goals.topic("goals") == after


def test_a_topic_is_deactivated_and_activated(goals: PromptService) -> None:
    assert not goals.set_active("goals", False, "Bob").is_active
    assert goals.set_active("goals", True, "Bob").is_active


def test_new_prompt_types_need_only_a_setting(database: Database, store_settings: object, clock: object) -> None:
    settings = store_settings.model_copy(update={"prompt_types": ["system", "critic"], "topic_types": ["duel"]})  # type: ignore[attr-defined]
    service = PromptService(database, settings, clock)  # type: ignore[arg-type]
    service.create_topic(make_draft(topic_type="duel", prompts={"critic": "Judge."}), "Ada", publish=True)
    assert service.get_prompt("goals", "critic") == "Judge."
