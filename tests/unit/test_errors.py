"""Every error: what it says, what it holds, that it pickles."""

import inspect
import pickle
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs.exceptions import FrozenInstanceError

from custlife import (
    ComplaintNotOpen,
    CustlifeError,
    DataGuard,
    EventNotAllowed,
    Fault,
    FitFailed,
    IdReused,
    InvalidArgument,
    InvalidData,
    InvalidEvent,
    InvalidFrame,
    InvalidLifecycle,
    InvalidMigration,
    InvalidMoment,
    InvalidPolicy,
    InvalidRelationship,
    InvalidTable,
    InvalidValue,
    LifecycleChanged,
    OutOfOrderEvent,
    RefundTooHigh,
    Room,
    State,
    UnclearOffering,
    UndecidedTable,
    UnknownCode,
    UnknownEvent,
    UnknownEventId,
    UnknownPurchase,
    UnknownState,
    ViewNotDefined,
    errors,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
LOST = State(Room.FORMER, (("former", "lost"),))
NAMELESS = Fault("bad_name", "x!", "the name is no identifier.")
DOUBLE = Fault("two_rules", "guest", "two rules answer 'joined' here.")
VALUE = {
    "subject": "purchased",
    "field": "amount",
    "value": -1,
    "expectation": "at least 0",
    "remedy": "Give money.",
}
VALUE_SAID = "purchased: amount is -1, but must be at least 0. Give money."
REFUSAL = {
    "event": "departed",
    "state": LOST,
    "allowed": ("engaged", "purchased"),
    "because": "Has left already.",
    "source": "IMH-11",
    "offering": None,
}
CHANGED = {"lifecycle": "club", "stored": "a1", "current": "b2"}
CHANGED_SAID = (
    "The lifecycle 'club' has changed: this was stored under the fingerprint a1, and the codec's "
    "is b2."
)
FRAME = {
    "column": "amount",
    "value": -5,
    "expectation": "an amount of 0 or more",
    "remedy": "Correct it.",
}
UNDECIDED = {"table": "size", "facts": (("amount", None), ("kind", "loss"))}

GALLERY = {
    "fit": (
        FitFailed,
        {
            "model": "BG/NBD",
            "problem": "no end",
            "parameters": (("r", 0.2431), ("alpha", 44140.0)),
            "remedy": "Give more.",
        },
        "BG/NBD cannot be fitted: no end. The last parameters were r 0.2431 and alpha 4.414e+04. "
        "Give more.",
    ),
    "value": (InvalidValue, VALUE, VALUE_SAID),
    "cell": (
        InvalidFrame,
        {**FRAME, "row": 1_017},
        "Column 'amount', row 1,017: it is -5, but must be an amount of 0 or more. Correct it.",
    ),
    "column": (
        InvalidFrame,
        {**FRAME, "row": None},
        "Column 'amount': it is -5, but must be an amount of 0 or more. Correct it.",
    ),
    "event": (InvalidEvent, VALUE, VALUE_SAID),
    "relationship": (InvalidRelationship, VALUE, VALUE_SAID),
    "policy": (InvalidPolicy, VALUE, VALUE_SAID),
    "moment": (InvalidMoment, VALUE, VALUE_SAID),
    "code": (
        UnknownCode,
        {"code": "K07", "known": ("K01", "K02")},
        "The cause map does not know the code 'K07'. It knows K01 and K02; add the code with its "
        "cause, such as Cause.OTHER.",
    ),
    "argument": (InvalidArgument, VALUE, VALUE_SAID),
    "refused": (
        EventNotAllowed,
        {**REFUSAL, "customer": None},
        "'departed' is not allowed in former (lost): Has left already. [IMH-11] "
        "Nothing was changed; allowed here: engaged and purchased.",
    ),
    "refused to a customer": (
        EventNotAllowed,
        {**REFUSAL, "customer": "C-17"},
        "'departed' is not allowed for 'C-17' in former (lost): Has left already. [IMH-11] "
        "Nothing was changed; allowed here: engaged and purchased.",
    ),
    "everything refused": (
        EventNotAllowed,
        {**REFUSAL, "allowed": (), "customer": None},
        "'departed' is not allowed in former (lost): Has left already. [IMH-11] "
        "Nothing was changed; allowed here: nothing.",
    ),
    "refused for an offering": (
        EventNotAllowed,
        {**REFUSAL, "customer": "C-17", "offering": "brand-a"},
        "'departed' is not allowed for 'C-17' and the offering 'brand-a' in former (lost): Has "
        "left already. [IMH-11] Nothing was changed; allowed here: engaged and purchased.",
    ),
    "which offering": (
        UnclearOffering,
        {"event": "purchased", "at": NOON, "offerings": ("a", "b"), "customer": "C-17"},
        "'purchased' of 2026-07-01T12:00:00+00:00 names no offering, and could be about a "
        "and b of 'C-17'. Money is about one offering. Nothing was changed; name it: "
        "offering=...",
    ),
    "complaint not open": (
        ComplaintNotOpen,
        {
            "event": "complaint_settled",
            "complaint": "c9",
            "open": ("c1", "c2"),
            "unnamed": 1,
            "customer": "C-17",
        },
        "'complaint_settled' answers the complaint 'c9' of 'C-17', which is not open. Open: c1, c2 "
        "and 1 without an id. Nothing was changed; name one of these, or none to answer the "
        "oldest.",
    ),
    "refund too high": (
        RefundTooHigh,
        {"amount": Decimal(9), "rest": Decimal("4.50"), "purchase": "p1", "customer": "C-17"},
        "A refund of 9 to 'C-17' is more than the 4.50 that is left of the purchase 'p1'. Nothing "
        "was changed; refund no more than that.",
    ),
    "refund of more than was paid": (
        RefundTooHigh,
        {"amount": Decimal(9), "rest": Decimal(0), "purchase": None, "customer": "C-17"},
        "A refund of 9 to 'C-17' is more than the 0 that is left of all purchases. Nothing was "
        "changed; refund no more than that.",
    ),
    "unknown purchase": (
        UnknownPurchase,
        {"purchase": "p9", "known": ("p1", "p2"), "most": 32, "customer": "C-17"},
        "No purchase 'p9' of 'C-17' can be refunded by its id. The last 32 purchases with an id "
        "can: p1 and p2. Nothing was changed; for an older one leave the purchase out of the "
        "refund.",
    ),
    "id reused": (
        IdReused,
        {
            "id": "p1",
            "event": "purchased",
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "other": "purchased",
            "other_at": datetime(2026, 2, 1, 12, 30, tzinfo=UTC),
            "differ": ("at", "amount"),
        },
        "The id 'p1' of 'purchased' of 2026-01-01 is that of 'purchased' of 2026-02-01, and the "
        "two differ in at and amount. Nothing was changed; give each event its own id, or "
        "amend(replace=...) the one.",
    ),
    "unknown event id": (
        UnknownEventId,
        {"id": "e9", "what": "event", "known": ("e1", "e2"), "customer": "C-17"},
        "The journey of 'C-17' has no event 'e9' that counts. It has e1 and e2. Nothing was "
        "changed; name one of these.",
    ),
    "out of order": (
        OutOfOrderEvent,
        {
            "event": "engaged",
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "last_at": datetime(2026, 2, 1, 12, 30, tzinfo=UTC),
            "customer": "C-17",
        },
        "'engaged' of 2026-01-01T00:00:00+00:00 is older than the last event of 'C-17', "
        "2026-02-01T12:30:00+00:00. Nothing was changed; apply events in the order of time, or "
        "give all of them to replay(), which sorts.",
    ),
    "unknown event": (
        UnknownEvent,
        {"event": "danced", "lifecycle": "club", "known": ("joined", "left", "returned")},
        "The lifecycle 'club' does not know the event 'danced'. "
        "It knows joined, left and returned.",
    ),
    "unknown state": (
        UnknownState,
        {"state": LOST, "lifecycle": "club", "known": ("guest",)},
        "The lifecycle 'club' does not know lost. It knows guest.",
    ),
    "view": (
        ViewNotDefined,
        {"view": "Ladder", "lifecycle": "club", "defined": ()},
        "The lifecycle 'club' has no view 'Ladder'. It defines nothing; add a View to the "
        "lifecycle's views for another.",
    ),
    "one fault": (
        InvalidLifecycle,
        {"lifecycle": "club", "faults": (NAMELESS,)},
        "The lifecycle 'club' has 1 fault:\n  - x!: the name is no identifier. (bad_name)",
    ),
    "two faults": (
        InvalidLifecycle,
        {"lifecycle": "club", "faults": (NAMELESS, DOUBLE)},
        "The lifecycle 'club' has 2 faults:\n"
        "  - x!: the name is no identifier. (bad_name)\n"
        "  - guest: two rules answer 'joined' here. (two_rules)",
    ),
    "migration": (
        InvalidMigration,
        {"lifecycle": "club", "faults": (NAMELESS,)},
        "The migration of the lifecycle 'club' has 1 fault:\n"
        "  - x!: the name is no identifier. (bad_name)",
    ),
    "changed": (
        LifecycleChanged,
        {**CHANGED, "differences": ("Stage gone: a in b.", "Stage added: c in b.")},
        f"{CHANGED_SAID} Say where its customers belong now: Codec(..., earlier=[Migration(old, "
        "new, stages)]). What differs:\n  - Stage gone: a in b.\n  - Stage added: c in b.",
    ),
    "changed somehow": (
        LifecycleChanged,
        {**CHANGED, "differences": ()},
        f"{CHANGED_SAID} Give the codec the definition that it was stored under, or a migration "
        "from it: Codec(..., earlier=[Migration(old, new, stages)]).",
    ),
    "guard": (
        DataGuard,
        {"chart": "Club", "guard": "is_rich", "at": "guest", "event": "joined"},
        "Club: the guard 'is_rich' on 'joined' at 'guest' looks at data. A lifecycle may ask only "
        "which stages are active, as In('stage') does: turn the decision into an event of its "
        "own, or into a stage.",
    ),
    "overlap": (
        UndecidedTable,
        {**UNDECIDED, "rows": ("A", "B"), "missing": ()},
        "Table 'size': rows A and B overlap at amount=None, kind='loss'. Part them.",
    ),
    "too little known": (
        UndecidedTable,
        {**UNDECIDED, "rows": (), "missing": ("amount",)},
        "Table 'size' needs to know amount; given: amount=None, kind='loss'.",
    ),
    "gap": (
        UndecidedTable,
        {**UNDECIDED, "rows": (), "missing": ()},
        "Table 'size' has no row for amount=None, kind='loss'. Add one.",
    ),
    "table": (
        InvalidTable,
        {"table": "size", "problem": "it has no row. Give at least one."},
        "Decision table 'size': it has no row. Give at least one.",
    ),
    "data": (
        InvalidData,
        {"path": "$.record.revenue", "problem": "is no number."},
        "Stored data at $.record.revenue: is no number.",
    ),
}

gallery = pytest.mark.parametrize(
    ("kind", "attributes", "said"), GALLERY.values(), ids=GALLERY.keys()
)


def test_the_gallery_shows_every_error():
    """Each error class of the module stands in it at least once."""
    classes = {
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, CustlifeError)
    }

    assert {kind for kind, _, _ in GALLERY.values()} == classes - {CustlifeError}


@gallery
def test_the_message_says_what_happened_and_what_to_do(kind, attributes, said):
    """Word for word."""
    assert str(kind(**attributes)) == said


@gallery
def test_an_error_is_caught_by_the_common_base(kind, attributes, said):
    """And then holds what it was raised with."""
    with pytest.raises(CustlifeError) as caught:
        raise kind(**attributes)

    assert caught.type is kind
    assert {name: getattr(caught.value, name) for name in attributes} == attributes


@gallery
def test_an_error_is_equal_to_itself_alone(kind, attributes, said):
    """And has a hash, as whatever collects errors wants it."""
    error = kind(**attributes)

    assert len({error, error, kind(**attributes)}) == 2


@gallery
def test_an_error_pickles(kind, attributes, said):
    """What comes back is of the same class, with the same arguments and the same message."""
    error = kind(**attributes)

    back = pickle.loads(pickle.dumps(error))

    assert type(back) is kind
    assert back.args == error.args
    assert len(back.args) == len(attributes)
    assert {name: getattr(back, name) for name in attributes} == attributes
    assert str(back) == said


@gallery
def test_errors_that_say_the_same_are_two(kind, attributes, said):
    """Each was raised once, and can be kept in a set."""
    error = kind(**attributes)

    assert len({error, error, kind(**attributes)}) == 2


@pytest.mark.parametrize(
    "kind", [InvalidEvent, InvalidRelationship, InvalidPolicy, InvalidMoment, InvalidArgument]
)
def test_whatever_is_out_of_bounds_is_an_invalid_value(kind):
    """So that an app can catch all of them at once."""
    assert issubclass(kind, InvalidValue)


def test_a_refusal_of_a_bare_table_names_no_customer():
    """The customer may be left out."""
    assert EventNotAllowed(**REFUSAL).customer is None


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ((), "nothing"),
        (("a",), "a"),
        (("a", "b"), "a and b"),
        (("a", "b", "c"), "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and d"),
    ],
    ids=len,
)
def test_names_are_listed_as_a_sentence_lists_them(names, sentence):
    """With commas, and with 'and' before the last."""
    assert errors.listed(names) == sentence


def test_a_fault_tells_where_what_and_which_kind():
    """The stable code stands at the end."""
    assert str(DOUBLE) == "guest: two rules answer 'joined' here. (two_rules)"


def test_equal_faults_are_one():
    """A fault is a value, so that no fault is told twice."""
    assert len({DOUBLE, Fault(DOUBLE.code, DOUBLE.where, DOUBLE.message), NAMELESS}) == 2


def test_a_fault_cannot_be_changed():
    """It is a value."""
    with pytest.raises(FrozenInstanceError):
        DOUBLE.code = "other"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (["a", "b"], r"one by one: \*events"),
        ("engaged", "'engaged' is the name of an event; give an event, made from its class"),
    ],
    ids=str,
)
def test_unknown_event_gives_a_hint_for_what_stands_for_an_event(given, hint):
    """The message says what to give instead."""
    with pytest.raises(UnknownEvent, match=hint):
        raise UnknownEvent(given, "customer", ("engaged",))


def test_unknown_state_gives_a_hint_for_a_state_as_text():
    """The message says how to get the state."""
    with pytest.raises(UnknownState, match=r"give a State: lifecycle\.state\('visitor'\)"):
        raise UnknownState("visitor", "customer", ("visitor",))


def test_a_changed_lifecycle_names_ten_differences_and_counts_the_rest():
    """The attribute keeps all of them."""
    error = LifecycleChanged("club", "a1", "b2", tuple(map("Stage {}.".format, range(13))))

    assert str(error).splitlines()[-2:] == ["  - Stage 9.", "  - and 3 more"]


HUGE = "x" * 10_000_000


@pytest.mark.parametrize(
    "error",
    [
        UnknownEvent(HUGE, "customer", ()),
        UnknownEvent([HUGE], "customer", ()),
        UnknownEvent(HUGE, "customer", (HUGE,)),
        UnknownState(HUGE, "customer", (HUGE,)),
        UnknownState(HUGE, "customer", ()),
        UnknownState([HUGE], "customer", ()),
        OutOfOrderEvent("engaged", NOON, NOON, HUGE),
        ComplaintNotOpen(HUGE, HUGE, (HUGE,), 0, HUGE),
        RefundTooHigh(Decimal(1), Decimal(0), HUGE, HUGE),
        UnknownPurchase(HUGE, (HUGE,), 32, HUGE),
        IdReused(HUGE, HUGE, NOON, HUGE, NOON, (HUGE,)),
        UnknownEventId(HUGE, "event", (HUGE,), HUGE),
        UndecidedTable("severity", (), (("kind", HUGE),), ()),
        InvalidValue("order", "size", HUGE, "small", "Shorten it."),
    ],
    ids=range(14),
)
def test_a_message_cuts_a_long_value(error):
    """The attribute keeps it whole."""
    assert len(str(error)) < 500


def enlarged(value):
    if isinstance(value, str):
        return HUGE
    return tuple(map(enlarged, value)) * 1000 if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("kind", "attributes", "said"),
    [one for name, one in GALLERY.items() if name not in {"one fault", "two faults", "migration"}],
)
def test_a_message_cuts_long_names_and_long_lists(kind, attributes, said):
    """Names from definitions and stored data as well; the attributes keep them whole."""
    sentences = {"because", "expectation", "remedy", "problem", "facts", "parameters"}
    large = {
        name: value if name in sentences else enlarged(value) for name, value in attributes.items()
    }

    assert len(str(kind(**large))) < 5000


class Unprintable:
    """A value whose repr raises."""

    def __repr__(self):
        raise RuntimeError("no repr")


def test_a_message_shows_a_value_whose_repr_raises():
    """By the name of its class."""
    assert errors.shown(Unprintable()) == "<Unprintable that cannot be shown>"


@pytest.mark.parametrize("length", [79, 80])
def test_a_text_that_is_not_too_long_is_shown_whole(length):
    """Up to the limit."""
    assert errors.cut("x" * length) == "x" * length
    assert errors.cut("x" * 81) == "x" * 80 + "..."
