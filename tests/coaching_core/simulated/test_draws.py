"""Chance that repeats: streams of their own for every aspect, deaf to the prompt."""

from __future__ import annotations

from collections import Counter

from coaching_core.llm.providers.simulated.draws import Draws, key_of
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose


def drawn(*messages: tuple[str, str], model: str = "simulated/a", seed: int | None = None) -> bytes:
    spoken = tuple(Message(role, content) for role, content in messages)  # type: ignore[arg-type]
    return Draws.of_request(CompletionRequest(model, spoken, CallContext("t", Purpose.CHAT), seed=seed)).key


def test_the_conversation_the_model_and_the_seed_make_the_streams() -> None:
    base = drawn(("user", "Hi."))

    assert base == drawn(("system", "Coach."), ("user", "Hi."), seed=0)
    others = {
        drawn(("user", "Ho.")),
        drawn(("assistant", "Hi.")),
        drawn(("user", "Hi."), ("user", "Hi.")),
        drawn(("user", "Hi."), model="simulated/b"),
        drawn(("user", "Hi."), seed=1),
    }
    assert len(others | {base}) == 6


def test_draws_are_even_and_their_own() -> None:
    draws = [Draws(key_of(number)) for number in range(400)]
    values = [one.uniform("a") for one in draws]

    assert values == [one.uniform("a") for one in draws]
    assert values != [one.uniform("b") for one in draws]
    assert all(0 <= value < 1 for value in values)
    assert 0.45 < sum(values) / len(values) < 0.55
    assert sorted(Counter(one.pick("pool", "wxyz") for one in draws)) == ["w", "x", "y", "z"]


def test_shuffling_keeps_everything_once_in_an_order_of_the_aspect() -> None:
    orders = {tuple(Draws(key_of(number)).shuffled("x", "abcdef")) for number in range(50)}

    assert {tuple(sorted(order)) for order in orders} == {tuple("abcdef")}
    assert len(orders) > 40
    assert Draws(b"k" * 16).shuffled("x", "abcdef") != Draws(b"k" * 16).shuffled("y", "abcdef")


def test_the_streams_are_the_same_in_every_release() -> None:
    draws = Draws(b"k" * 16)

    assert draws.uniform("a") == 0.9976444807538454
    assert draws.shuffled("x", "abcdef") == list("feadbc")
