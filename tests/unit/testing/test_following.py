"""An app is led along a path, by hand or by a parametrized test."""

import pickle
import sys
from enum import Enum

import pytest
from attrs import define, field
from tests.unit.lifecycle.builders import club, stay, trio
from tests.unit.testing.test_paths import stuck

from custlife import (
    CUSTOMER_LIFECYCLE,
    Departed,
    InvalidArgument,
    Room,
    UnknownState,
    state_of,
    to_chart,
)
from custlife.testing import (
    LawViolation,
    NotProven,
    Path,
    PathFailure,
    SelectorViolation,
    check,
    covers,
    prove,
    transition_coverage_paths,
)

CLUB = club()
TRIO = trio()


class Refused(Exception):
    """The shop does not allow it."""


WAYS = {
    ("guest", "joined"): "member",
    ("guest", "left"): "gone",
    ("member", "left"): "gone",
    ("gone", "returned"): "guest",
}


@define
class Shop:
    """An app that keeps the three stages in a column of its own, and does as it likes."""

    ways: dict = field(factory=lambda: WAYS)
    refusal: type[Exception] = Refused
    when_refused: str | None = None
    stage: str = "guest"
    asked: list = field(factory=list)

    def perform(self, event):
        self.asked.append(event)
        if (self.stage, event) not in self.ways:
            self.stage = self.when_refused or self.stage
            raise self.refusal(event)
        self.stage = self.ways[self.stage, event]

    def where(self):
        return self.stage


@covers(TRIO)
def test_an_app_that_does_as_the_lifecycle_says_passes(path):
    """Refusals included."""
    shop = Shop()

    path.follow(shop.perform, shop.where, refuses=Refused)

    assert shop.stage == str(path.end)


@covers(CLUB)
def test_a_chart_passes_as_the_app(path):
    """It is read as a whole state, and refuses by an error of its own."""
    chart = to_chart(CLUB)()

    path.follow(chart.send, lambda: state_of(chart))

    assert state_of(chart) == path.end


def test_events_are_performed_by_what_a_mapping_gives_for_their_names():
    """Whatever else the mapping holds."""
    shop = Shop()
    perform = {name: lambda name=name: shop.perform(name) for name in TRIO.events}

    Path.of(TRIO, "joined", "left").follow(perform, shop.where, refuses=())

    assert shop.asked == ["joined", "left"]


def test_nothing_is_tried_beside_the_path_where_the_app_refuses_nothing():
    """Only the path's own events are performed."""
    shop = Shop()

    Path.of(TRIO, "joined").follow(shop.perform, shop.where, refuses=())

    assert shop.asked == ["joined"]


@pytest.mark.parametrize(
    "given", [{}, {"refuses": Refused}, {"refuses": (KeyError, Refused)}], ids=str
)
def test_every_event_that_is_not_allowed_is_tried_in_every_state_of_the_path(given):
    """At the start too, before the first event of the path."""
    shop = Shop()

    Path.of(TRIO, "joined").follow(shop.perform, shop.where, **given)

    assert shop.asked == ["returned", "joined", "joined", "returned"]


@pytest.mark.parametrize("error", [KeyError, AssertionError, ZeroDivisionError])
def test_any_error_refuses_unless_the_apps_own_is_given(error):
    """As long as the stage stays."""
    shop = Shop(refusal=error)

    Path.of(TRIO, "joined", "left").follow(shop.perform, shop.where)

    assert shop.stage == "gone"


def test_a_refusal_is_tried_once_in_a_state_and_anew_in_each_cycle():
    """An app may forget at a return what it refused before."""
    greeted = trio(also=[stay("greeted", "guest")])
    shop = Shop({**WAYS, ("guest", "greeted"): "guest"})

    path = Path.of(greeted, "greeted", "greeted", "left", "returned", "greeted")
    path.follow(shop.perform, shop.where)

    assert shop.asked == [
        *("returned", "greeted", "greeted"),
        *("left", "joined", "left", "greeted"),
        *("returned", "returned", "greeted"),
    ]


@pytest.mark.parametrize("outcome", [pytest.skip, pytest.fail])
def test_what_pytest_raises_is_no_refusal(outcome):
    """A test that skips or fails inside of the app does so."""
    path = Path.of(TRIO, "joined")

    with pytest.raises(outcome.Exception, match="not today"):
        path.follow(lambda _: outcome("not today"), lambda: "guest")


class Mood(Enum):
    """A column of an app."""

    CROSS = "cross"
    HAPPY = "happy"


def standing(*stages):
    """A path of no event, in a state of the club."""
    return Path(CLUB, (), (CLUB.state(*stages),))


WHOLE = [
    CLUB.state("silver+cross"),
    "silver+cross",
    "cross+silver",
    "customer+member+silver+cross",
    ["silver", "cross"],
    ("silver", Mood.CROSS),
    pytest.param({"cross", "silver"}, id="a set"),
    ["silver", None, "cross"],
    {"bond": "silver", "mood": "cross"},
    {"bond": "silver", "mood": Mood.CROSS},
]
PART = [
    Room.CUSTOMER,
    "customer",
    "bond",
    "member",
    "silver",
    Mood.CROSS,
    ("cross",),
    ("cross", None),
    {"mood": "cross"},
    {"bond": "member", "mood": None},
    {"customer": "silver"},
]
OTHERS = [
    CLUB.state("gold+cross"),
    CUSTOMER_LIFECYCLE.state("buyer+content"),
    Room.FORMER,
    "prospect",
    "trial",
    "gold",
    "silver+happy",
    ["silver", "happy"],
    {"bond": "gold", "mood": "cross"},
    {"bond": "cross", "mood": "silver"},
    {"prospect": "silver"},
]


@pytest.mark.parametrize("reading", WHOLE, ids=repr)
def test_an_app_says_the_innermost_stage_of_every_region(reading):
    """As a state, as one text, as several names, or by region; None says nothing."""
    path = standing("silver", "cross")

    path.follow({}, lambda: reading, refuses=())

    assert path.end == CLUB.state("silver+cross")


@pytest.mark.parametrize("reading", PART, ids=repr)
def test_an_app_that_says_less_says_so(reading):
    """Else what it does not keep would go unseen."""
    path = standing("silver", "cross")

    path.follow({}, lambda: reading, partial=True, refuses=())
    with pytest.raises(PathFailure, match=r"no more than that, give partial=True\."):
        path.follow({}, lambda: reading, refuses=())


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("reading", OTHERS, ids=repr)
def test_whatever_does_not_fit_the_state_is_a_failure(reading, partial):
    """One name that is not active is enough."""
    path = standing("silver", "cross")

    with pytest.raises(PathFailure, match=r"it must be 'silver\+cross'\. The path") as caught:
        path.follow({}, lambda: reading, partial=partial, refuses=())

    assert caught.value.position == 0


@pytest.mark.parametrize(
    "reading",
    [
        "sneezed",
        "silver+sneezed",
        ["cross", "sneezed"],
        {"bond": "sneezed"},
        {"sneezed": "cross"},
    ],
    ids=str,
)
def test_a_stage_that_the_lifecycle_does_not_have_cannot_be_read(reading):
    """The failure names it, and shows where it was read."""
    path = standing("silver", "cross")

    with pytest.raises(PathFailure, match="'club' does not know 'sneezed'") as caught:
        path.follow({}, lambda: reading, refuses=())

    assert isinstance(caught.value.__cause__, UnknownState)


@pytest.mark.parametrize("reading", ["", [], (), {}, None, {"bond": None}, [None]], ids=repr)
def test_a_reading_that_names_no_place_cannot_be_read(reading):
    """An app that says nothing has not passed."""
    path = standing("silver", "cross")

    with pytest.raises(PathFailure, match="does not know a state out of"):
        path.follow({}, lambda: reading, refuses=())


def test_a_reading_can_be_used_up():
    """Such as the rows that a query gives one by one."""
    path = standing("silver", "cross")

    with pytest.raises(PathFailure, match=r"is \('cross',\) at the start.*partial=True"):
        path.follow({}, lambda: iter(["cross"]), refuses=())


def test_a_reading_that_raises_is_a_failure_with_the_path():
    """Such as a row that is not there."""
    path = Path.of(TRIO, "joined")

    with pytest.raises(
        PathFailure, match="at the start cannot be read: KeyError: 'no row'"
    ) as caught:
        path.follow({"joined": print}, lambda: {}["no row"], refuses=())

    assert isinstance(caught.value.__cause__, KeyError)


def test_an_app_that_stands_elsewhere_fails_where_it_went_astray():
    """The failure shows the whole path, and an arrow at the step."""
    shop = Shop({**WAYS, ("member", "left"): "guest"})
    path = Path.of(TRIO, "joined", "left", "returned")

    with pytest.raises(PathFailure, match="The app's stage is 'guest' after 'left'") as caught:
        path.follow(shop.perform, shop.where)

    assert (caught.value.events, caught.value.position) == (path.events, 2)
    assert str(caught.value).splitlines() == [
        "The app's stage is 'guest' after 'left'; it must be 'gone'. The path:",
        "      guest",
        "   1. joined -> member",
        "   2. left -> gone    <-- here",
        "      (1 more)",
    ]


def test_an_app_that_starts_elsewhere_fails_before_the_first_event():
    """The arrow stands at the start, and nothing is performed."""
    shop = Shop(stage="member")

    with pytest.raises(PathFailure, match="The app's stage is 'member' at the start") as caught:
        Path.of(TRIO, "joined").follow(shop.perform, shop.where, refuses=Refused)

    assert (caught.value.position, shop.asked) == (0, [])
    assert str(caught.value).splitlines()[1:] == [
        "      guest    <-- here",
        "      (1 more)",
    ]


def test_a_state_that_does_not_fit_is_shown_by_its_stages():
    """A State of the app is written as the lifecycle's own is."""
    path = standing("silver", "cross")

    with pytest.raises(PathFailure, match=r"The app's stage is 'gold\+cross' at the start"):
        path.follow({}, lambda: CLUB.state("gold+cross"), refuses=())


def test_an_app_that_cannot_perform_an_event_fails_by_what_it_raised():
    """The error of the app is the cause, and is shown."""
    shop = Shop({("guest", "joined"): "member"})

    with pytest.raises(PathFailure, match=r"refused 'left', which leads to gone: Ref") as caught:
        Path.of(TRIO, "joined", "left").follow(shop.perform, shop.where, refuses=Refused)

    assert isinstance(caught.value.__cause__, Refused)
    assert caught.value.position == 2


def test_an_app_that_takes_what_must_be_refused_fails():
    """The reason of the lifecycle is told."""
    shop = Shop({**WAYS, ("member", "joined"): "member"})

    with pytest.raises(PathFailure, match="The app took 'joined', and must refuse") as caught:
        Path.of(TRIO, "joined", "left").follow(shop.perform, shop.where, refuses=Refused)

    assert caught.value.position == 1
    assert caught.value.problem.endswith("No rule of the lifecycle answers it there.")
    assert str(caught.value).splitlines()[-3:] == [
        "   1. joined -> member",
        "      joined: must be refused    <-- here",
        "      (1 more)",
    ]


def test_an_app_that_returns_its_refusal_is_told_to_raise_it():
    """Such as a response with a status."""
    path = Path.of(TRIO, "joined")

    with pytest.raises(PathFailure) as caught:
        path.follow(lambda event: f"409 for {event}", lambda: "guest")

    assert caught.value.problem == (
        "The app took 'returned', and must refuse it in guest. No rule of the lifecycle answers it "
        "there. It returned '409 for returned'; if that is a refusal, let perform raise an error."
    )


def test_an_app_that_moves_although_it_refuses_fails():
    """What is refused must change nothing."""
    shop = Shop(when_refused="gone")

    with pytest.raises(PathFailure, match="stage is 'gone' after it refused 'returned'") as caught:
        Path.of(TRIO, "joined").follow(shop.perform, shop.where, refuses=Refused)

    assert caught.value.position == 0


def test_an_app_that_breaks_instead_of_refusing_fails():
    """An error that is none of its refusals is the cause."""
    shop = Shop(refusal=ZeroDivisionError)

    with pytest.raises(PathFailure, match="must refuse 'returned', and failed") as caught:
        Path.of(TRIO, "joined").follow(shop.perform, shop.where, refuses=(Refused, KeyError))

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.refused == "returned"


def test_a_mapping_must_say_how_to_perform_every_event_of_the_path():
    """Those that are missing are named once, before anything is performed."""
    shop = Shop()
    path = Path.of(TRIO, "joined", "left", "returned", "left")

    with pytest.raises(ValueError, match=r"how to perform 'left' and 'returned'; add it\.$"):
        path.follow({"joined": lambda: shop.perform("joined")}, shop.where)

    assert shop.asked == []


def test_a_mapping_must_say_how_to_perform_every_event_that_must_be_refused():
    """Beyond the path, those are the events that the lifecycle forbids somewhere on it."""
    shop = Shop()
    perform = {"joined": lambda: shop.perform("joined")}
    message = (
        r"perform 'returned'; add it: what the lifecycle forbids is tried too, and the app must "
        r"refuse it\. With refuses=\(\) nothing is tried\."
    )

    Path.of(TRIO, "joined").follow(perform, shop.where, refuses=())
    with pytest.raises(ValueError, match=message):
        Path.of(TRIO, "joined").follow(perform, shop.where)

    assert shop.asked == ["joined"]


@pytest.mark.parametrize("perform", [None, 5, "joined", ["joined"]], ids=repr)
def test_what_performs_is_something_to_call_or_a_mapping(perform):
    """Anything else would fail at the first event, as if the app had."""
    with pytest.raises(InvalidArgument, match=r"Path\.follow\(\): perform is .* but must be some"):
        Path.of(TRIO, "joined").follow(perform, lambda: "guest")


def test_what_a_mapping_holds_is_something_to_call():
    """The event is named; else the app would seem to refuse it."""
    perform = {**dict.fromkeys(TRIO.events, print), "left": "shop.leave"}

    with pytest.raises(
        InvalidArgument, match=r"perform\['left'\] is 'shop\.leave', but must be some"
    ):
        Path.of(TRIO, "joined").follow(perform, lambda: "guest")


def test_what_reads_the_stage_is_something_to_call():
    """A stage that was read before would never change."""
    with pytest.raises(
        InvalidArgument, match=r"Path\.follow\(\): stage is 'guest', but must be so"
    ):
        Path.of(TRIO, "joined").follow(print, "guest")


def test_events_that_the_lifecycle_does_not_know_cannot_be_performed():
    """A slip of the pen is not left out silently."""
    perform = {"joined": print, "retruned": print, 5: print}

    with pytest.raises(ValueError, match="names 'retruned' and '5', which 'trio' does not know"):
        Path.of(TRIO, "joined").follow(perform, lambda: "guest")


def test_events_can_be_given_by_their_classes():
    """As rules take them."""
    row = {"stage": "potential"}
    perform = {Departed: lambda: row.update(stage="lost")}

    Path.of(CUSTOMER_LIFECYCLE, "departed").follow(perform, lambda: row["stage"], refuses=())

    assert row == {"stage": "lost"}


def test_an_app_that_breaks_on_what_is_allowed_fails():
    """Other than by a refusal."""
    shop = Shop({}, refusal=ZeroDivisionError)

    with pytest.raises(PathFailure, match="failed on 'joined', which leads to member: ZeroDiv"):
        Path.of(TRIO, "joined").follow(shop.perform, shop.where)


def test_what_must_be_awaited_is_refused():
    """Else nothing would be performed, and the app would seem to stand still."""

    async def join(event):
        """Perform an event some day."""

    with pytest.raises(TypeError, match=r"'returned' must be awaited: wrap it, as in asyncio\.run"):
        Path.of(TRIO, "joined").follow(join, lambda: "guest")


@pytest.mark.parametrize("refuses", [ValueError("no"), "Refused", int])
def test_only_classes_of_errors_refuse(refuses):
    """Said before anything is performed."""
    with pytest.raises(TypeError, match="refuses takes an error class, or several, not"):
        Path.of(TRIO, "joined").follow(print, lambda: "guest", refuses=refuses)


def test_a_failure_can_be_pickled():
    """It says the same afterwards."""
    path = Path.of(TRIO, "joined")
    failure = PathFailure(TRIO, path.events, path.states, 1, "It is elsewhere.")

    copy = pickle.loads(pickle.dumps(failure))

    assert (copy.events, copy.states, copy.position) == (path.events, path.states, 1)
    assert str(copy) == str(failure)
    assert isinstance(copy, AssertionError)


# Paths as parametrized tests.


def params(mark):
    """What a mark parametrizes, and for each parameter its id and its values."""
    name, made = mark.args
    return name, [(param.id, param.values) for param in made]


def test_a_test_is_run_once_for_each_path_under_a_readable_name():
    """Its number, its length and its last step."""
    joined, left = Path.of(CLUB, "entered", "joined"), Path.of(CLUB, "left")

    nowhere = Path.of(CLUB)

    mark = covers(CLUB, iter([joined, left, nowhere])).mark

    assert mark.name == "parametrize"
    assert params(mark) == (
        "path",
        [
            ("1-2 events to looking joined trial+happy", (joined,)),
            ("2-1 events to guest left gone", (left,)),
            ("3-guest", (nowhere,)),
        ],
    )


def test_the_paths_of_a_test_take_every_cell_unless_others_are_given():
    """Every event that is allowed in every state, stays included."""
    name, made = params(covers(CUSTOMER_LIFECYCLE).mark)

    assert name == "path"
    assert [values for _, values in made] == [
        (path,) for path in transition_coverage_paths(CUSTOMER_LIFECYCLE)
    ]
    assert made == params(covers(CUSTOMER_LIFECYCLE, each="cell").mark)[1]
    assert len({id_ for id_, _ in made}) == len(made)


def test_the_paths_of_a_test_can_take_every_move_alone():
    """They are fewer."""
    _, made = params(covers(CUSTOMER_LIFECYCLE, each="move").mark)

    assert [values for _, values in made] == [
        (path,) for path in transition_coverage_paths(CUSTOMER_LIFECYCLE, each="move")
    ]
    assert made != params(covers(CUSTOMER_LIFECYCLE).mark)[1]


def test_paths_through_another_lifecycle_are_refused():
    """They say nothing about this one."""
    with pytest.raises(ValueError, match="is a path through <Lifecycle 'trio'"):
        covers(CLUB, [Path.of(TRIO, "left")])


def test_what_is_no_lifecycle_is_not_covered():
    """A chart class is to be read first."""
    with pytest.raises(TypeError, match=r"covers\(\): lifecycle is .* but must be a Lifecycle"):
        covers(to_chart(TRIO))


def test_without_pytest_covers_says_so(monkeypatch):
    """It is no dependency of the kit."""
    monkeypatch.setitem(sys.modules, "pytest", None)

    with pytest.raises(ImportError, match=r"covers\(\) needs pytest: pip install pytest"):
        covers(TRIO)


@pytest.mark.parametrize(("lifecycle", "paths"), [(TRIO, []), (stuck(), None)], ids=str)
def test_a_test_without_paths_would_test_nothing(lifecycle, paths):
    """So it is an error."""
    with pytest.raises(ValueError, match=f"there is no path through '{lifecycle.name}' to follow"):
        covers(lifecycle, paths)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (PathFailure, (TRIO, ("left",), (), 0, "It stays.")),
        (LawViolation, ("order", "A sentence.", TRIO, "It is not so.", ())),
        (NotProven, (prove(TRIO), (), check(TRIO, ()))),
        (SelectorViolation, ("order", "A sentence.", "ours", "It is not so.", None)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_failure_is_equal_to_itself_alone(kind, values):
    """And has a hash, as whatever collects errors wants it."""
    failure = kind(*values)

    assert len({failure, failure, kind(*values)}) == 2
