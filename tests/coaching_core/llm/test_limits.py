"""Rules of limits, and the book of their counters: what a call takes, when it is refused, what any history leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from coaching_core.errors import LimitReachedError, UnknownPriceError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.limit_book import Charges, Counter, CounterKey, LimitBook
from coaching_core.llm.limits import Action, Each, Limit, Metric, Period, in_unit
from coaching_core.llm.types import Purpose, RunStatus
from tests.coaching_core.llm.holding import NOON, answered, attempt, broken, limit, refused_free


def empty_book(*limits: Limit) -> LimitBook:
    return LimitBook(limits, lambda _limit, _key: Counter())


def admit(book: LimitBook, held: Reservation, now: datetime = NOON) -> Charges:
    return book.admit(held, now)


@pytest.mark.parametrize(
    ("changes", "run_changes"),
    [
        ({"tenant_id": "acme"}, {"tenant_id": "other"}),
        ({"user_id": "ada"}, {"user_id": "bob"}),
        ({"provider": "openai"}, {"provider": "anthropic"}),
        ({"model": "openai/gpt"}, {"model": "openai/gpt-mini"}),
        ({"purpose": "chat"}, {"purpose": Purpose.JUDGE}),
        ({"each": Each.USER}, {"user_id": None}),
    ],
)
def test_a_limit_bears_on_what_it_names_only(changes: dict[str, object], run_changes: dict[str, object]) -> None:
    assert limit(**changes).bears_on(attempt().run)
    assert not limit(**changes).bears_on(attempt(**run_changes).run)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("each", "other"),
    [
        (Each.TENANT, {"tenant_id": "other"}),
        (Each.USER, {"user_id": "bob"}),
        (Each.USER, {"tenant_id": "other"}),
        (Each.PROVIDER, {"provider": "anthropic"}),
        (Each.MODEL, {"model": "openai/gpt-mini"}),
    ],
)
def test_each_of_them_has_the_whole_cap(each: Each, other: dict[str, object]) -> None:
    book = empty_book(limit(each=each, cap=Decimal("0.01")))
    admit(book, attempt("a"))
    with pytest.raises(LimitReachedError):
        admit(book, attempt("b"))
    admit(book, attempt("c", **other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.MINUTE, datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (Period.DAY, datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_periods_are_utc_and_turn_over_the_year(period: Period, start: datetime, end: datetime) -> None:
    late = datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    for moment in (late, late.astimezone(timezone(timedelta(hours=9)))):
        assert limit(period=period).period_start(moment) == start
        assert limit(period=period).resets_at(moment) == end
    assert limit(period=period).period_start(end) == end


def test_a_refusal_says_which_limit_how_far_and_until_when() -> None:
    book = empty_book(limit(name="Acme a month", period=Period.MONTH, cap=Decimal("0.015")))
    admit(book, attempt("a"))
    with pytest.raises(LimitReachedError) as caught:
        admit(book, attempt("b"))
    assert str(caught.value) == (
        "The limit “Acme a month” has no room for this call: $0.0100 of $0.0150 in a month are used or held, "
        "and it may take $0.0100. It starts anew on 2026-12-01 at 00:00 UTC."
    )
    assert caught.value.limit_id == "limit"
    assert caught.value.retry_after == timedelta(days=10, hours=12).total_seconds()
    assert caught.value.resets_at == "2026-12-01T00:00:00+00:00"


def test_a_call_that_never_fits_is_told_so() -> None:
    with pytest.raises(LimitReachedError, match="It never fits: ask for a shorter answer"):
        admit(empty_book(limit(cap=Decimal("0.009"))), attempt())


def test_a_refusal_of_streams_at_once_names_no_moment() -> None:
    book = empty_book(limit(name="Streams", metric=Metric.STREAMS, period=Period.AT_ONCE, cap=Decimal(1)))
    admit(book, attempt("a", streaming=True))
    admit(book, attempt("whole"))
    with pytest.raises(LimitReachedError) as caught:
        admit(book, attempt("b", streaming=True))
    assert (
        str(caught.value) == "The limit “Streams” has no room for this call: 1 of 1 streams at once are used or held."
    )
    assert caught.value.resets_at is None
    assert caught.value.retry_after > 0


def test_of_several_refusals_the_one_that_lasts_longest_is_told() -> None:
    none = Decimal("0.001")
    book = empty_book(
        limit(id="minute", metric=Metric.TURNS, period=Period.MINUTE, cap=Decimal(0)),
        limit(id="month", period=Period.MONTH, cap=none),
        limit(id="day", cap=none),
    )
    with pytest.raises(LimitReachedError) as caught:
        admit(book, attempt())
    assert caught.value.limit_id == "month"


def test_a_call_begun_just_before_midnight_counts_for_that_day() -> None:
    book = empty_book(limit(cap=Decimal("0.01")))
    before = NOON.replace(hour=23, minute=59, second=59)
    after = before + timedelta(seconds=2)
    admit(book, attempt("a", created_at=before), after)
    with pytest.raises(LimitReachedError) as caught:
        admit(book, attempt("b", created_at=before), after)
    assert caught.value.retry_after == 1
    admit(book, attempt("c", created_at=after), after)


def test_a_refused_call_holds_nothing_of_any_limit() -> None:
    book = empty_book(limit(id="wide", cap=Decimal(100)), limit(id="narrow", cap=Decimal("0.001")))
    with pytest.raises(LimitReachedError):
        admit(book, attempt())
    assert all(counter.used == 0 for counter in book.counters.values())


def test_an_unknown_price_is_refused_where_money_is_limited() -> None:
    unpriced = attempt(held_usd=None)
    with pytest.raises(UnknownPriceError, match="openai/gpt has no known price"):
        admit(empty_book(limit()), unpriced)
    admit(empty_book(limit(metric=Metric.TOKENS, cap=Decimal(100))), unpriced)
    admit(empty_book(limit(action=Action.ALARM)), unpriced)


def test_an_alarm_never_refuses() -> None:
    book = empty_book(limit(action=Action.ALARM, cap=Decimal("0.01")))
    for number in range(5):
        admit(book, attempt(f"run{number}"))
    assert [counter.held for counter in book.counters.values()] == [Decimal("0.05")]


def test_a_switching_limit_sends_calls_elsewhere_from_its_threshold_and_refuses_at_its_cap() -> None:
    book = empty_book(limit(action=Action.SWITCH, threshold=0.8))
    for number in range(8):
        admit(book, attempt(f"run{number}", may_switch=True))
    with pytest.raises(LimitReachedError):
        admit(book, attempt("switched", may_switch=True))
    admit(book, attempt("stays 1"))
    admit(book, attempt("stays 2"))
    with pytest.raises(LimitReachedError):
        admit(book, attempt("too much"))


def test_turns_are_calls_not_attempts() -> None:
    book = empty_book(limit(metric=Metric.TURNS, period=Period.MINUTE, cap=Decimal(1)))
    first = attempt("a")
    charges = admit(book, first)
    book.settle(charges, broken(first))
    admit(book, attempt("a again", attempt=2))
    with pytest.raises(LimitReachedError):
        admit(book, attempt("b"))


Ending = Callable[[Reservation], PromptRun]


@pytest.mark.parametrize(
    ("metric", "ending", "spent"),
    [
        (Metric.COST, lambda held: answered(held, "0.004"), "0.004"),
        (Metric.COST, lambda held: answered(held, None), "0.01"),
        (Metric.COST, broken, "0.01"),
        (Metric.COST, refused_free, "0"),
        (Metric.TOKENS, lambda held: answered(held, tokens=40), "40"),
        (Metric.TOKENS, lambda held: answered(held, None, tokens=40), "40"),
        (Metric.TOKENS, lambda held: replace(broken(held), input_tokens=30), "100"),
        (Metric.TOKENS, broken, "100"),
        (Metric.TOKENS, refused_free, "0"),
        (Metric.TURNS, answered, "1"),
        (Metric.TURNS, broken, "1"),
        (Metric.STREAMS, answered, "0"),
        (Metric.STREAMS, broken, "0"),
    ],
)
def test_what_is_settled_is_what_the_record_says_and_the_bound_where_nobody_knows(
    metric: Metric, ending: Ending, spent: str
) -> None:
    period = Period.AT_ONCE if metric is Metric.STREAMS else Period.DAY
    one = limit(metric=metric, period=period, cap=Decimal(1000))
    book, held = empty_book(one), attempt(streaming=True)
    book.settle(admit(book, held), ending(held))
    (counter,) = book.counters.values()
    assert (counter.spent, counter.held) == (Decimal(spent), 0)
    assert one.recorded(ending(held)) == Decimal(spent)


def test_a_refused_record_takes_nothing_of_any_limit() -> None:
    refusal = replace(attempt().run, status=RunStatus.REFUSED, cost_usd=Decimal(0))
    assert {limit(metric=metric).recorded(refusal) for metric in Metric} == {Decimal(0)}


def test_a_limit_that_counts_the_same_keeps_its_counters() -> None:
    one = limit()
    book, held = empty_book(one), attempt()
    charges = admit(book, held)
    fresh = book.change([replace(one, cap=Decimal(5), name="Five dollars", action=Action.SWITCH, threshold=0.5)])
    assert not fresh
    book.settle(charges, answered(held, "0.002"))
    assert [counter.spent for counter in book.counters.values()] == [Decimal("0.002")]
    assert book.change([replace(one, provider="openai")]) == {"limit"}
    assert not book.counters


def test_what_is_settled_after_its_limit_was_withdrawn_harms_nobody() -> None:
    book, held = empty_book(limit()), attempt()
    charges = admit(book, held)
    book.change([])
    book.settle(charges, answered(held))
    book.release(charges)
    assert not book.counters


def test_periods_that_are_over_are_forgotten_unless_something_is_held() -> None:
    streams = limit(id="streams", metric=Metric.STREAMS, period=Period.AT_ONCE, cap=Decimal(2))
    book = empty_book(limit(), streams)
    done, open_still = attempt("done", created_at=NOON - timedelta(days=2)), attempt("open", True, created_at=NOON)
    book.settle(admit(book, done), answered(done))
    charges = admit(book, open_still)
    book.forget_before(NOON + timedelta(days=1))
    assert {key.period_start.day for key in book.counters if key.limit_id == "limit"} == {20}
    book.settle(charges, answered(open_still))
    book.forget_before(NOON + timedelta(days=1))
    assert not book.counters


@given(amount=st.decimals("0", "100000", places=6))
def test_amounts_are_put_in_words(amount: Decimal) -> None:
    assert in_unit(Metric.COST, amount).startswith("$")
    assert in_unit(Metric.TOKENS, Decimal(1234567)) == "1,234,567 tokens"


_AMOUNTS = st.decimals("0", "0.05", places=4)
_USERS = st.sampled_from(["ada", "bob", None])
_MODELS = st.sampled_from(["openai/gpt", "openai/gpt-mini"])
_BOOKED = (
    limit(id="day"),
    limit(id="each user", each=Each.USER, cap=Decimal("0.06")),
    limit(id="model", model="openai/gpt", period=Period.MONTH, cap=Decimal("0.08")),
    limit(id="tokens", metric=Metric.TOKENS, cap=Decimal(700)),
    limit(id="turns", metric=Metric.TURNS, period=Period.MINUTE, each=Each.USER, cap=Decimal(4)),
    limit(id="streams", metric=Metric.STREAMS, period=Period.AT_ONCE, cap=Decimal(2)),
)


class AnyHistory(RuleBasedStateMachine):
    """Calls begin and end in any order while limits come and go: no cap is passed, counters are what records say."""

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.records: list[PromptRun] = []
        self.open: dict[str, tuple[Reservation, Charges]] = {}
        self.made = 0
        self.book = LimitBook(_BOOKED, self._load)

    def _load(self, limit: Limit, key: CounterKey) -> Counter:
        mine = [run for run in self.records if limit.bears_on(run) and self.book.key(limit, run) == key]
        return Counter(sum((limit.recorded(run) for run in mine), Decimal(0)))

    @rule(bound=_AMOUNTS, tokens=st.integers(0, 300), user=_USERS, model=_MODELS, streaming=st.booleans())
    def call(self, bound: Decimal, tokens: int, user: str | None, model: str, streaming: bool) -> None:
        self.made += 1
        wished = attempt(
            f"run{self.made}",
            streaming,
            held_usd=bound,
            held_tokens=tokens,
            user_id=user,
            model=model,
            created_at=self.now,
        )
        try:
            self.open[wished.run.id] = (wished, self.book.admit(wished, self.now))
        except LimitReachedError as error:
            refusing = self.book.limits[error.limit_id]
            counter = self.book.counter(self.book.key(refusing, wished.run))
            assert counter.used + refusing.held(wished) > refusing.cap

    @rule(data=st.data(), ending=st.sampled_from([answered, broken, refused_free]), share=st.integers(0, 100))
    def end(self, data: st.DataObject, ending: Ending, share: int) -> None:
        if not self.open:
            return
        held, charges = self.open.pop(data.draw(st.sampled_from(sorted(self.open))))
        run = ending(held)
        if run.cost_usd is not None and run.status is RunStatus.OK:
            assert held.run.held_usd is not None
            cost, tokens = held.run.held_usd * share / 100, (held.run.held_tokens or 0) * share // 100
            run = replace(run, cost_usd=cost, input_tokens=tokens, output_tokens=0)
        self.book.settle(charges, run)
        self.records.append(run)

    @rule(data=st.data())
    def leave_unsent(self, data: st.DataObject) -> None:
        if self.open:
            self.book.release(self.open.pop(data.draw(st.sampled_from(sorted(self.open))))[1])

    @rule(minutes=st.sampled_from([0.3, 1, 700, 20_000]))
    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.book.forget_before(self.now)

    @rule(begun_anew=st.sets(st.sampled_from([one.id for one in _BOOKED])))
    def change_limits(self, begun_anew: set[str]) -> None:
        self.book.change([one for one in _BOOKED if one.id not in begun_anew])
        fresh = self.book.change(_BOOKED)
        assert fresh == begun_anew
        for run_id, (held, charges) in self.open.items():
            still = {key: amount for key, amount in charges.items() if key.limit_id not in fresh}
            self.open[run_id] = (held, still | self.book.adopt(held, fresh))

    @invariant()
    def no_cap_is_passed_and_nothing_is_forgotten(self) -> None:
        for key, counter in self.book.counters.items():
            one = self.book.limits[key.limit_id]
            held = sum((charges.get(key, Decimal(0)) for _, charges in self.open.values()), Decimal(0))
            assert counter.used <= one.cap
            assert counter.held == held
            assert counter.spent == self._load(one, key).spent


TestAnyHistory = AnyHistory.TestCase
