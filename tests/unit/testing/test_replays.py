"""What was written when it failed is tried again, file by file."""

import json
import sys
from datetime import UTC, datetime

import pytest
from attrs import evolve, frozen
from hypothesis.strategies import nothing
from tests.unit.lifecycle.builders import club, move, trio

from custlife import (
    CUSTOMER_LIFECYCLE,
    Complained,
    Event,
    EventNotAllowed,
    InvalidArgument,
    InvalidData,
    Purchased,
    Relationship,
    UnknownEvent,
)
from custlife.strategy import Profile, buttle_selector
from custlife.testing import (
    LIFECYCLE_LAWS,
    HistoryLaw,
    LawViolation,
    NotProven,
    Path,
    PathFailure,
    RecordedFailure,
    SelectorLaw,
    SelectorViolation,
    never,
    replay_failures,
)
from custlife.testing.failures import Failure, Recordable, recorded
from custlife.testing.generators.events import event_class

TRIO = trio()
CLUB = club()
AT = datetime(2026, 1, 1, tzinfo=UTC)
JOINED, LEFT = (event_class(name)(at=AT) for name in ("joined", "left"))


@frozen(kw_only=True)
class Left(Event):
    """An app's own event."""

    fee: int


def write(directory, *events, what="law", name="order", lifecycle=TRIO, start=()):
    """Write one failure as a test of the kit does."""

    class Failed(Recordable):
        failures = (Failure(what, name, lifecycle, events, "It is not so.", start),)

    with pytest.raises(Failed), recorded(directory, "law"):
        raise Failed


def read(directory, lifecycle=TRIO, **given):
    """The failures that a test gets, by the ids of its cases."""
    name, params = replay_failures(directory, lifecycle, **given).mark.args
    assert name == "failure"
    return {param.id: param.values[0] for param in params}


def only(directory, lifecycle=TRIO, **given):
    (failure,) = read(directory, lifecycle, **given).values()
    return failure


def broken(_, history):
    """A law that does not hold as soon as anybody leaves."""
    yield from ("Somebody left." for event in history if event.name == "left")


NOBODY_LEAVES = HistoryLaw(1, "Nobody leaves.", broken)


def test_what_was_written_is_read_back(tmp_path):
    """With the lifecycle of today."""
    write(tmp_path, JOINED, Purchased(at=AT, amount=5), LEFT)

    failure = only(tmp_path)

    assert failure == RecordedFailure(
        "law",
        "order",
        TRIO,
        (JOINED, Purchased(at=AT, amount=5), LEFT),
        "It is not so.",
        fingerprint=TRIO.fingerprint,
    )


def test_a_case_is_named_after_its_file(tmp_path):
    """So that one finds it; the order is that of the names."""
    for name in ("order", "cycles", "folding"):
        write(tmp_path, JOINED, name=name)

    assert [*read(tmp_path)] == sorted(file.stem for file in tmp_path.iterdir())


@pytest.mark.parametrize("directory", ["failures", "."])
def test_a_test_without_failures_is_skipped(tmp_path, monkeypatch, directory):
    """It is written before anything fails."""
    monkeypatch.chdir(tmp_path)

    _, (param,) = replay_failures(directory, TRIO).mark.args

    (skip,) = param.marks
    assert (param.id, skip.name) == ("none", "skip")
    assert skip.kwargs["reason"] == f"No failure is recorded in '{directory}'."


# Laws and requirements.


@pytest.mark.parametrize("law", LIFECYCLE_LAWS, ids=lambda law: law.name)
def test_every_law_of_the_kit_is_found_by_its_name(tmp_path, law):
    """And holds of a lifecycle on the history on which an execution failed."""
    write(tmp_path, JOINED, LEFT, name=law.name)

    only(tmp_path).check(TRIO)


def test_a_law_that_fails_again_fails_on_the_same_history(tmp_path):
    """A law of one's own is given."""
    write(tmp_path, JOINED, LEFT, name="broken")

    with pytest.raises(LawViolation, match="Somebody left") as caught:
        only(tmp_path).check(TRIO, NOBODY_LEAVES)

    assert caught.value.history == (JOINED, LEFT)


def test_a_law_that_was_mended_holds(tmp_path):
    """On the history alone, whatever others would show."""
    write(tmp_path, JOINED, name="broken")

    only(tmp_path).check(TRIO, [NOBODY_LEAVES])


def complained(selection, history):
    """A law of selectors that does not hold as soon as anybody complains."""
    profile = Profile(relationship=Relationship("C-1"))
    yield from (
        ("Somebody complained.", profile) for event in history if event.name == "complained"
    )


def test_a_law_of_selectors_is_tried_on_the_history(tmp_path):
    """Where it is about one."""
    nobody_complains = SelectorLaw(1, "Nobody complains.", complained, lambda _: nothing())
    for directory, event in (("broken", Complained(at=AT)), ("held", Purchased(at=AT, amount=5))):
        write(tmp_path / directory, event, name="complained", lifecycle=CUSTOMER_LIFECYCLE)
    broken, held = (only(tmp_path / one, CUSTOMER_LIFECYCLE) for one in ("broken", "held"))

    held.check(buttle_selector(), nobody_complains)
    with pytest.raises(SelectorViolation, match="Somebody complained") as caught:
        broken.check(buttle_selector(), nobody_complains)

    assert caught.value.history == (Complained(at=AT),)


def test_a_requirement_is_checked_again(tmp_path):
    """It is decided by going through all that can happen."""
    requirement = never("member", id="R-1")
    write(tmp_path, JOINED, what="requirement", name="R-1")
    nobody = evolve(TRIO, rules=[rule for rule in TRIO.rules if rule.on != "joined"])

    with pytest.raises(NotProven, match="R-1"):
        only(tmp_path).check(TRIO, [requirement])
    only(tmp_path).check(nobody, requirement)


def test_what_was_not_given_cannot_be_checked(tmp_path):
    """The message says what to do."""
    write(tmp_path, JOINED, what="requirement", name="R-1")

    with pytest.raises(ValueError, match=r"no requirement 'R-1' among those given; give it: fail"):
        only(tmp_path).check(TRIO)


@pytest.mark.parametrize("among", [None, 5, "order", [never("member"), "order"]], ids=repr)
def test_what_failed_is_looked_for_among_laws_and_requirements(tmp_path, among):
    """Anything else has no name."""
    write(tmp_path, JOINED)

    with pytest.raises(InvalidArgument, match=r"among is .* but must be a Law or a Requirement"):
        only(tmp_path).check(TRIO, among)


# Paths.


def test_a_path_is_followed_again(tmp_path):
    """As it was written when it failed in an app."""
    path = Path.of(TRIO, "joined", "left", "returned")
    with pytest.raises(PathFailure):
        path.follow(lambda _: None, lambda: "guest", refuses=(), record_failures=tmp_path)

    failure = only(tmp_path)

    assert failure.path == Path.of(TRIO, "joined")
    with pytest.raises(PathFailure, match="must be 'member'"):
        failure.path.follow(lambda _: None, lambda: "guest", refuses=())


def test_a_path_begins_where_it_began(tmp_path):
    """In a state with regions, too."""
    write(tmp_path, "left", what="path", lifecycle=CLUB, start=("gold", "cross"))

    assert only(tmp_path, CLUB).path == Path.of(CLUB, "left", start=CLUB.state("gold", "cross"))


def test_a_path_is_no_law(tmp_path):
    """It needs an app."""
    write(tmp_path, "joined", what="path", name="joined")

    with pytest.raises(
        ValueError, match=r"followed again: failure\.path\.follow\(perform, stage\)"
    ):
        only(tmp_path).check(TRIO)


def test_a_history_is_a_path_too(tmp_path):
    """Where the lifecycle allows it, an app can be led along what a law failed on."""
    write(tmp_path, JOINED, LEFT)

    assert only(tmp_path).path == Path.of(TRIO, "joined", "left")


# Another definition.


def test_a_definition_that_was_mended_reads_what_failed_before(tmp_path):
    """The fingerprint is that of the definition that failed."""
    mended = trio(also=[move("left", "gone", "guest")])
    write(tmp_path, JOINED, LEFT)

    failure = only(tmp_path, mended)

    assert (failure.lifecycle, failure.fingerprint) == (mended, TRIO.fingerprint)
    failure.check(mended)


RENAMED = evolve(TRIO, rules=[evolve(r, on="quit" if r.on == "left" else r.on) for r in TRIO.rules])


@pytest.mark.parametrize("event", ["left", LEFT, Left(at=AT, fee=3)], ids=["name", "made", "own"])
def test_an_event_that_the_lifecycle_no_longer_knows_is_a_failure(tmp_path, event):
    """Not an error of the whole file of tests."""
    write(tmp_path, JOINED, event)
    failure = only(tmp_path, RENAMED)

    for again in (lambda: failure.check(RENAMED), lambda: failure.path):
        with pytest.raises(UnknownEvent, match="'trio' does not know the event 'left'") as caught:
            again()
        assert caught.value.__notes__ == [
            "It was recorded under an earlier definition; delete its file."
        ]


def test_an_event_whose_class_is_known_but_not_its_name_is_a_failure(tmp_path):
    """Such as custlife's own in a lifecycle without purchases."""
    write(tmp_path, Purchased(at=AT, amount=5))

    with pytest.raises(UnknownEvent, match="'purchased'"):
        only(tmp_path).check(TRIO)


def test_a_path_that_is_no_longer_allowed_says_so(tmp_path):
    """It is the lifecycle that has changed."""
    write(tmp_path, "left", what="path")

    with pytest.raises(EventNotAllowed, match="'left' is not allowed in prospect"):
        _ = only(tmp_path, trio(without=["left"], also=[move("left", "member", "gone")])).path


# The app's own events.


@pytest.mark.parametrize("kinds", [Left, [Left]], ids=["one", "several"])
def test_an_event_of_the_apps_own_is_read_by_its_class(tmp_path, kinds):
    """The others as the kit makes them up."""
    write(tmp_path, JOINED, Left(at=AT, fee=3))

    assert only(tmp_path, kinds=kinds).events == (JOINED, Left(at=AT, fee=3))


def test_an_event_of_the_apps_own_needs_its_class(tmp_path):
    """The message names the file, what is wrong, and what to give."""
    write(tmp_path, Left(at=AT, fee=3))
    (file,) = tmp_path.iterdir()

    with pytest.raises(
        InvalidData, match=r"fee.*Give the classes .* by kinds=\[\.\.\.\]"
    ) as caught:
        replay_failures(tmp_path, TRIO)

    assert caught.value.path == file.name


@pytest.mark.parametrize("kinds", [5, "left", [int]], ids=repr)
def test_kinds_are_classes_of_events(tmp_path, kinds):
    """Said before anything is read."""
    with pytest.raises(InvalidArgument, match=r"replay_failures\(\): kinds is "):
        replay_failures(tmp_path, TRIO, kinds=kinds)


# Files that are none.


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "Expecting property name"),
        ("[]", "it is no failure with what, name"),
        ("{}", "it is no failure with what, name"),
        (
            json.dumps(
                {
                    "what": "law",
                    "name": "order",
                    "lifecycle": "club",
                    "fingerprint": "",
                    "problem": "",
                    "start": [],
                    "events": [],
                }
            ),
            "it is 'club', and 'trio' was given",
        ),
    ],
    ids=["no JSON", "no dict", "no failure", "another lifecycle"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, text, problem):
    """For somebody changed it by hand, or put it there."""
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")

    with pytest.raises(InvalidData, match=problem) as caught:
        replay_failures(tmp_path, TRIO)

    assert caught.value.path == "odd.json"


def test_other_files_are_left_alone(tmp_path):
    """Such as a page that says what the directory is for."""
    (tmp_path / "README.md").write_text("Failures.", encoding="utf-8")

    assert read(tmp_path) == {"none": None}


@pytest.mark.parametrize("directory", [None, 5, ""], ids=repr)
def test_failures_are_in_a_directory(directory):
    """Given by its path."""
    with pytest.raises(
        InvalidArgument, match=r"replay_failures\(\): directory is .* a directory\."
    ):
        replay_failures(directory, TRIO)


def test_a_lifecycle_is_given_to_read_them(tmp_path):
    """A chart class is to be read first."""
    with pytest.raises(InvalidArgument, match=r"replay_failures\(\): lifecycle is "):
        replay_failures(tmp_path, "trio")


def test_without_pytest_replay_failures_says_so(tmp_path, monkeypatch):
    """It is no dependency of the kit."""
    monkeypatch.setitem(sys.modules, "pytest", None)

    with pytest.raises(ImportError, match=r"replay_failures\(\) needs pytest: pip install pytest"):
        replay_failures(tmp_path, TRIO)


def test_without_the_codec_whole_events_cannot_be_read(tmp_path, monkeypatch):
    """The error says what to install; names need nothing."""
    write(tmp_path / "laws", JOINED)
    write(tmp_path / "paths", "joined", what="path")
    monkeypatch.setitem(sys.modules, "cattrs", None)
    monkeypatch.delitem(sys.modules, "custlife.codec")

    assert only(tmp_path / "paths").events == ("joined",)
    with pytest.raises(ModuleNotFoundError, match="install custlife with its extra 'codec'"):
        replay_failures(tmp_path / "laws", TRIO)


def test_a_file_is_no_directory_of_failures(tmp_path):
    """Nothing is recorded there, so nothing would ever be tried again."""
    file = tmp_path / "failures"
    file.touch()

    with pytest.raises(InvalidArgument, match="must be a directory, and it is a file"):
        replay_failures(file, TRIO)


def test_what_failed_is_of_a_known_kind(tmp_path):
    """The remedy is about the file, not about its events."""
    write(tmp_path, JOINED, what="path")
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace('"path"', '"walk"'))

    with pytest.raises(InvalidData, match=r"it is .walk., and no law, .* Give another directory"):
        replay_failures(tmp_path, TRIO)
