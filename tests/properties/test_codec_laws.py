"""The laws of the codec: what is written is read back, and nothing else is read."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from custlife import (
    CUSTOMER_LIFECYCLE,
    DEFAULT_DEPARTURE_RULES,
    CustlifeError,
    DepartureRules,
    PurchaseCancelled,
    Purchased,
    merge,
    replay,
    with_pause,
)
from custlife.codec import Codec
from custlife.testing import departures, histories, lifecycles

OTHER_RULES = DepartureRules(
    moment_grace=timedelta(days=14), deal_size_steps=Decimal("500.50"), purchases_steps=(1, 3)
)
CODEC = Codec()
T = datetime(2026, 1, 1, tzinfo=UTC)


def stored(codec, value):
    return json.loads(json.dumps(codec.dump(value)))


def everything(journey):
    refused = [rejection.event for rejection in journey.rejected]
    now = journey.relationship
    whole = [journey, *corrected(journey)]
    return [*whole, now, now.record, *journey.departures, *journey.events, *refused]


def corrected(journey):
    """The journey with its first event withdrawn and another one cancelled; and merged."""
    ids = [event.id for event in journey.ledger if event.id is not None]
    bought = [event.id for event in journey.events if isinstance(event, Purchased) and event.id]
    late = [PurchaseCancelled(at=T, purchase=bought[-1], id="late")] if bought else []
    how = {"on_rejected": "collect"}
    half = replay(
        journey.ledger[::2],
        customer="C-18",
        lifecycle=journey.lifecycle,
        departure_rules=journey.start.departure_rules,
        **how,
    )
    yield journey.amend(add=late, withdraw=ids[:1], recorded_at=T, **how)
    yield merge(journey, half, customer="C-19", **how)


@settings(max_examples=60)
@given(data=st.data())
def test_what_the_codec_writes_it_reads_back_and_writes_again(data):
    """Whatever the library makes, in any lifecycle and under any rules, survives."""
    ours = st.sampled_from([CUSTOMER_LIFECYCLE, with_pause(CUSTOMER_LIFECYCLE)])
    lifecycle = data.draw(ours | lifecycles(max_views=0))
    rules = data.draw(st.sampled_from([DEFAULT_DEPARTURE_RULES, OTHER_RULES]))
    history = data.draw(histories(lifecycle, allow_rejected=True, allow_ties=True))
    journey = replay(
        history,
        customer="C-17",
        lifecycle=lifecycle,
        departure_rules=rules,
        on_rejected="collect",
    )
    codec = Codec(lifecycle, {*map(type, history)}, rules)

    documents = [stored(codec, value) for value in everything(journey)]
    values = [codec.load(document) for document in documents]

    assert values == everything(journey)
    assert [stored(codec, value) for value in values] == documents


@given(departures())
def test_a_departure_that_was_made_up_is_read_back(departure):
    """Also one that no history led to."""
    assert CODEC.load(stored(CODEC, departure)) == departure


NUMBERS = st.decimals(0, Decimal(10) ** 18 - 1, places=18) | st.builds(
    lambda digits, power: Decimal(digits).scaleb(power), st.integers(0, 99), st.integers(-16, 15)
)


@given(NUMBERS)
def test_an_amount_is_read_back_in_any_notation(amount):
    """Equal, with an equal hash, and with as many decimal places as it had."""
    bought = Purchased(at=T, amount=amount)

    restored = CODEC.load(stored(CODEC, bought)).amount

    assert (restored, hash(restored)) == (amount, hash(amount))
    assert restored.as_tuple().exponent == min(amount.as_tuple().exponent, 0)


@settings(max_examples=50)
@given(histories(allow_rejected=True))
def test_a_judgement_by_other_rules_is_that_of_a_history_under_these_rules(history):
    """Nothing but the judgement of departures changes."""
    by_ours, by_others = (
        replay(history, customer="C-17", departure_rules=rules, on_rejected="collect")
        for rules in (DEFAULT_DEPARTURE_RULES, OTHER_RULES)
    )

    judged = by_ours.judged_by(OTHER_RULES)

    assert judged == by_others
    assert judged.relationship == by_ours.relationship.judged_by(OTHER_RULES)


STRANGE = [
    *(None, True, False, 0, 1, 2, -1, 10**50, 1.0, 1.5, float("nan"), float("inf"), b"1", 1j),
    *(
        "",
        " ",
        "x",
        "0",
        "1",
        "-0",
        "0.0",
        "\uff11",
        "\u0663",
        "1e5",
        "1E+2",
        "1_000",
        "NaN",
        "Infinity",
    ),
    *("PT0S", "PT\u0663S", "-PT1S", "PT1.5S", "PT86400S", "P1D", "PT99999999999999S", "\ud800"),
    *("2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2030-01-01T00:00:00+00:00"),
    *("0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00+02:00", "\u0662026-01-01T00:00:00+00:00"),
    *("customer", "prospect", "former", "lost", "price", "purchased", "relationship", "journey"),
    *([], {}, [[]], [None], ["lost"], ["buyer", "content"], ["content", "buyer"], {"type": "x"}),
    *((), ("lost",), {"lost"}, {1: 2}, "x" * 100_001, [0] * 1_000),
]


def containers(document):
    yield document
    for value in document.values() if isinstance(document, dict) else document:
        if isinstance(value, dict | list):
            yield from containers(value)


def leaves(document):
    for container in containers(document):
        yield from container.values() if isinstance(container, dict) else container


def places(container):
    return [*container] if isinstance(container, dict) else [*range(len(container))]


@st.composite
def broken_documents(draw):
    """Stored data, and up to three slips in it: a value dropped, replaced, added or swapped."""
    history = draw(histories(allow_rejected=True, allow_ties=True, max_size=8))
    journey = replay(history, customer="C-17", on_rejected="collect")
    document = stored(CODEC, draw(st.sampled_from(everything(journey))))
    for _ in range(draw(st.integers(1, 3))):
        container = draw(st.sampled_from([part for part in containers(document) if part]))
        place = draw(st.sampled_from(places(container)))
        value = draw(st.sampled_from([*STRANGE, *leaves(document)]))
        match draw(st.sampled_from(["replace", "replace", "drop", "add", "swap"])):
            case "replace":
                container[place] = deepcopy(value)
            case "drop" if len(container) > 1:
                del container[place]
            case "add" if isinstance(container, list):
                container.insert(place, deepcopy(value))
            case "add":
                container[draw(st.sampled_from(["note", "", "kind", "severity", "type"]))] = (
                    deepcopy(value)
                )
            case _:
                other = draw(st.sampled_from(places(container)))
                container[place], container[other] = container[other], container[place]
    return document


def shown_again(document):
    """What the codec writes of what it has read; the document itself if it is refused."""
    try:
        return stored(CODEC, CODEC.load(document))
    except CustlifeError:
        return document


def without_judgement(document):
    """The document as text, without what is only there for those who query it."""
    if isinstance(document, dict):
        beside = {"kind", "severity"} if "stages_left" in document else set()
        parts = (
            f"{name!r}: {without_judgement(document[name])}"
            for name in sorted(document.keys() - beside, key=repr)
        )
        return f"{{{', '.join(parts)}}}"
    if isinstance(document, list):
        return f"[{', '.join(map(without_judgement, document))}]"
    return repr(document)


@settings(max_examples=500)
@given(broken_documents())
def test_nothing_is_read_but_what_the_codec_would_write(document):
    """A document with slips is refused by an error of custlife, or it is written again as it is."""
    assert without_judgement(shown_again(document)) == without_judgement(document)
