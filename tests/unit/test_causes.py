"""Causes of departures: where each comes from, and what can be done about it."""

import pickle

import pytest

from custlife import (
    ASSUMPTION,
    BUT,
    CHE,
    EFR,
    KAL,
    Cause,
    CauseMap,
    DefectorKind,
    Initiator,
    InvalidArgument,
    UnknownCode,
)
from custlife.sources import MATTISON

SOURCES = {
    Cause.REQUIREMENTS_CHANGED: KAL[6],
    Cause.BETTER_ALTERNATIVE: KAL[6],
    Cause.PRICE: KAL[6],
    Cause.DISSATISFACTION: KAL[6],
    Cause.ADVERTISING_MISSED: KAL[6],
    Cause.TERMS: KAL[6],
    Cause.RUDE_CONTACT: EFR[2],
    Cause.UNAVAILABLE: CHE[2],
    Cause.NO_DECISION: ASSUMPTION,
    Cause.NEED_ENDED: BUT[5],
    Cause.SUCCEEDED: ASSUMPTION,
    Cause.CEASED: MATTISON,
    Cause.NON_PAYMENT: MATTISON,
    Cause.RELOCATION: EFR[6],
    Cause.INCOME_CHANGED: EFR[6],
    Cause.STAFF_CHANGED: EFR[6],
    Cause.DISMISSED: BUT[6],
    Cause.SILENCE: KAL[8],
    Cause.OTHER: ASSUMPTION,
    Cause.UNKNOWN: ASSUMPTION,
}
"""From the domain: which row names which cause."""
KINDS = {
    DefectorKind.PUSHED_AWAY_ON_PURPOSE: {Cause.DISMISSED},
    DefectorKind.PUSHED_AWAY_UNINTENTIONALLY: {
        Cause.DISSATISFACTION,
        Cause.ADVERTISING_MISSED,
        Cause.TERMS,
        Cause.RUDE_CONTACT,
        Cause.UNAVAILABLE,
    },
    DefectorKind.PULLED_AWAY: {Cause.BETTER_ALTERNATIVE, Cause.STAFF_CHANGED},
    DefectorKind.BOUGHT_AWAY: {Cause.PRICE},
    DefectorKind.MOVED_AWAY: {
        Cause.REQUIREMENTS_CHANGED,
        Cause.RELOCATION,
        Cause.INCOME_CHANGED,
        Cause.NEED_ENDED,
    },
    DefectorKind.CEASED: {Cause.CEASED, Cause.SUCCEEDED},
    None: {
        Cause.NO_DECISION,
        Cause.NON_PAYMENT,
        Cause.SILENCE,
        Cause.OTHER,
        Cause.UNKNOWN,
    },
}
"""Whom the enterprise drove off, whom a rival won by more or by price, whom life took."""
OURS = {"K01": Cause.PRICE, "K02": Cause.RELOCATION}
OUT_OF_REACH = KINDS[DefectorKind.MOVED_AWAY] | KINDS[DefectorKind.CEASED]
"""What happens at the customer's alone."""


def test_every_cause_has_a_source():
    """The table of the domain names all causes."""
    assert {cause: cause.source for cause in Cause} == SOURCES


@pytest.mark.parametrize(("kind", "causes"), KINDS.items())
def test_each_cause_makes_one_kind_of_defector(kind, causes):
    """None where nobody knows."""
    assert {cause for cause in Cause if cause.defector is kind} == causes


def test_every_kind_of_defector_has_a_cause():
    """The literature's five kinds, and the one that is added, are all used."""
    assert {cause.defector for cause in Cause} == {*DefectorKind, None}


CAPTURED = {
    True: {Cause.BETTER_ALTERNATIVE, Cause.PRICE, Cause.STAFF_CHANGED},
    False: OUT_OF_REACH | {Cause.NO_DECISION},
}
"""What causes say of capture: an offer of another's; or life, or nobody at all."""


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_says_whether_it_means_capture(cause):
    """Where it says nothing, that is unknown."""
    expected = [captured for captured, causes in CAPTURED.items() if cause in causes]

    assert [cause.captured] == (expected or [None])


@pytest.mark.parametrize("kind", DefectorKind)
def test_a_class_of_causes_is_stored_by_its_name_in_words(kind):
    """So that what is stored can be read."""
    assert kind.value == kind.name.lower().replace("_", " ")


@pytest.mark.parametrize("codes", [None, "K01", 5], ids=repr)
def test_codes_that_are_looked_up_are_several(codes):
    """One bare code is refused instead of being split into letters."""
    with pytest.raises(InvalidArgument, match=r"unknown\(\): codes is .* an iterable of codes"):
        CauseMap(OURS).unknown(codes)


def test_what_happens_at_the_customers_alone_cannot_be_changed():
    """New needs or none, a move, another income, the end."""
    assert {cause for cause in Cause if cause.changeable is False} == OUT_OF_REACH


def test_whether_an_unknown_cause_can_be_changed_is_unknown():
    """Not even silence gives a reason; a prospect who is undecided can be decided."""
    unsure = {cause for cause in Cause if cause.changeable is None}

    assert unsure == KINDS[None] - {Cause.NO_DECISION}


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_is_known_by_its_value(cause):
    """Its name in lower case, as an app stores it."""
    assert cause.value == cause.name.lower()
    assert Cause(cause.value) is cause


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_reads_as_words(cause):
    """The same letters, without underscores."""
    assert cause.words.split() == cause.value.split("_")


@pytest.mark.parametrize("member", [*Cause, *Initiator, *DefectorKind], ids=str)
def test_members_pickle_to_themselves(member):
    """So that a stored departure keeps its cause."""
    assert pickle.loads(pickle.dumps(member)) is member


def test_a_relationship_is_ended_by_one_side_or_by_both():
    """As KAL-5 says: unilateral or bilateral."""
    assert [initiator.value for initiator in Initiator] == ["customer", "enterprise", "both"]


def test_a_cause_map_is_a_mapping_of_the_apps_codes():
    """It is read as any mapping is."""
    causes = CauseMap(OURS)

    assert dict(causes) == OURS
    assert (len(causes), "K01" in causes, causes.get("K07")) == (2, True, None)
    assert repr(causes) == f"CauseMap({OURS!r})"


def test_a_cause_map_keeps_what_it_was_given():
    """Changing the dict afterwards changes nothing."""
    given = {"K01": Cause.PRICE}

    causes = CauseMap(given)
    given["K01"] = Cause.OTHER

    assert causes["K01"] is Cause.PRICE


def test_a_cause_map_says_which_codes_it_does_not_know():
    """Each once, in the order given; what is no text is not known either."""
    assert CauseMap(OURS).unknown(["K02", "K07", None, [], "K07", "K01"]) == ("K07", None, [])
    assert CauseMap(OURS).unknown([]) == ()


@pytest.mark.parametrize("code", ["K07", None, []], ids=repr)
def test_a_code_that_is_not_known_is_an_error_with_a_remedy(code):
    """It is a KeyError too, as for any mapping."""
    with pytest.raises(UnknownCode, match="It knows K01 and K02; add the code") as caught:
        CauseMap(OURS)[code]

    assert isinstance(caught.value, KeyError)
    assert (caught.value.code, caught.value.known) == (code, ("K01", "K02"))


@pytest.mark.parametrize(
    ("causes", "part"),
    [
        ({}, "causes is 'empty', but must be at least one code"),
        (
            {"": Cause.PRICE, " ": Cause.PRICE},
            "\"'' and ' '\", but must be codes that are no blank",
        ),
        ({5: Cause.PRICE}, "is '5', but must be codes"),
        ({"K01": "price"}, "'K01' -> 'price'"),
        ({"K01": None, "K02": Cause.PRICE}, "'K01' -> None"),
        ([("K01", Cause.PRICE)], "must be a Mapping"),
        (None, "must be a Mapping"),
    ],
    ids=str,
)
def test_a_cause_map_of_something_else_is_refused(causes, part):
    """All codes at fault are named."""
    with pytest.raises(InvalidArgument) as caught:
        CauseMap(causes)

    assert part in str(caught.value)
    assert caught.value.field == "causes"
