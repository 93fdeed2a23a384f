"""The laws of a bulk replay: whatever the base, it gives what replaying one by one gives."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the extra bulk is not installed")
pytest.importorskip("narwhals", reason="the extra bulk is not installed")
pytest.importorskip("pyarrow", reason="the extra bulk is not installed")

from tests.bases import NAMED, assert_same, by, in_cents, one_by_one, shown, table_of

from custlife import CUSTOMER_LIFECYCLE, Lapsed, Purchased, with_pause
from custlife.bulk import due as due_in_bulk
from custlife.bulk import recommend as recommend_in_bulk
from custlife.bulk import replay
from custlife.silence import FixedWindow, OwnRhythm, StageLimits, due
from custlife.strategy import Profile, recommend
from custlife.testing import histories, lifecycles

END = datetime(2100, 1, 1, tzinfo=UTC)
PLAIN = ("complaint", "purchase", "id")
NAMELESS = {**NAMED, "id": None, "fields": {n: n for n in NAMED["fields"] if n not in PLAIN}}


FEWER = settings.default.max_examples // 3
"""An example is a whole base, replayed several times."""


def nameless(event):
    """The event without the ids by which events name each other, and without an audience."""
    gone = {name: None for name in PLAIN if getattr(event, name, None) is not None}
    if getattr(event, "public", False):
        gone["public"] = False
    return evolve(event, **gone) if gone else event


def bases(lifecycle=CUSTOMER_LIFECYCLE, *, most=4, size=15, turn=lambda event: event, sound=False):
    """Rows of events of some customers, in any order; refused ones among them unless sound."""
    history = histories(lifecycle, allow_rejected=not sound, allow_ties=True, max_size=size)
    people = st.lists(history, min_size=1, max_size=most)
    rows = people.map(
        lambda every: [
            (f"C-{number}", turn(in_cents(event)))
            for number, events in enumerate(every)
            for event in events
        ]
    )
    return rows.filter(bool).flatmap(st.permutations)


def is_known(rows):
    """Whether the library has the class of every event; others have to be given."""
    return all(type(event).__module__ == "custlife.events" for _, event in rows)


@given(rows=bases())
def test_a_bulk_replay_gives_what_replaying_one_by_one_gives(rows):
    """Every frame is as one by one, with duplicates, ties, refusals, refunds and answers by id."""
    result = replay(table_of(rows), rejected="collect", **NAMED)

    assert_same(result, rows, one_by_one(rows))


@given(rows=bases(turn=nameless))
def test_events_that_name_no_others_go_over_columns(rows):
    """Without ids and news, every frame is as one by one, and hardly anybody is replayed alone."""
    rows = [row for row in rows if row[1].name != "cause_learnt"]
    assume(rows)

    result = replay(table_of(rows), rejected="collect", **NAMELESS)

    assert_same(result, rows, one_by_one(rows))
    assert result.notes.keys() <= {"more than columns can tell"}


@settings(max_examples=FEWER)
@given(data=st.data())
def test_any_lifecycle_can_be_replayed_in_bulk(data):
    """Every frame is as one by one, whatever the lifecycle, with the app's own events."""
    lifecycle = data.draw(lifecycles())
    rows = data.draw(bases(lifecycle, most=3, size=10))
    mapping = {type(event).name: type(event) for _, event in rows}

    result = replay(table_of(rows), lifecycle, rejected="collect", mapping=mapping, **NAMED)

    assert_same(result, rows, one_by_one(rows, lifecycle))


@settings(max_examples=FEWER)
@given(rows=bases(with_pause(CUSTOMER_LIFECYCLE)))
def test_pauses_are_as_one_by_one(rows):
    """Every frame is as one by one where customers pause."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)

    result = replay(table_of(rows), lifecycle, rejected="collect", **NAMED)

    assert_same(result, rows, one_by_one(rows, lifecycle))


SPANS = st.sampled_from([3, 10, 30, 100, 300]).map(lambda days: timedelta(days=days))
WINDOWS = st.tuples(SPANS, SPANS, st.booleans()).map(
    lambda three: FixedWindow(
        lapsed_after=min(three[:2]), departed_after=max(three[:2]) if three[2] else None
    )
)
RHYTHMS = st.builds(
    lambda factor, more, fallback, occasions: OwnRhythm(
        factor=factor,
        departed_factor=more and factor * more,
        fallback=fallback,
        occasions=occasions,
    ),
    st.sampled_from([0.5, 1, 3]),
    st.sampled_from([None, 1, 4]),
    st.none() | SPANS,
    st.sampled_from(["days", "purchases"]),
)
RULES = WINDOWS | RHYTHMS | SPANS.map(lambda span: StageLimits({"visitor": span}))


@settings(max_examples=FEWER)
@given(rows=bases(), rule=RULES)
def test_silence_in_bulk_is_as_one_by_one(rows, rule):
    """What a silence rule infers is as one by one."""
    watch = {"silence": rule, "as_of": END}

    result = replay(table_of(rows), rejected="collect", **watch, **NAMED)

    assert_same(result, rows, one_by_one(rows, **watch))


@given(rows=bases(turn=nameless), rule=WINDOWS | RHYTHMS)
def test_silence_over_columns_is_as_one_by_one(rows, rule):
    """What a rule over columns infers is as one by one, between events and after the last."""
    rows = [row for row in rows if row[1].name not in ("cause_learnt", Lapsed.name)]
    assume(rows)
    watch = {"silence": rule, "as_of": END}

    result = replay(table_of(rows), rejected="collect", **watch, **NAMELESS)

    assert_same(result, rows, one_by_one(rows, **watch))
    assert result.notes.keys() <= {"more than columns can tell"}


def split(rows, cut):
    """Two stretches of a base, which share no id of an event."""
    place = sorted(event.at for _, event in rows)[cut % len(rows)]
    early = [row for row in rows if row[1].at < place]
    late = [row for row in rows if row[1].at >= place]
    ids = {(customer, event.id) for customer, event in early if event.id is not None}
    assume(early)
    assume(not any((customer, event.id) in ids for customer, event in late))
    return early, late, place


@pytest.mark.parametrize("stored", [False, True], ids=["at once", "from a frame"])
@settings(max_examples=FEWER)
@given(rows=bases() | bases(turn=nameless), cut=st.integers(0, 50))
def test_going_on_gives_what_replaying_all_gives(stored, rows, cut):
    """A replay that starts where another ended gives the states of a replay of everything.

    What it keeps to go on from is the same, too.
    """
    early, late, _ = split(rows, cut)
    whole = replay(table_of(rows), rejected="collect", **NAMED)

    before = replay(table_of(early), rejected="collect", **NAMED)
    start = before.checkpoint if stored else before
    after = replay(table_of(late), rejected="collect", start=start, **NAMED)

    assert by(shown(after.states), "customer") == by(shown(whole.states), "customer")
    assert by(shown(after.checkpoint), "customer") == by(shown(whole.checkpoint), "customer")
    moves = [{**row, "row": 0} for r in (before, after) for row in shown(r.transitions)]
    if "cause_learnt" not in {event.name for _, event in rows}:  # it changes kinds of before
        every = [{**row, "row": 0} for row in shown(whole.transitions)]
        assert by(moves, "customer") == by(every, "customer")


@settings(max_examples=FEWER)
@given(
    rows=bases(with_pause(CUSTOMER_LIFECYCLE), size=20), cuts=st.tuples(*[st.integers(0, 50)] * 2)
)
def test_going_on_twice_gives_what_replaying_all_gives(rows, cuts):
    """With pauses, and with people of whom nothing happens in the middle."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)
    _, _, places = zip(*(split(rows, cut) for cut in cuts), strict=True)
    first, last = min(places), max(places)
    stretches = [
        [row for row in rows if row[1].at < first],
        [row for row in rows if first <= row[1].at < last],
        [row for row in rows if row[1].at >= last],
    ]
    whole = replay(table_of(rows), lifecycle, rejected="collect", **NAMED)

    after = None
    for some in stretches:
        table = table_of(some) if some else table_of(rows)[:0]
        after = replay(table, lifecycle, rejected="collect", start=after, **NAMED)

    assert by(shown(after.states), "customer") == by(shown(whole.states), "customer")
    assert by(shown(after.checkpoint), "customer") == by(shown(whole.checkpoint), "customer")


@settings(max_examples=FEWER)
@given(rows=bases() | bases(turn=nameless) | bases(with_pause(CUSTOMER_LIFECYCLE)))
def test_a_checkpoint_holds_each_relationship_as_it_is(rows):
    """Going on from it without events gives the relationships that replaying one by one gives."""
    lifecycle = with_pause(CUSTOMER_LIFECYCLE)
    table = table_of(rows)

    stored = replay(table, lifecycle, rejected="collect", **NAMED).checkpoint
    result = replay(table[:0], lifecycle, start=stored, **NAMED)

    for customer, journey in one_by_one(rows, lifecycle).items():
        assert result.journey(customer).relationship == journey.relationship


@settings(max_examples=FEWER)
@given(rows=bases(turn=nameless, sound=True), cut=st.integers(0, 50), rule=WINDOWS | RHYTHMS)
def test_going_on_with_a_silence_rule_gives_what_replaying_all_gives(rows, cut, rule):
    """What the silence between two stretches makes due is inferred when the second one is read.

    An event that shows an earlier inferred departure to be none is refused, as by ``apply``.
    """
    rows = [row for row in rows if row[1].name != "cause_learnt"]
    assume(rows)
    early, late, place = split(rows, cut)
    whole = replay(table_of(rows), rejected="collect", silence=rule, as_of=END, **NAMELESS)
    assume(not any(one.withdrawn for one in one_by_one(rows, silence=rule, as_of=END).values()))

    watch = {"rejected": "collect", "silence": rule, **NAMELESS}
    before = replay(table_of(early), as_of=place, **watch)
    after = replay(table_of(late), as_of=END, start=before.checkpoint, **watch)

    assert by(shown(after.states), "customer") == by(shown(whole.states), "customer")


@settings(max_examples=FEWER)
@given(rows=bases(most=6))
def test_shards_of_customers_need_no_merge(rows):
    """The states of a base are those of its shards, one after the other."""
    whole = replay(table_of(rows), rejected="collect", **NAMED)

    shards = [[row for row in rows if hash(row[0]) % 2 == half] for half in (0, 1)]
    parts = [replay(table_of(shard), rejected="collect", **NAMED) for shard in shards if shard]

    states = [row for part in parts for row in shown(part.states)]
    assert by(states, "customer") == by(shown(whole.states), "customer")


def test_a_very_long_history_is_as_one_by_one():
    """A history of thousands of events is walked in strides, and is as one by one."""
    start = datetime(2020, 1, 1, tzinfo=UTC)
    kinds = [Purchased(at=start, amount=1), Lapsed(at=start)]
    rows = [
        ("C-0", evolve(kinds[n * n % 7 % 2], at=start + timedelta(hours=n))) for n in range(3_001)
    ]

    result = replay(table_of(rows), rejected="collect", **NAMED)

    assert_same(result, rows, one_by_one(rows))


@settings(max_examples=FEWER)
@given(rows=bases())
def test_what_is_recommended_in_bulk_is_what_is_recommended_one_by_one(rows):
    """The strategy, the row and the missing facts follow from the states alone."""
    result = replay(table_of(rows), rejected="collect", **NAMED)
    relationships = {who: one.relationship for who, one in one_by_one(rows).items()}

    advice = recommend_in_bulk(result.states, as_of=END, decimals=result.decimals)

    for row in shown(advice):
        profile = Profile(relationship=relationships[row["customer"]], as_of=END)
        alone = recommend(profile)
        assert row["strategy"] == alone.strategy.value
        assert row["row"] == alone.row
        assert row["missing"] == ", ".join(alone.missing)
        assert row["note"] is None


@settings(max_examples=FEWER)
@given(rows=bases(), rule=WINDOWS | RHYTHMS)
def test_who_falls_due_in_bulk_falls_due_one_by_one(rows, rule):
    """The nightly job over a states frame finds what it finds over relationships."""
    result = replay(table_of(rows), rejected="collect", **NAMED)
    relationships = [one.relationship for one in one_by_one(rows).values()]

    found = shown(due_in_bulk(result.states, rule, END))

    assert [(row["customer"], row["event"], row["at"]) for row in found] == [
        (one.customer, event.name, event.at)
        for one in due(relationships, rule, END)
        for event in one.events
    ]
