"""More broken subjects: what they hand out, how they refuse, and how customers touch each other."""

from datetime import UTC, timedelta
from functools import partial

from attrs import evolve, fields
from tests.unit.testing.gallery import (
    GALLERY,
    TABLE,
    Stand,
    Told,
    Wrapped,
    applying,
    caught_by,
    merging_by,
    replaying,
    subject,
    with_rules,
)

from custlife import (
    CUSTOMER_LIFECYCLE,
    EventNotAllowed,
    Journey,
    Ladder,
    Move,
    OutOfOrderEvent,
    PurchaseCancelled,
    RefundTooHigh,
    Relationship,
    UnknownEvent,
    UnknownState,
    merge,
    replay,
    to_chart,
    to_table,
    with_pause,
)
from custlife.testing import (
    accounts,
    corrections,
    customers,
    folding,
    immutability,
    kind_follows_room,
    merging,
    refusals,
    snapshots,
    table_equals_chart,
    totality,
    views_are_homomorphisms,
)

__all__ = ["GALLERY"]

DAY = timedelta(days=1)


def hang(name, law, says, make, at_most=5):
    """Hang a subject under a name."""
    make.__name__ = name
    caught_by(law, says, at_most=at_most)(make)


def telling(name, law, says, at_most=5, **members):
    """A journey of which one thing that it hands out is broken."""
    hang(name, law, says, lambda: replaying(type("Odd", (Told,), members).of), at_most)


def standing(name, law, says, at_most=5, **members):
    """A relationship of which one thing that it hands out is broken, from start and replay."""
    hang(name, law, says, lambda: applying(type("Odd", (Wrapped,), members)), at_most)


def refusing(name, says, change):
    """A relationship whose refusals are changed."""

    def apply(self, *events):
        try:
            return self.of(Relationship.apply(self, *events))
        except Exception as error:  # noqa: BLE001 - each kind in turn
            raise change(error, self) from None

    standing(name, refusals, says, apply=apply)


def tabling(name, law, says, at_most=5, base=Stand, **members):
    """A table of which one answer is broken."""
    hang(name, law, says, lambda: subject(table=type("Odd", (base,), members)()), at_most)


def changing(name, law, says, change, at_most=5):
    """A replay whose journey is changed before it is handed out."""
    hang(name, law, says, lambda: replaying(change), at_most)


def only(kind, **changes):
    """What changes one kind of errors, and leaves the others as they are."""

    def change(error, relationship):
        given = {name: make(relationship) for name, make in changes.items()}
        return evolve(error, **given) if isinstance(error, kind) else error

    return change


def steps_of(journey):
    """The steps as they are."""
    return Journey(*(getattr(journey, one.name) for one in fields(Journey))).steps


def stepping(**changes):
    """Steps of which some fields are changed."""

    def steps(self):
        return tuple(
            evolve(step, **{name: change(self, step) for name, change in changes.items()})
            for step in steps_of(self)
        )

    return property(steps)


class Whole:
    """All that a table has."""

    def __getattr__(self, name):
        return getattr(TABLE, name)


# --- charts and tables -----------------------------------------------------------------------


@caught_by(table_equals_chart, r"the chart raised RuntimeError", at_most=13)
def a_chart_that_wears_out():
    class Weary(to_chart(CUSTOMER_LIFECYCLE)):
        taken = 0

        def before_transition(self):
            self.taken += 1
            if self.taken > 11:
                raise RuntimeError("worn out")

    return subject(chart=Weary)


@caught_by(table_equals_chart, r"the chart raised KeyError")
def a_chart_with_a_region_more():
    return subject(chart=to_chart(with_pause(CUSTOMER_LIFECYCLE)))


@caught_by(table_equals_chart, r"the table raises KeyError\('departed'\)")
def a_table_without_an_event():
    class Short(Stand):
        def step(self, state, event):
            return {name: TABLE.step(state, name) for name in TABLE.allowed(state)}[event]

        def allowed(self, state):
            return TABLE.allowed(state)

    class Shorter(Short):
        def step(self, state, event):
            if event == "departed":
                raise KeyError(event)
            return TABLE.step(state, event)

    return subject(table=Shorter())


tabling(
    "a_view_that_takes_two_stages_for_one",
    views_are_homomorphisms,
    r"Ladder shows <Ladder.VISITOR: 'visitor'>, and must show <Ladder.POTENTIAL",
    view=lambda self, state, model: (
        Ladder.VISITOR if (model, state.stage) == (Ladder, "aware") else TABLE.view(state, model)
    ),
)
tabling(
    "a_table_that_lists_what_is_allowed",
    totality,
    r"must be a tuple in the order of the lifecycle, and is \['contacted'",
    allowed=lambda self, state: [*TABLE.allowed(state)],
)


def curt(self, state, event):
    """Refuse with the same words whatever the rule."""
    try:
        return TABLE.step(state, event)
    except EventNotAllowed as refusal:
        raise evolve(refusal, because="It is not allowed.") from None


def easy(self, state, event):
    """Stay where the event is unknown."""
    try:
        return TABLE.step(state, event)
    except UnknownEvent:
        return state


def forgiving(self, state, event):
    """Begin anew where the state is unknown."""
    try:
        return TABLE.step(state, event)
    except UnknownState:
        return TABLE.step(CUSTOMER_LIFECYCLE.initial, event)


tabling("a_refusal_with_any_reason", totality, r"the error's because is 'It is not", step=curt)
tabling("a_table_that_takes_any_event", totality, r"'x_.*must be refused, and was", step=easy)
tabling(
    "a_table_that_takes_any_state",
    totality,
    r"a state that the lifecycle does not know must be refused, and is: ",
    step=forgiving,
)
tabling(
    "a_table_whose_rules_are_none",
    totality,
    r"its rules are \(\), and must be \(Move",
    base=Whole,
    rules=lambda self, state, event: TABLE.rules(state, event)[:0],
)
tabling(
    "a_table_whose_rules_answer_always",
    totality,
    r"must be refused, and was taken",
    base=Whole,
    rules=lambda self, state, event: (
        TABLE.rules(state, event) if event in TABLE.allowed(state) else ()
    ),
)
tabling(
    "a_table_that_explains_no_refusal",
    totality,
    r"the error's because is 'No\.'",
    base=Whole,
    refusal=lambda self, state, event: evolve(TABLE.refusal(state, event), because="No."),
)
tabling(
    "a_table_that_numbers_wrongly",
    totality,
    r"its index is 1, and must be 0",
    base=Whole,
    index=lambda self, state: (TABLE.index(state) + 1) % len(TABLE.states),
)


@caught_by(totality, r"its lifecycle is not that of 'customer'")
def a_table_of_a_lifecycle_of_another_name():
    return subject(table=to_table(evolve(CUSTOMER_LIFECYCLE, name="client")))


@caught_by(totality, r"its lifecycle is not that of 'customer'")
def a_table_of_a_lifecycle_that_guards_nothing():
    rules = [
        evolve(rule, answers_complaint=False) if getattr(rule, "answers_complaint", 0) else rule
        for rule in CUSTOMER_LIFECYCLE.rules
    ]
    return subject(table=to_table(with_rules(*rules)))


@caught_by(folding, r"it is no longer of 'C-1' in 'customer'")
def a_replay_under_a_lifecycle_with_other_sentences():
    rules = [
        evolve(rule, sentence="So it is.") if isinstance(rule, Move) else rule
        for rule in CUSTOMER_LIFECYCLE.rules
    ]
    return subject(replay=partial(replay, lifecycle=with_rules(*rules)))


# --- what a relationship says of itself ------------------------------------------------------

standing(
    "allowed_by_the_table_alone",
    snapshots,
    r"applied: allowed is .*'complaint_settled'",
    allowed=property(lambda self: TABLE.allowed(self.state)),
)


class AtFirst(Relationship):
    """A relationship that allows nothing at the beginning; the first event makes a sound one."""

    allowed = ()


@caught_by(snapshots, r"applied: allowed is \(\), and must be")
def a_beginning_at_which_nothing_is_allowed():
    return subject(start=AtFirst)


standing(
    "one_complaint_open_whatever_waits",
    snapshots,
    r"open complaints is 1, and must be 2",
    open_complaints=property(lambda self: min(1, Relationship.open_complaints.fget(self))),
)
standing(
    "complaints_public_that_are_private",
    snapshots,
    r"open public complaints is 1, and must be 0",
    open_public_complaints=property(lambda self: len(self.complaints)),
)
standing(
    "a_first_moment_that_is_the_last",
    snapshots,
    r"first customer moment is None, and must be 20",
    first_customer_moment=property(lambda self: self.customer_moment),
)
standing(
    "a_view_of_the_first_cycle",
    snapshots,
    r"Ladder shows Ladder.POTENTIAL, and must show",
    view=lambda self, model: TABLE.view(
        self.state if self.cycle == 1 else CUSTOMER_LIFECYCLE.initial, model
    ),
)
standing(
    "words_without_what_is_allowed",
    snapshots,
    r"explain\(\) says 'contacted' 0 times, and must 1",
    explain=lambda self: Relationship.explain(self).partition("Allowed")[0],
)
standing(
    "a_name_that_is_not_said",
    snapshots,
    r"str\(\) says 'C-0' 0 times, and must 1",
    __str__=lambda self: str(self.state),
)
standing(
    "relationships_that_are_equal_by_their_customer",
    snapshots,
    r"applied: it equals a relationship to which nothing has happened",
    __eq__=lambda self, other: self.customer == other.customer,
    __hash__=lambda self: hash(self.customer),
)
standing(
    "a_silence_that_any_event_breaks",
    snapshots,
    r"time since purchase is .*, and must be",
    time_since_purchase=lambda self, at: (
        Relationship.time_since_purchase(self, at) and at - self.record.last_at
    ),
)
standing(
    "a_silence_that_can_be_negative",
    snapshots,
    r"before the last event must be refused, and is: None",
    time_since_purchase=lambda self, at: (
        self.record.last_purchase_at and at - self.record.last_purchase_at
    ),
)
standing(
    "a_chart_at_the_beginning",
    snapshots,
    r"its chart is in potential, and must be in",
    to_chart=lambda self: to_chart(CUSTOMER_LIFECYCLE)(),
)
standing(
    "a_name_for_good",
    snapshots,
    r"renamed to 'another', it is <Relationship C-0",
    rename=lambda self, customer: self,
)
standing(
    "a_judgement_for_good",
    snapshots,
    r"judged by other rules, the departure at .* kind is erosion, and must be loss",
    judged_by=lambda self, rules: self,
)

# --- how a relationship refuses --------------------------------------------------------------

refusing(
    "refusals_without_a_reason",
    r"'complaint_settled' of .* because is '', and must be 'Only a complaint that is open",
    only(EventNotAllowed, because=lambda self: ""),
)
refusing(
    "refusals_that_offer_an_answer_to_nothing",
    r"the error's allowed is .*'complaint_settled'",
    only(EventNotAllowed, allowed=lambda self: TABLE.allowed(self.state)),
)
refusing(
    "refusals_of_nobody", r"customer is None", only(EventNotAllowed, customer=lambda self: None)
)
refusing(
    "refusals_that_say_how_much_was_paid_in_all",
    r"the error's rest is Decimal\('.*'\), and must be",
    only(RefundTooHigh, rest=lambda self: self.record.revenue),
)
refusing(
    "refusals_of_another_kind",
    r"must be refused with OutOfOrderEvent\(.*\), and is with ValueError",
    lambda error, self: ValueError("late") if isinstance(error, OutOfOrderEvent) else error,
)


def years_late(self, *events):
    """Take an event that is very late for one that comes now."""
    last = self.record.last_at
    late = [last is not None and last - event.at > 365 * DAY for event in events]
    now = [evolve(e, at=last) if old else e for e, old in zip(events, late, strict=True)]
    return self.of(Relationship.apply(self, *now))


def sorting(self, *events):
    """Take several events in any order."""
    given = sorted(events, key=lambda event: getattr(event, "at", DAY))
    return self.of(Relationship.apply(self, *given))


def cautious(self, *events):
    """Refuse a refund of all that is left."""
    for event in events:
        if getattr(event, "amount", None) == self.record.revenue and event.name == "refunded":
            raise RefundTooHigh(event.amount, event.amount, None, self.customer)
    return self.of(Relationship.apply(self, *events))


def halfway(self, *events):
    """Keep the first of several events although the last is refused."""
    try:
        return self.of(Relationship.apply(self, *events))
    except OutOfOrderEvent:
        first = Relationship.apply(self, *events[:1]) if len(events) > 1 else self
        object.__setattr__(self, "record", first.record)
        raise


standing("an_event_that_is_years_late", refusals, r"must be refused, and was", apply=years_late)
standing("events_that_are_sorted", refusals, r"'contacted' of .* and was taken", apply=sorting)
standing("a_refund_of_all_that_is_left", refusals, r"must be taken, and was", apply=cautious)
standing("events_that_are_kept_halfway", refusals, r"was refused changed it", apply=halfway)


@caught_by(refusals, r"'complaint_settled' of .* must be refused, and was taken")
def a_replay_that_never_raises():
    def broken(events, *, customer, on_rejected):
        return replay(events, customer=customer, on_rejected="collect")

    return subject(replay=broken)


@caught_by(immutability, r"apply changed the events that it was given")
def an_apply_that_stamps_its_events():
    class Stamping(Wrapped):
        def apply(self, *events):
            later = super().apply(*events)
            for event in events:
                object.__setattr__(event, "channel", "stamped")
            return later

    return applying(Stamping)


# --- what a journey keeps --------------------------------------------------------------------

changing(
    "a_journey_without_its_ledger",
    accounts,
    r"^ledger is \(\), and must be",
    lambda journey: evolve(journey, ledger=()),
)
changing(
    "a_journey_that_was_withdrawn",
    accounts,
    r"withdrawn are \(\(0, .*, and must be the events at \[\]",
    lambda journey: evolve(journey, withdrawn=withdrawn_of(journey)),
)
changing(
    "a_journey_that_starts_where_it_ends",
    accounts,
    r"start: state is aware, and must be potential",
    lambda journey: evolve(journey, start=journey.relationship),
)
changing(
    "departures_in_a_list",
    accounts,
    r"departures and rejected must be tuples",
    lambda journey: evolve(journey, departures=[*journey.departures]),
)
changing(
    "refusals_in_another_order",
    accounts,
    r"refused are the events at \[1, 0\], and must be those at \[0, 1\]",
    lambda journey: evolve(journey, rejected=journey.rejected[::-1]),
)
changing(
    "refusals_of_another_event",
    accounts,
    r"refused at 1 is Contacted\(.*, and must be ",
    lambda journey: evolve(
        journey,
        rejected=tuple(evolve(one, event=journey.ledger[0]) for one in journey.rejected),
    ),
)
changing(
    "refusals_in_the_state_at_the_end",
    accounts,
    r"'.*' of .* is refused, and the error's state is ",
    lambda journey: evolve(
        journey,
        rejected=tuple(
            evolve(one, error=only(EventNotAllowed, state=lambda now: now.state)(one.error, now))
            for now in [journey.relationship]
            for one in journey.rejected
        ),
    ),
)
changing(
    "a_journey_that_was_merged_from_itself",
    accounts,
    r"it was merged or amended: \(<Journey",
    lambda journey: evolve(journey, copies=(journey,)),
)


def withdrawn_of(journey):
    """The first event of a journey as one that was withdrawn."""
    first = evolve(journey.ledger[0], id="A-1") if journey.ledger else None
    start = [] if first is None else [first]
    whole = replay(start, customer="C-1", on_rejected="collect")
    return whole.amend(withdraw=["A-1"]).withdrawn if start else ()


@caught_by(accounts, r"the subject raised TypeError")
def a_replay_that_counts_what_it_is_given():
    def broken(events, *, customer, on_rejected):
        assert len(events) >= 0
        return replay(events, customer=customer, on_rejected=on_rejected)

    return subject(replay=broken)


@caught_by(accounts, r"delivered late and twice: ")
def a_replay_that_forgets_what_came_late():
    def broken(events, *, customer, on_rejected):
        known = [event for event in events if event.known_since - event.at < 50 * DAY]
        return replay(known, customer=customer, on_rejected=on_rejected)

    return subject(replay=broken)


# --- what a journey works out ----------------------------------------------------------------

telling("no_steps", accounts, r"steps are \(\), and must be a tuple of 1", steps=())
telling(
    "steps_without_their_rules",
    accounts,
    r"step 1: rules is \(\), and must be \(Move",
    steps=stepping(rules=lambda journey, step: ()),
)
telling(
    "steps_in_the_cycle_at_the_end",
    accounts,
    r"step 1: cycle is 2, and must be 1",
    steps=stepping(cycle=lambda journey, step: journey.relationship.cycle),
)
telling(
    "answers_by_the_rules_that_do_not_count",
    accounts,
    r"rules is .*, and must be \(Stay\(on='answer'",
    steps=stepping(rules=lambda journey, step: TABLE.rules(step.before, step.event)),
)
telling(
    "steps_that_forget_the_departure",
    accounts,
    r"step 1: departures on record: 0, and departed: 1",
    steps=stepping(departure=lambda journey, step: None),
)
telling(
    "a_past_that_is_the_present",
    accounts,
    r"as of .*: state is aware, not potential",
    as_of=lambda self, moment: Journey.as_of(self, moment + 2 * DAY),
)
telling(
    "a_past_of_what_was_known",
    accounts,
    r"as of .*: record.contacts is 1, not 2",
    as_of=lambda self, moment: (
        Journey.as_of(self, moment)
        and self.start.apply(*[one for one in self.events if one.known_since <= moment])
    ),
)
telling(
    "a_past_at_no_place_on_earth",
    accounts,
    r"a naive moment must be refused, and is: None",
    as_of=lambda self, moment: Journey.as_of(self, moment.replace(tzinfo=moment.tzinfo or UTC)),
)
telling(
    "time_in_whole_days",
    accounts,
    r"time in 'prospect' until .* is .*, and must be .*0.000001",
    time_in=lambda self, stage, *, until=None: timedelta(
        days=Journey.time_in(self, stage, until=until).days
    ),
)
telling(
    "time_that_goes_on_and_counts_nothing",
    accounts,
    r"time in 'prospect', which goes on, needs a moment, and is: None",
    time_in=lambda self, stage, *, until=None: (
        timedelta(0)
        if until is None and self.relationship.state.is_in(stage)
        else Journey.time_in(self, stage, until=until)
    ),
)
telling(
    "time_that_is_over_and_forgotten",
    accounts,
    r"time in 'aware', which is over, is 0:00:00",
    time_in=lambda self, stage, *, until=None: (
        Journey.time_in(self, stage, until=until) if until else 0 * Journey.time_in(self, stage)
    ),
)
telling(
    "time_in_no_stage",
    accounts,
    r"time in an unknown stage must be refused, and is: None",
    time_in=lambda self, stage, *, until=None: (
        Journey.time_in(self, stage, until=until)
        if stage in CUSTOMER_LIFECYCLE.places.by_name
        else timedelta(0)
    ),
)
telling(
    "words_without_what_was_refused",
    accounts,
    r"explain\(\) says '2026-01-01 complaint_settled' 0 times, and must 1",
    explain=lambda self: Journey.explain(evolve(self, rejected=(), ledger=self.events)),
)
telling(
    "words_about_nobody",
    accounts,
    r"str\(\) says 'C-0' 0 times, and must 1",
    __str__=lambda self: f"{len(self.events)} events",
)
telling(
    "a_look_back_without_what_was_refused",
    accounts,
    r"known at .*: refused are the events at \[\], and must be those at \[0\]",
    known_at=lambda self, moment: evolve(Told.known_at(self, moment), rejected=()),
)
telling(
    "journeys_judged_for_good",
    kind_follows_room,
    r"judged anew, that at .*: kind is erosion, and must be loss",
    judged_by=lambda self, rules: self,
)

# --- corrections and merges ------------------------------------------------------------------

telling(
    "corrections_that_change_nothing",
    corrections,
    r"no change says that it is (added|refused): \(\)",
    changes=(),
)
telling(
    "corrections_that_leave_no_trace",
    corrections,
    r"withdrawn: events is ",
    amend=lambda self, **given: evolve(Told.amend(self, **given), withdrawn=()),
)
telling(
    "corrections_that_never_raise",
    corrections,
    r"must be refused, and was taken",
    amend=lambda self, **given: Told.amend(self, **{**given, "on_rejected": "collect"}),
)
telling(
    "corrections_of_what_is_not_there",
    corrections,
    r"an id that is not there must be refused, and is: None",
    amend=lambda self, *, withdraw=(), **given: Told.amend(
        self, withdraw=[id_ for id_ in withdraw if id_ in {e.id for e in self.ledger}], **given
    ),
)
telling(
    "corrections_without_who_corrects",
    corrections,
    r"'law-0' must be replaced: ",
    amend=lambda self, **given: unsigned(Told.amend(self, **given)),
)
telling(
    "words_without_what_was_withdrawn",
    corrections,
    r"explain\(\) says '.*: withdrawn' 0 times",
    explain=lambda self: Journey.explain(self).replace("withdrawn", "gone"),
)


def unsigned(journey):
    """A journey that does not say what took the place of an event."""
    known = tuple(evolve(one, by=None, recorded_at=one.known_since) for one in journey.withdrawn)
    return evolve(journey, withdrawn=known)


@caught_by(corrections, r"cancelled from the start: ")
def a_replay_that_takes_no_cancellation():
    def broken(events, *, customer, on_rejected):
        kept = [event for event in events if not isinstance(event, PurchaseCancelled)]
        return replay(kept, customer=customer, on_rejected=on_rejected)

    return subject(replay=broken)


@caught_by(corrections, r"cancelled from the start: withdrawn are \(\), and must be \[Purchased")
def a_replay_that_hides_what_was_cancelled():
    return replaying(lambda journey: evolve(journey, withdrawn=()))


def loud(journeys, merge_):
    """Merge, and forget by what channels the events came."""

    def without(events):
        return tuple(evolve(event, channel=None) for event in events)

    merged = merge_(*journeys)
    return evolve(merged, ledger=without(merged.ledger), events=without(merged.events))


hang(
    "a_merge_without_channels",
    merging,
    r"the ledger is .* the events of all",
    lambda: merging_by(loud),
)
hang(
    "a_merge_for_good",
    merging,
    r"copies are 0, and must be 3",
    lambda: merging_by(lambda journeys, merge_: evolve(merge_(*journeys), copies=())),
)


def proofless(journeys, merge_):
    """Merge, and do not say which purchase shows that nobody had left."""
    merged = merge_(*journeys)
    return evolve(merged, withdrawn=tuple(evolve(one, by=None) for one in merged.withdrawn))


hang(
    "a_merge_that_does_not_say_why",
    merging,
    r"each departure is lifted by a purchase, and these are by \[None\]",
    lambda: merging_by(proofless),
)


@caught_by(merging, r"must be refused, and was taken")
def a_merge_that_never_raises():
    def broken(*journeys, customer, on_rejected):
        return merge(*journeys, customer=customer, on_rejected="collect")

    return subject(merge=broken)


# --- customers -------------------------------------------------------------------------------


@caught_by(customers, r"of 'C-.*' among 4 customers: customer is C-1, and must be ")
def a_replay_of_one_customer():
    def broken(events, *, customer, on_rejected):
        return replay(events, customer="C-1", on_rejected=on_rejected)

    return subject(replay=broken)


@caught_by(customers, r"it is of 'C-1'\.")
def a_start_of_one_customer():
    return subject(start=lambda customer: Relationship("C-1"))


@caught_by(customers, r"replayed again: |among 4 customers: ")
def a_replay_that_remembers():
    seen = {}

    def broken(events, *, customer, on_rejected):
        given = [*events, *seen.get(customer, ())]
        seen[customer] = [event for event in given if event.name == "contacted"]
        return replay(given, customer=customer, on_rejected=on_rejected)

    return subject(replay=broken)


telling(
    "a_journey_that_is_renamed_in_part",
    customers,
    r"renamed: relationship.customer is ",
    rename=lambda self, customer: evolve(self, start=self.start.rename(customer)),
)
