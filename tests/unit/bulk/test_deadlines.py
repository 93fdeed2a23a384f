"""Silence over columns: the limits of the rules, and who falls due."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

numpy = pytest.importorskip("numpy", reason="the extra bulk is not installed")

from hypothesis import given
from hypothesis import strategies as st
from tests.ids import stable
from tests.unit.bulk.bases import rows, states_of
from tests.unit.lifecycle.builders import move, stage, stay, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    InvalidArgument,
    Lapsed,
    Purchased,
    Relationship,
    Room,
    UnknownEvent,
    with_pause,
)
from custlife.bulk.deadlines import UNREACHED, is_columnar, limits
from custlife.bulk.nightly import due
from custlife.bulk.ticks import NEVER
from custlife.errors import InvalidFrame
from custlife.silence import FixedWindow, OwnRhythm, either
from custlife.silence import due as one_by_one
from custlife.testing import histories

T = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // TICK
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // TICK
DAY = timedelta(days=1)
RULE = FixedWindow(lapsed_after=90 * DAY, departed_after=360 * DAY)
CONTRACTS = with_pause(CUSTOMER_LIFECYCLE)

spans = st.integers(1, 10**18).map(lambda micros: timedelta(microseconds=micros))
spans |= st.sampled_from([timedelta.max, TICK, 13 * 7 * DAY])
factors = st.sampled_from([3, 0.5, 1.5, 1.1, 1e-9, 99_999.9]) | st.floats(1e-12, 1e5)


@st.composite
def windows(draw):
    lapsed = draw(spans)
    return FixedWindow(
        lapsed_after=lapsed,
        departed_after=draw(st.none() | spans.filter(lambda one: one >= lapsed)),
    )


@st.composite
def rhythms(draw):
    factor = draw(factors)
    return OwnRhythm(
        factor=factor,
        departed_factor=draw(st.none() | st.sampled_from([1, 2.5]).map(lambda by: by * factor)),
        fallback=draw(st.none() | spans),
        occasions=draw(st.sampled_from(["days", "purchases"])),
    )


@st.composite
def customers(draw):
    """When somebody bought first and last, how often, and their pauses: in microseconds."""
    size = draw(st.sampled_from([40, 10**6, 10**13, 10**15, 10**17]))
    first = draw(st.integers(0, 2 * 10**15) | st.integers(FIRST, LAST))
    last = min(first + draw(st.integers(0, size)), LAST)
    before = draw(st.just(0) | st.integers(0, last - first))
    paused = draw(st.just(0) | st.integers(0, min(size, LAST - last)))
    stopped = min(last + paused + draw(st.integers(0, size)), LAST)
    return (
        first,
        last,
        draw(st.integers(1, 9)),
        before,
        paused,
        draw(st.sampled_from([NEVER, stopped])),
    )


def moment(micros):
    return None if micros == NEVER else EPOCH + micros * TICK


def told(rule, customer):
    """What the rule itself says, in microseconds."""
    first, last, occasions, before, paused, stopped = customer
    rel = SimpleNamespace(
        state=SimpleNamespace(room=Room.CUSTOMER),
        record=SimpleNamespace(
            first_purchase_at=moment(first),
            last_purchase_at=moment(last),
            purchase_days=occasions,
            purchases=occasions,
        ),
        customer_moment=moment(first),
        paused=paused * TICK,
        paused_before=before * TICK,
        paused_at=moment(stopped),
    )
    found = rule.deadlines(rel)
    return [
        UNREACHED if limit is None else (limit - EPOCH) // TICK
        for limit in (found.lapsed, found.departed, found.unknown)
    ]


def over_columns(rule, people):
    first, last, occasions, before, paused, stopped = numpy.array(people).T
    found = limits(
        rule,
        since=last,
        first_purchase=first,
        last_purchase=last,
        occasions=occasions,
        paused=paused,
        paused_before=before,
        paused_at=stopped,
    )
    return numpy.array(found).T.tolist()


@given(windows() | rhythms(), st.lists(customers(), min_size=1, max_size=9))
def test_a_limit_is_that_of_the_rule_to_the_microsecond(rule, people):
    """Whatever the spans and factors, and as far as time reaches."""
    assert over_columns(rule, people) == [told(rule, one) for one in people]


@pytest.mark.parametrize(
    ("gap", "factor", "span"),
    [
        pytest.param(1, 0.5, 0, id="half to even, down"),
        pytest.param(3, 0.5, 2, id="half to even, up"),
        pytest.param(3, 1.1, 3, id="down"),
        pytest.param(10**15 + 1, 1.1, 1_100_000_000_000_001, id="a float alone is too short"),
        pytest.param(10**16 + 1, 1.5, 15_000_000_000_000_002, id="after a century, half to even"),
        pytest.param(10**16 + 1, 0.1, 1_000_000_000_000_000, id="a gap of centuries"),
    ],
)
def test_a_multiple_of_a_gap_is_rounded_as_a_timedelta_is(gap, factor, span):
    """Exactly, to the microsecond, and half to even."""
    ((found, *_),) = over_columns(OwnRhythm(factor=factor), [(0, gap, 2, 0, 0, NEVER)])

    assert found - gap == span == timedelta(microseconds=gap) * factor // TICK


def test_without_pauses_their_columns_are_left_out():
    """And nobody who is silent in no relationship has a limit."""
    since = numpy.array([0, NEVER])
    bought = {"first_purchase": since, "last_purchase": since, "occasions": numpy.array([1, 0])}

    found = limits(RULE, since=since, **bought)
    unknown = limits(OwnRhythm(), since=since, **bought)

    assert [one.tolist() for one in found] == [
        [90 * DAY // TICK, UNREACHED],
        [360 * DAY // TICK, UNREACHED],
        [UNREACHED, UNREACHED],
    ]
    assert [one.tolist() for one in unknown] == [[UNREACHED] * 2, [UNREACHED] * 2, [0, UNREACHED]]


def test_only_the_two_rules_by_purchases_go_over_columns():
    """What is derived from them may answer anything."""

    class Stricter(FixedWindow):
        pass

    assert is_columnar(FixedWindow())
    assert is_columnar(OwnRhythm())
    assert not is_columnar(Stricter())
    assert not is_columnar(either(RULE, OwnRhythm()))


def expected(people, rule, as_of):
    return [
        (one.customer, event.name, event.at)
        for one in one_by_one(people, rule, as_of)
        for event in one.events
    ]


@given(
    st.sampled_from([CUSTOMER_LIFECYCLE, CONTRACTS]),
    st.data(),
    st.sampled_from([RULE, FixedWindow(lapsed_after=TICK), OwnRhythm(departed_factor=9)])
    | st.builds(OwnRhythm, fallback=st.just(9 * DAY), factor=st.sampled_from([1e-9, 0.5])),
    st.sampled_from([0, 40, 2000]),
)
def test_who_falls_due_is_who_falls_due_one_by_one(lifecycle, data, rule, later):
    """In the same order and at the same moments, of any history and with pauses."""
    pasts = data.draw(st.lists(histories(lifecycle), max_size=5))
    people = [
        Relationship(f"C-{number % 3}", lifecycle).apply(*events)
        for number, events in enumerate(pasts)
    ]
    last = max((rel.record.last_at for rel in people if rel.record.last_at), default=T)
    as_of = last + later * DAY

    found = due(states_of(people), rule, as_of, lifecycle=lifecycle)

    assert rows(found) == expected(people, rule, as_of)


@pytest.mark.parametrize("like", ["pandas", "polars", "pyarrow"])
def test_a_frame_comes_back_as_the_kind_that_was_given(like):
    """With the same rows from each library."""
    people = [Relationship(f"C-{n}").apply(Purchased(at=T + n * DAY, amount=5)) for n in (30, 9)]
    base = states_of(people, like)

    found = due(base, RULE, T + 400 * DAY)

    assert type(found) is type(base)
    assert list(getattr(found, "column_names", None) or found.columns) == [
        "customer",
        "event",
        "at",
    ]
    assert rows(found) == expected(people, RULE, T + 400 * DAY)
    assert [row[0] for row in rows(found)] == ["C-9", "C-9", "C-30", "C-30"]


def test_nobody_is_due_among_nobody():
    """The frame is empty, and has its columns."""
    found = due(states_of([Relationship("C-1")]), RULE, T)

    assert rows(found) == []
    assert found.column_names == ["customer", "event", "at"]


def test_a_lapse_that_is_on_record_is_not_due_again():
    """So the job can run every night."""
    rel = Relationship("C-17").apply(Purchased(at=T, amount=5), Lapsed(at=T + 91 * DAY))

    found = due(states_of([rel]), RULE, T + 400 * DAY)

    assert [row[1] for row in rows(found)] == ["departed"]


@pytest.mark.parametrize(
    ("first", "then"), [("trying", "paused"), ("paused", "trying")], ids=["begins", "ends"]
)
def test_a_lapse_may_begin_or_end_a_pause(first, then):
    """In a lifecycle of an app's own: what is due then is what is due one by one."""
    lifecycle = trio(
        customer=[stage(first), stage(then)],
        rules=[
            move("purchased", ["guest", "gone"], first),
            stay("purchased", "customer"),
            move("lapsed", first, then),
            move("departed", "customer", "gone"),
        ],
    )
    rel = Relationship("C-17", lifecycle).apply(
        Purchased(at=T, amount=5), Purchased(at=T + DAY, amount=5)
    )
    asked = states_of([rel]), RULE, T + 900 * DAY

    assert rows(due(*asked, lifecycle=lifecycle)) == expected([rel], *asked[1:])


def test_a_lifecycle_has_to_know_what_is_due():
    """The error says which event is missing; nothing is wrong while nothing is due."""
    shop = trio(also=[move("purchased", "guest", "member"), stay("purchased", "member")])
    states = states_of([Relationship("C-17", shop).apply(Purchased(at=T, amount=5))])

    assert rows(due(states, RULE, T + 5 * DAY, lifecycle=shop)) == []
    with pytest.raises(UnknownEvent, match="lapsed"):
        due(states, RULE, T + 91 * DAY, lifecycle=shop)


def test_a_rule_that_does_not_go_over_columns_is_refused():
    """The error says which rules do, and what to do instead."""
    with pytest.raises(InvalidArgument, match="rules that go over columns") as caught:
        due(states_of([]), either(RULE, OwnRhythm()), T)

    assert "custlife.silence.due(relationships, rule, as_of)" in caught.value.remedy


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"states": [1, 2]}, "frame"),
        ({"as_of": datetime(2026, 6, 1)}, "as_of"),  # noqa: DTZ001 - naive
        ({"as_of": T - DAY}, "as_of"),
        ({"lifecycle": "customer"}, "lifecycle"),
    ],
    ids=stable,
)
def test_an_argument_is_checked(arguments, field):
    """Also that no event is later than the moment."""
    base = states_of([Relationship("C-17").apply(Purchased(at=T, amount=5))])

    with pytest.raises(InvalidArgument) as caught:
        due(**{"states": base, "rule": RULE, "as_of": T + DAY, **arguments})

    assert caught.value.field == field


def test_a_column_that_is_missing_is_named():
    """With those that are there."""
    states = states_of([]).drop_columns("last_lapse_at")

    with pytest.raises(InvalidFrame, match="'last_lapse_at'"):
        due(states, RULE, T)


def test_a_lifecycle_with_pauses_needs_their_columns():
    """Without pauses they can be left out."""
    states = states_of([]).drop_columns(["paused", "paused_before", "paused_at"])

    assert rows(due(states, RULE, T)) == []
    with pytest.raises(InvalidFrame, match="'paused'"):
        due(states, RULE, T, lifecycle=CONTRACTS)
