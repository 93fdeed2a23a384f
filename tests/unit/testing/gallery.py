"""Subjects that are broken on purpose, each in one way, with the law that must catch it."""

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from enum import Enum
from functools import partial

from attrs import evolve, fields, frozen

from custlife import (
    CUSTOMER_LIFECYCLE,
    Cause,
    Complained,
    DepartureRules,
    EventNotAllowed,
    Forbid,
    Initiator,
    Journey,
    PurchaseCancelled,
    Purchased,
    Record,
    Relationship,
    Room,
    Stay,
    View,
    merge,
    replay,
    to_chart,
    to_table,
)
from custlife.complaints import OpenComplaint
from custlife.events import ANSWERS
from custlife.testing import (
    Law,
    Subject,
    channel_blindness,
    corrections,
    cycles,
    folding,
    identity,
    immutability,
    kind_follows_room,
    merging,
    order,
    table_equals_chart,
    totality,
    views_are_homomorphisms,
)

TABLE = to_table(CUSTOMER_LIFECYCLE)


@frozen
class Broken:
    """A subject with one fault."""

    name: str
    law: Law
    says: str
    at_most: int
    subject: Callable[[], Subject]


GALLERY: list[Broken] = []


def caught_by(law, says, at_most=5):
    """Hang what makes a broken subject in the gallery, with the law and what it must say.

    Args:
        law: The law that must catch it.
        says: What the violation must say.
        at_most: How many events it takes at most.
    """

    def hang(make):
        GALLERY.append(Broken(make.__name__, law, says, at_most, make))
        return make

    return hang


def with_rules(*rules):
    """The default lifecycle with other rules."""
    return evolve(CUSTOMER_LIFECYCLE, rules=rules)


def without(*texts):
    """The rules of the default lifecycle but for those that read so."""
    return [rule for rule in CUSTOMER_LIFECYCLE.rules if str(rule) not in texts]


def subject(**executions):
    return Subject(lifecycle=CUSTOMER_LIFECYCLE, **executions)


def altered(relationship, **changes):
    """The same relationship with other fields, as no public door allows."""
    other = copy(relationship)
    for name, value in changes.items():
        object.__setattr__(other, name, value)
    return other


def replaying(change):
    """A replay whose journey is changed before it is handed out."""

    def broken(events, *, customer, on_rejected="raise"):
        return change(replay(events, customer=customer, on_rejected=on_rejected))

    return subject(replay=broken)


class Stand:
    """A table that does as the real one does, but for what a subclass does otherwise."""

    def step(self, state, event):
        return TABLE.step(state, event)

    def allowed(self, state):
        return TABLE.allowed(state)

    def view(self, state, model):
        return TABLE.view(state, model)


class Wrapped(Relationship):
    """A relationship whose `apply` can be broken; it stays of its own class."""

    def apply(self, *events):
        return self.of(super().apply(*events))

    @classmethod
    def of(cls, relationship):
        other = object.__new__(cls)
        for attribute in fields(Relationship):
            object.__setattr__(other, attribute.name, getattr(relationship, attribute.name))
        return other


class Told(Journey):
    """A journey whose corrections can be broken; what they make is of its own class."""

    def amend(self, **given):
        return self.of(super().amend(**given))

    def known_at(self, moment):
        return self.of(super().known_at(moment))

    @classmethod
    def of(cls, journey):
        other = object.__new__(cls)
        for attribute in fields(Journey):
            object.__setattr__(other, attribute.name, getattr(journey, attribute.name))
        return other


def applying(cls):
    """A subject whose relationships are of this class, from replays as well."""

    def broken(events, *, customer, on_rejected="raise"):
        return Walked.of(replay(events, customer=customer, on_rejected=on_rejected))

    class Walked(Told):
        kind = cls

        @classmethod
        def of(cls, journey):
            other = super().of(journey)
            object.__setattr__(other, "relationship", cls.kind.of(journey.relationship))
            return other

    return subject(start=partial(cls, lifecycle=CUSTOMER_LIFECYCLE), replay=broken)


# --- 1: the table equals the chart ---------------------------------------------------------


@caught_by(
    table_equals_chart, r"table leads to advocate\+content, the chart leads to regular\+content"
)
def a_chart_with_a_move_missing():
    rules = without("complaint_settled: regular -> advocate when in_conflict")
    return subject(chart=to_chart(with_rules(*rules)))


@caught_by(table_equals_chart, r"'lapsed' in lost: the table refuses it, the chart leads to lost")
def a_chart_that_takes_what_is_forbidden():
    rules = without("lapsed: former forbids")
    late = Stay("lapsed", at="former", sentence="Still counted.")
    return subject(chart=to_chart(with_rules(*rules, late)))


@caught_by(table_equals_chart, r"'contacted' in aware: the table leads to aware, the chart refuses")
def a_chart_that_forbids_what_is_allowed():
    rules = without("contacted: aware, visitor, customer, former stays")
    hush = Forbid("contacted", at=["aware", "visitor", "customer", "former"], sentence="Enough.")
    return subject(chart=to_chart(with_rules(*rules, hush)))


@caught_by(table_equals_chart, r"'lapsed' in .*: the chart raised RuntimeError")
def a_chart_with_a_callback_that_raises():
    class Raising(to_chart(CUSTOMER_LIFECYCLE)):
        def on_enter_eroding(self):
            raise RuntimeError("the mail server is down")

    return subject(chart=Raising)


@caught_by(table_equals_chart, r"'purchased' in advocate\+eroding")
def a_table_that_differs_from_the_chart_in_one_cell():
    cell = CUSTOMER_LIFECYCLE.state("advocate", "eroding"), "purchased"

    class OneCell(Stand):
        def step(self, state, event):
            return state if (state, event) == cell else super().step(state, event)

    return subject(table=OneCell())


# --- 2: the kind follows the room ----------------------------------------------------------


@caught_by(kind_follows_room, r"kind is erosion, and must be loss")
def a_loss_recorded_as_an_erosion():
    def change(journey):
        grave = [
            evolve(
                departure,
                room_left=Room.CUSTOMER,
                customer_moment=departure.at - timedelta(days=1),
                first_customer_moment=departure.at - timedelta(days=1),
            )
            for departure in journey.departures
        ]
        return evolve(journey, departures=tuple(grave))

    return replaying(change)


@caught_by(kind_follows_room, r"kind is loss, and must be termination")
def a_termination_recorded_as_the_customers_wish():
    def change(journey):
        return evolve(journey, departures=tuple(map(mild, journey.departures)))

    def mild(departure):
        before = departure.first_believed
        wish = {"initiator": Initiator.CUSTOMER, "first_believed": before and mild(before)}
        return evolve(departure, **wish)

    return replaying(change)


@caught_by(
    kind_follows_room,
    r"room left is prospect, and must be customer|must be erosion",
)
def an_erosion_recorded_as_a_loss_after_a_return():
    def change(journey):
        said = [
            evolve(departure, room_left=Room.PROSPECT, customer_moment=None)
            if departure.cycle > 1
            else departure
            for departure in journey.departures
        ]
        return evolve(journey, departures=tuple(said))

    return replaying(change)


# --- 3: folding ----------------------------------------------------------------------------


@caught_by(folding, r"record.revenue is 0, not")
def an_apply_that_forgets_the_revenue():
    class Forgetful(Wrapped):
        def apply(self, *events):
            later = super().apply(*events)
            return altered(later, record=evolve(later.record, revenue=self.record.revenue))

    return applying(Forgetful)


@caught_by(folding, r"state is potential, and must be aware")
def a_replay_that_leaves_out_the_last_event():
    def hasty(events, *, customer, on_rejected="raise"):
        return replay(list(events)[:-1], customer=customer, on_rejected=on_rejected)

    return subject(replay=hasty)


@caught_by(folding, r"by its events, record.")
def a_record_that_starts_anew_with_each_cycle():
    def change(journey):
        back = next((s.event.at for s in reversed(journey.steps) if s.is_reentry), None)
        kept = [event for event in journey.events if back is None or event.at >= back]
        record = replay_record(kept) if back else journey.relationship.record
        return evolve(journey, relationship=altered(journey.relationship, record=record))

    return replaying(change)


def replay_record(events):
    counts = [0] * 9
    for event in events:
        counts[event.activity] += 1
    return Record(*counts, first_at=events[0].at, last_at=events[-1].at)


@caught_by(folding, r"state is (regular|buyer)\+content, and must be (buyer|regular)\+content")
def a_return_that_keeps_the_bond():
    def change(journey):
        relationship, bonds = journey.relationship, [s.before.regions for s in journey.steps]
        was = [bond["bond"] for bond in bonds if "bond" in bond][-1:]
        came_back = relationship.cycle > 1 and relationship.state.room is Room.CUSTOMER
        if not came_back or not was:
            return journey
        state = CUSTOMER_LIFECYCLE.state(was[0], relationship.state.regions["standing"])
        return evolve(journey, relationship=altered(relationship, state=state))

    return replaying(change)


# --- 4: immutability -----------------------------------------------------------------------


@caught_by(immutability, r"called on: record")
def an_apply_that_mutates():
    class InPlace(Wrapped):
        def apply(self, *events):
            later = super().apply(*events)
            object.__setattr__(self, "record", later.record)
            return later

    return applying(InPlace)


@caught_by(immutability, r"changed it: state is visitor, not")
def a_rejected_event_that_moves_the_state():
    class Moving(Wrapped):
        def apply(self, *events):
            try:
                return super().apply(*events)
            except EventNotAllowed:
                object.__setattr__(self, "state", CUSTOMER_LIFECYCLE.state("visitor"))
                raise

    return applying(Moving)


@caught_by(immutability, r"must be refused in .*, and was taken")
def a_rejected_event_that_is_swallowed():
    class Swallowing(Wrapped):
        def apply(self, *events):
            try:
                return super().apply(*events)
            except EventNotAllowed:
                return self

    return applying(Swallowing)


@caught_by(immutability, r"left a trace: record.others is 1, not 0")
def a_rejected_event_that_is_counted():
    def change(journey):
        record = journey.relationship.record
        record = evolve(record, others=record.others + len(journey.rejected))
        return evolve(journey, relationship=altered(journey.relationship, record=record))

    return replaying(change)


@caught_by(immutability, r"of 2025-12-31 .* must be refused")
def an_apply_that_takes_what_is_too_late():
    class Patient(Wrapped):
        def apply(self, *events):
            last = self.record.last_at
            on_time = [evolve(e, at=max(e.at, last or e.at)) for e in events]
            return super().apply(*on_time)

    return applying(Patient)


@caught_by(immutability, r"replay changed the events that it was given")
def a_replay_that_sorts_what_it_was_given():
    def sorting(events, *, customer, on_rejected="raise"):
        if isinstance(events, list):
            events.sort(key=lambda event: event.name)
        return replay(events, customer=customer, on_rejected=on_rejected)

    return subject(replay=sorting)


# --- 5: views ------------------------------------------------------------------------------


class Light(Enum):
    RED = "red"
    GREEN = "green"


@caught_by(views_are_homomorphisms, r"'departed' in .*: Light shows Light.GREEN -> Light.RED")
def a_view_that_jumps():
    view = View(
        Light,
        of={"prospect": Light.RED, "customer": Light.GREEN, "former": Light.RED},
        moves=[(Light.RED, Light.GREEN)],
        sentence="Whether they may shop.",
    )
    return Subject(lifecycle=evolve(CUSTOMER_LIFECYCLE, views=[view]))


@caught_by(views_are_homomorphisms, r"Ladder.BUYER -> None")
def a_table_that_sees_wrongly():
    class Squinting(Stand):
        def view(self, state, model):
            return None if state.is_in("regular") else super().view(state, model)

    return subject(table=Squinting())


# --- 6: order ------------------------------------------------------------------------------


def unsorted(events, *, customer, on_rejected="raise"):
    """A replay that takes events as they come, and leaves out what is refused."""
    relationship = Relationship(customer)
    accepted = []
    for event in events:
        try:
            relationship = relationship.apply(event)
        except Exception:
            if on_rejected == "raise":
                raise
        else:
            accepted.append(event)
    accepted = tuple(accepted)
    return evolve(
        replay([], customer=customer), ledger=accepted, events=accepted, relationship=relationship
    )


@caught_by(order, r"with the events given as")
def a_replay_that_depends_on_the_order_given():
    return subject(replay=unsorted)


@caught_by(order, r"relationship.entered is")
def a_replay_that_swears_by_the_last_event_given():
    def change(events, *, customer, on_rejected="raise"):
        given = list(events)
        journey = replay(given, customer=customer, on_rejected=on_rejected)
        if not given:
            return journey
        return evolve(journey, relationship=altered(journey.relationship, entered=(given[-1].at,)))

    return subject(replay=change)


# --- 7: the channel ------------------------------------------------------------------------


@caught_by(channel_blindness, r"by the channels phone instead: relationship")
def purchases_by_phone_that_do_not_count():
    def deaf(events, *, customer, on_rejected="raise"):
        heard = [e for e in events if not (e.channel == "phone" and isinstance(e, Purchased))]
        return replay(heard, customer=customer, on_rejected=on_rejected)

    return subject(replay=deaf)


@caught_by(channel_blindness, r"by the channels (shop and web|web and shop) instead: departures")
def departures_by_the_web_that_are_only_inferred():
    def doubting(events, *, customer, on_rejected="raise"):
        journey = replay(events, customer=customer, on_rejected=on_rejected)
        web = {event.at for event in journey.events if event.channel == "web"}
        said = [evolve(d, inferred=d.inferred or d.at in web) for d in journey.departures]
        return evolve(journey, departures=tuple(said))

    return subject(replay=doubting)


# --- 8: cycles -----------------------------------------------------------------------------


@caught_by(cycles, r"cycle is 1, and must be 2")
def a_return_that_keeps_the_cycle_number():
    return replaying(
        lambda journey: evolve(journey, relationship=altered(journey.relationship, cycle=1))
    )


@caught_by(cycles, r"departures on record: 1, and departed: 2")
def a_dropped_departure():
    return replaying(lambda journey: evolve(journey, departures=journey.departures[-1:]))


@caught_by(cycles, r"departures on record: 0, and departed: 1")
def a_departure_that_is_cleared_on_return():
    def change(journey):
        relationship = journey.relationship
        if relationship.state.room is Room.FORMER:
            return journey
        return evolve(journey, relationship=altered(relationship, departure=None))

    return replaying(change)


@caught_by(cycles, r"departures on record: 2, and departed: 1")
def a_departure_that_is_recorded_twice():
    return replaying(
        lambda journey: evolve(
            journey, departures=tuple(d for d in journey.departures for _ in range(2))
        )
    )


@caught_by(cycles, r"and must be None")
def a_customer_moment_that_outlives_its_cycle():
    def change(journey):
        moments = [step.event.at for step in journey.steps if step.is_customer_moment]
        last = moments[-1] if moments else None
        relationship = altered(journey.relationship, customer_moment=last)
        return evolve(journey, relationship=relationship)

    return replaying(change)


@caught_by(cycles, r"customer moment is")
def a_customer_moment_that_every_purchase_sets_anew():
    def change(journey):
        relationship = journey.relationship
        if relationship.customer_moment is None:
            return journey
        last = relationship.record.last_purchase_at
        return evolve(journey, relationship=altered(relationship, customer_moment=last))

    return replaying(change)


@caught_by(cycles, r"cause is unknown, and must be")
def a_departure_whose_cause_is_lost():
    def change(journey):
        vague = [evolve(departure, cause=Cause.UNKNOWN) for departure in journey.departures]
        return evolve(journey, departures=tuple(vague))

    return replaying(change)


@caught_by(cycles, r"sales cycle is 0 days, and must be")
def a_sales_cycle_that_is_always_none():
    def change(journey):
        short = [evolve(d, sales_cycle=timedelta(0)) for d in journey.departures]
        return evolve(journey, departures=tuple(short))

    return replaying(change)


@caught_by(cycles, r"stages left is")
def a_departure_that_knows_one_region_only():
    def change(journey):
        one = [evolve(d, stages_left=d.stages_left[:1]) for d in journey.departures]
        return evolve(journey, departures=tuple(one))

    return replaying(change)


@caught_by(folding, r"open complaints are")
def complaints_that_stay_open_when_answered():
    def change(journey):
        voiced = tuple(
            OpenComplaint(event.at, event.id, event.public)
            for event in journey.events
            if isinstance(event, Complained)
        )
        return evolve(journey, relationship=altered(journey.relationship, complaints=voiced))

    return replaying(change)


@caught_by(folding, r"open complaints are nothing, and must be 2")
def an_answer_that_settles_all_complaints():
    def change(journey):
        answered = any(event.activity in ANSWERS for event in journey.events)
        return evolve(
            journey,
            relationship=altered(journey.relationship, complaints=())
            if answered
            else journey.relationship,
        )

    return replaying(change)


@caught_by(folding, r"record.revenue is .*, not")
def a_refund_that_is_forgotten():
    def change(journey):
        record = journey.relationship.record
        gross = evolve(record, revenue=record.gross_revenue)
        return evolve(journey, relationship=altered(journey.relationship, record=gross))

    return replaying(change)


@caught_by(folding, r"refundable is \(\), and must be \(\('")
def purchases_that_cannot_be_refunded_by_their_ids():
    return replaying(
        lambda journey: evolve(journey, relationship=altered(journey.relationship, refundable=()))
    )


@caught_by(folding, r"cycle began is")
def a_cycle_that_begins_with_the_first_event_ever():
    def change(journey):
        relationship = journey.relationship
        return evolve(
            journey, relationship=altered(relationship, cycle_began=relationship.record.first_at)
        )

    return replaying(change)


@caught_by(folding, r"it is no longer of 'C-1'")
def a_replay_that_forgets_whose_it_is():
    def change(journey):
        return evolve(journey, relationship=altered(journey.relationship, customer="X"))

    return replaying(change)


@caught_by(cycles, r"the departure rules are not those")
def departure_rules_that_are_not_asked():
    rules = DepartureRules(deal_size_steps=5)
    return subject(start=partial(Relationship, departure_rules=rules))


@caught_by(immutability, r"refused are the events at")
def a_rejection_that_is_not_told():
    return replaying(lambda journey: evolve(journey, rejected=journey.rejected[:1]))


# --- 9: totality ---------------------------------------------------------------------------


@caught_by(totality, r"'engaged' in lost: it is undecided")
def a_table_that_has_no_answer():
    class Silent(Stand):
        def step(self, state, event):
            return (
                None if (str(state), event) == ("lost", "engaged") else super().step(state, event)
            )

    return subject(table=Silent())


@caught_by(totality, r"is undecided: KeyError")
def a_table_that_breaks_down():
    class Brittle(Stand):
        def step(self, state, event):
            return {"lost": state}[str(state)]

    return subject(table=Brittle())


@caught_by(totality, r"is undecided: it is refused without a reason")
def a_refusal_without_a_reason():
    class Curt(Stand):
        def step(self, state, event):
            try:
                return super().step(state, event)
            except EventNotAllowed as refusal:
                raise EventNotAllowed(event, state, refusal.allowed, " ", "OWN") from None

    return subject(table=Curt())


@caught_by(totality, r"by the rules the lifecycle refuses it, and it leads to")
def a_table_that_does_not_follow_the_rules():
    class Lenient(Stand):
        def step(self, state, event):
            try:
                return super().step(state, event)
            except EventNotAllowed:
                return state

    return subject(table=Lenient())


@caught_by(totality, r"the table's answer differs from the events that it allows")
def a_table_that_says_wrongly_what_is_allowed():
    class Boastful(Stand):
        def allowed(self, state):
            return CUSTOMER_LIFECYCLE.events

    return subject(table=Boastful())


# --- 10: corrections -----------------------------------------------------------------------


@caught_by(corrections, r"'.*' added late: ledger is \(\), not")
def a_correction_that_forgets_what_came_late():
    class Forgetful(Told):
        def amend(self, *, add=(), **given):
            return super().amend(**given)

    return replaying(Forgetful.of)


@caught_by(corrections, r"'.*' withdrawn: |an id that is not there must be refused")
def a_correction_that_leaves_what_is_wrong():
    class Stubborn(Told):
        def amend(self, *, withdraw=(), recorded_at=None, **given):
            return super().amend(**given)

    return replaying(Stubborn.of)


@caught_by(corrections, r"'.*' replaced(, as it was known before)?: ")
def a_correction_that_leaves_what_was_to_be_replaced():
    class Hesitant(Told):
        def amend(self, *, replace=None, **given):
            return super().amend(**given)

    return replaying(Hesitant.of)


@caught_by(corrections, r"'.*' replaced(, as it was known before)?: ")
def a_correction_that_withdraws_what_was_to_be_replaced():
    class Rash(Told):
        def amend(self, *, replace=(), withdraw=(), **given):
            return super().amend(withdraw=[*withdraw, *(replace or ())], **given)

    return replaying(Rash.of)


@caught_by(corrections, r"added late, as it was known before: ")
def a_look_back_that_knows_what_came_later():
    class Clairvoyant(Told):
        def known_at(self, moment):
            return self

    return replaying(Clairvoyant.of)


@caught_by(corrections, r"withdrawn and '.*' replaced one by one: ")
def a_correction_that_withdraws_nothing_more():
    class Spent(Told):
        def amend(self, *, withdraw=(), **given):
            return super().amend(withdraw=() if self.withdrawn else withdraw, **given)

    return replaying(Spent.of)


@caught_by(corrections, r"'.*' cancelled: ")
def a_correction_that_cancels_nothing():
    class Trusting(Told):
        def amend(self, *, add=(), **given):
            late = [event for event in add if not isinstance(event, PurchaseCancelled)]
            return super().amend(add=late, **given)

    return replaying(Trusting.of)


@caught_by(corrections, r"'.*' replaced and put back: |replaced one by one: ")
def a_correction_that_is_the_last_one():
    class Final(Told):
        def amend(self, *, replace=None, **given):
            return super().amend(replace=None if self.withdrawn else replace, **given)

    return replaying(Final.of)


# --- 11: merging ---------------------------------------------------------------------------


def merging_by(change):
    """A subject whose merge is changed."""

    def broken(*journeys, customer, on_rejected):
        return change(journeys, partial(merge, customer=customer, on_rejected=on_rejected))

    return subject(merge=broken)


@caught_by(merging, r"merged backwards: |events .* are accepted")
def a_merge_that_takes_the_first_record_alone():
    return merging_by(lambda journeys, merge_: merge_(journeys[0]))


@caught_by(merging, r"lifted are the departures \[\], and must be \['")
def a_merge_that_lifts_no_departure():
    def change(journeys, merge_):
        merged = merge_(*journeys)
        everything = replay(merged.ledger, customer=merged.customer, on_rejected="collect")
        return evolve(everything, copies=merged.copies)

    return merging_by(change)


@caught_by(merging, r"merged backwards: ")
def a_merge_that_puts_the_first_record_first():
    def change(journeys, merge_):
        ledger = tuple(event for journey in journeys for event in journey.ledger)
        return evolve(merge_(*journeys), ledger=ledger)

    return merging_by(change)


# --- 12: identity --------------------------------------------------------------------------


@caught_by(identity, r"delivered twice: ")
def a_replay_that_counts_what_comes_again():
    return subject(replay=partial(replay, duplicates="allow"))


@caught_by(identity, r"events came again, and duplicates are 0")
def a_replay_that_hides_what_came_again():
    return replaying(lambda journey: evolve(journey, duplicates=()))


@caught_by(identity, r"of 1 events 0 are accepted, 0 refused, 0 duplicates")
def a_replay_that_hides_what_it_refused():
    return replaying(lambda journey: evolve(journey, rejected=()))


@caught_by(identity, r"the revenue is -")
def a_replay_that_gives_back_more_than_was_paid():
    def change(journey):
        record = evolve(journey.relationship.record, revenue=-journey.relationship.record.refunds)
        return evolve(journey, relationship=altered(journey.relationship, record=record))

    return replaying(change)
