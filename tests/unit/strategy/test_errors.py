"""Every error of strategy selection: what it says, what it holds, that it pickles."""

import inspect
import pickle

import pytest

from custlife import CustlifeError, InvalidValue
from custlife.strategy import (
    InvalidCandidate,
    InvalidProfile,
    InvalidSelector,
    NoRecommendation,
    SelectorFailed,
    UnfitStrategy,
    UnknownSelector,
    errors,
)
from custlife.strategy.errors import UnknownFact

VALUE = {
    "subject": "signals",
    "field": "competition",
    "value": 40,
    "expectation": "a share from 0 to 1",
    "remedy": "Give a share.",
}
VALUE_SAID = "signals: competition is 40, but must be a share from 0 to 1. Give a share."

GALLERY = {
    "profile": (InvalidProfile, VALUE, VALUE_SAID),
    "candidate": (InvalidCandidate, VALUE, VALUE_SAID),
    "selector": (
        InvalidSelector,
        {"selector": "ours", "problem": "it cannot be called."},
        "Selector 'ours': it cannot be called.",
    ),
    "plug-in": (
        InvalidSelector,
        {"selector": "ours", "problem": "it cannot be called.", "distribution": "acme 1.0"},
        "Selector 'ours' of acme 1.0: it cannot be called.",
    ),
    "unknown": (
        UnknownSelector,
        {"selector": "ours", "registered": ("a", "b"), "available": ("c",)},
        "No selector is registered under 'ours'. Registered: a and b. Installed plug-ins: c.",
    ),
    "not loaded": (
        UnknownSelector,
        {"selector": "ours", "registered": (), "available": ("ours",)},
        "No selector is registered under 'ours'. Registered: nothing. It is installed: "
        "load('ours') first.",
    ),
    "no fact": (
        UnknownFact,
        {"name": "profits", "known": ("profit", "room")},
        "There is no fact 'profits'. Did you mean 'profit'? The facts are profit and room.",
    ),
    "no such fact": (
        UnknownFact,
        {"name": 17, "known": ("profit", "room")},
        "There is no fact 17. The facts are profit and room.",
    ),
    "failed": (
        SelectorFailed,
        {"selector": "ours", "distribution": None, "doing": "to load", "error": "KeyError: 'x'"},
        "Selector 'ours' failed to load: KeyError: 'x'. There is no result.",
    ),
    "failed plug-in": (
        SelectorFailed,
        {"selector": "ours", "distribution": "acme 1.0", "doing": "to load", "error": "KeyError"},
        "Selector 'ours' of acme 1.0 failed to load: KeyError. There is no result.",
    ),
    "nothing": (
        NoRecommendation,
        {"selector": "ours", "profile": "C-17, prospect (potential)"},
        "Selector 'ours' recommends nothing for C-17, prospect (potential). Put a selector that "
        "always decides last, such as buttle_selector().",
    ),
    "unfit": (
        UnfitStrategy,
        {
            "selector": "ours",
            "strategy": "win back",
            "profile": "C-17, prospect (potential)",
            "fitting": ("start", "end"),
        },
        "Selector 'ours' recommends win back for C-17, prospect (potential), where only start and "
        "end fit.",
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
        if inspect.isclass(value) and value.__module__ == errors.__name__
    }

    assert {kind for kind, _, _ in GALLERY.values()} == classes


@gallery
def test_the_message_says_what_happened_and_what_to_do(kind, attributes, said):
    """Word for word."""
    assert str(kind(**attributes)) == said


@gallery
def test_an_error_holds_what_it_was_raised_with(kind, attributes, said):
    """And is caught by the common base."""
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
    """What comes back says and holds the same."""
    back = pickle.loads(pickle.dumps(kind(**attributes)))

    assert type(back) is kind
    assert {name: getattr(back, name) for name in attributes} == attributes
    assert str(back) == said


@pytest.mark.parametrize("kind", [InvalidProfile, InvalidCandidate])
def test_whatever_is_out_of_bounds_is_an_invalid_value(kind):
    """So that an app can catch all of them at once."""
    assert issubclass(kind, InvalidValue)
