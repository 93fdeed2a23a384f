"""The words of requirements: how they read, what they take, and what they refuse."""

import pytest

from custlife import Phase, Purchased, Room, is_
from custlife.errors import InvalidArgument
from custlife.sources import EFR, OWN
from custlife.testing.requirements.language import (
    after,
    always,
    eventually_possible,
    leads_to,
    monotone,
    never,
    precedes,
    preserves,
    stays_until,
)

READ = [
    (always("buyer"), "always buyer"),
    (always("buyer", at=["content", Room.FORMER]), "always buyer at content or former"),
    (always(on=Purchased), "purchased is always allowed"),
    (always(on="left", at="guest", to="gone"), "left at guest always leads to gone"),
    (always(at="guest", to="gone"), "every event at guest always leads to gone"),
    (always("end", when=is_("key", True)), "always end if key is yes"),
    (never("buyer", at="content"), "never buyer at content"),
    (never(on=["left", "kept"], at="guest"), "left or kept at guest is never allowed"),
    (never(at="guest", to=Phase.EXPANSION), "any event at guest never leads to Phase expansion"),
    (never("end", when=is_("key", True)), "never end if key is yes"),
    (eventually_possible("gone"), "gone stays possible"),
    (eventually_possible("left", at="guest"), "left stays possible from guest"),
    (leads_to("a", "b"), "a leads to b"),
    (leads_to("a", "b", at="c", until="d"), "a at c leads to b, until d"),
    (leads_to("a", "b", within=1), "a leads to b within 1 event"),
    (leads_to("a", "b", within=2), "a leads to b within 2 events"),
    (leads_to("a", "b", fair=["c", "d"]), "a leads to b, if c or d is fair"),
    (leads_to("a", "b", fair=[]), "a leads to b, if nothing is fair"),
    (precedes("a", "b"), "no b without a before"),
    (precedes("a", "b", times=2, each_cycle=True), "no b without a 2 times before, in each cycle"),
    (stays_until("a", "b"), "a stays until b"),
    (after("a", only="b"), "after a only b"),
    (after("a", never="b", at="c", until="d"), "after a at c never b, until d"),
    (after("a", only="b", never="c"), "after a only b never c"),
    (preserves("a"), "a preserves the state"),
    (preserves("a", Phase, at="c"), "a at c preserves Phase"),
    (preserves("a", "bond"), "a preserves bond"),
    (monotone("a", "bond"), "a never lowers bond"),
    (monotone("a", Phase, falling=True, at="c"), "a at c never raises Phase"),
]


@pytest.mark.parametrize(("requirement", "words"), READ, ids=[row[1] for row in READ])
def test_a_requirement_reads_as_a_sentence(requirement, words):
    """It is called by that, unless it has an id."""
    assert str(requirement) == requirement.name == words


MADE = {
    "always()": lambda **said: always("a", **said),
    "never()": lambda **said: never("a", **said),
    "eventually_possible()": lambda **said: eventually_possible("a", **said),
    "leads_to()": lambda **said: leads_to("a", "b", **said),
    "precedes()": lambda **said: precedes("a", "b", **said),
    "stays_until()": lambda **said: stays_until("a", "b", **said),
    "after()": lambda **said: after("a", never="b", **said),
    "preserves()": lambda **said: preserves("a", **said),
    "monotone()": lambda **said: monotone("a", "b", **said),
}


@pytest.mark.parametrize("word", MADE)
def test_every_requirement_takes_an_id_a_sentence_and_a_source(word):
    """They are ours, and need not be given."""
    plain = MADE[word]()

    full = MADE[word](id="ONE", sentence="It is so.", source=EFR[1])

    assert (plain.id, plain.sentence, plain.source) == ("", "", OWN)
    assert (full.id, full.sentence, full.source) == ("ONE", "It is so.", EFR[1])
    assert full.name == "ONE"
    assert str(full) == str(plain)
    assert hash(full) != hash(plain)


@pytest.mark.parametrize("word", MADE)
@pytest.mark.parametrize("wrong", [{"id": 7}, {"sentence": None}, {"source": "EFR-1"}], ids=str)
def test_an_id_a_sentence_and_a_source_are_of_their_types(word, wrong):
    """The error calls the requirement by the word that makes it."""
    with pytest.raises(InvalidArgument) as caught:
        MADE[word](**wrong)

    assert str(caught.value).startswith(f"{word}: {next(iter(wrong))} is ")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (always, r"always\(\): what is None, but must be given, or on= or to="),
        (never, r"never\(\): what is None, but must be given, or on= or to="),
        (lambda: always(at="a"), r"always\(\): .* Say it of states, or of events"),
        (lambda: never(at="a"), r"never\(\): .* Say it of states, or of events"),
        (
            lambda: always("a", on="b"),
            "what is 'a', but must be given, or on= or to=; and not both",
        ),
        (
            lambda: never("a", to="b"),
            r"never\(\): what is 'a', but must be given, or on= or to=; and not both",
        ),
        (
            lambda: leads_to("a", "b", until="c", within=2),
            "within is 2, but must be left out where",
        ),
        (
            lambda: leads_to("a", "b", until="c", fair="d"),
            r"fair is 'd', but .* where until= is given",
        ),
        (
            lambda: leads_to("a", "b", within=0, fair=[]),
            r"fair is \[\], but .* where within= is given",
        ),
        (lambda: after("a"), r"after\(\): only is None, but must be given, or never="),
        (lambda: monotone("a"), r"monotone\(\): what is None, but must be given, or order="),
        (lambda: monotone("a", "b", falling=1), r"monotone\(\): falling is 1, but must be True or"),
    ],
)
def test_what_makes_no_sentence_is_refused_at_once(make, message):
    """Too little, or two ways at a time."""
    with pytest.raises(InvalidArgument, match=message):
        make()


def test_an_unknown_word_is_an_error():
    """A slip in the name of an argument is not passed over."""
    with pytest.raises(TypeError, match="sentense"):
        never("a", sentense="It is so.")
