"""Causes of departures: where each comes from, and what can be done about it."""

import pickle

import pytest

from custlife import ASSUMPTION, BUT, EFR, KAL, Cause, DefectorKind, Initiator

SOURCES = {
    Cause.REQUIREMENTS_CHANGED: KAL[6],
    Cause.BETTER_ALTERNATIVE: KAL[6],
    Cause.PRICE: KAL[6],
    Cause.DISSATISFACTION: KAL[6],
    Cause.ADVERTISING_MISSED: KAL[6],
    Cause.TERMS: KAL[6],
    Cause.RUDE_CONTACT: EFR[2],
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
    },
    DefectorKind.PULLED_AWAY: {Cause.BETTER_ALTERNATIVE, Cause.STAFF_CHANGED},
    DefectorKind.BOUGHT_AWAY: {Cause.PRICE},
    DefectorKind.MOVED_AWAY: {
        Cause.REQUIREMENTS_CHANGED,
        Cause.RELOCATION,
        Cause.INCOME_CHANGED,
    },
    None: {Cause.SILENCE, Cause.OTHER, Cause.UNKNOWN},
}
"""Whom the enterprise drove off, whom a rival won by more or by price, whom life took."""
OUT_OF_REACH = KINDS[DefectorKind.MOVED_AWAY] | {Cause.STAFF_CHANGED}
"""What happens at the customer's alone."""


def test_every_cause_has_a_source():
    """The table of the domain names all causes."""
    assert {cause: cause.source for cause in Cause} == SOURCES


@pytest.mark.parametrize(("kind", "causes"), KINDS.items())
def test_each_cause_makes_one_kind_of_defector(kind, causes):
    """None where nobody knows."""
    assert {cause for cause in Cause if cause.defector is kind} == causes


def test_every_kind_of_defector_has_a_cause():
    """The literature's five kinds are all used."""
    assert {cause.defector for cause in Cause} == {*DefectorKind, None}


def test_what_happens_at_the_customers_alone_cannot_be_changed():
    """New needs, a move, another income, new people."""
    assert {cause for cause in Cause if cause.changeable is False} == OUT_OF_REACH


def test_whether_an_unknown_cause_can_be_changed_is_unknown():
    """Not even silence gives a reason."""
    assert {cause for cause in Cause if cause.changeable is None} == KINDS[None]


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
