"""What fails is written to a file when asked, and the failure goes on in any case."""

import json
import sys
from datetime import UTC, datetime

import pytest
from attrs import define, evolve, frozen
from tests.ids import stable
from tests.unit.lifecycle.builders import club, trio

from custlife import (
    Departed,
    Event,
    InvalidArgument,
    Purchased,
    Relationship,
    replay,
    to_table,
)
from custlife.strategy import Profile
from custlife.testing import (
    LawViolation,
    Path,
    PathFailure,
    SelectorViolation,
    Subject,
    cycles,
    totality,
)
from custlife.testing.failures import Failure, Recordable, recorded
from custlife.testing.generators.events import event_class

TRIO = trio()
CLUB = club()
AT = datetime(2026, 1, 1, tzinfo=UTC)
JOINED = event_class("joined")(at=AT)
"""An event that the kit made up, since the lifecycle names no class for it."""


@frozen(kw_only=True)
class Renewed(Event):
    """An app's own event."""

    fee: int = 0
    note: object = None


@define(eq=False, slots=False)
class Failed(Recordable):
    """What a test of the kit raises."""

    given: tuple[Failure, ...] = ()

    @property
    def failures(self):
        return self.given


def law(*events, name="order", problem="It is not so."):
    return Failure("law", name, TRIO, events, problem)


def fail(directory, *failures, error=Failed):
    """What is left of a test that fails inside."""
    with pytest.raises(error) as caught, recorded(directory, "law"):
        raise error(failures)
    return caught.value


def fail_on_a_path(path, directory, **given):
    """Follow a path in an app that does nothing."""
    with pytest.raises(PathFailure) as caught:
        path.follow(lambda _: None, lambda: "guest", record_failures=directory, **given)
    return caught.value


def files_in(directory):
    return {file.name: json.loads(file.read_text(encoding="utf-8")) for file in directory.iterdir()}


def test_a_failure_is_written_with_all_that_tries_it_again(tmp_path):
    """The events are whole; the problem is for the reader."""
    fail(tmp_path, law(JOINED, Purchased(at=AT, amount=5)))

    ((name, data),) = files_in(tmp_path).items()
    events = data.pop("events")

    assert name.startswith("law-order-trio-")
    assert [(one["type"], one["at"]) for one in events] == [
        ("joined", "2026-01-01T00:00:00+00:00"),
        ("purchased", "2026-01-01T00:00:00+00:00"),
    ]
    assert data == {
        "what": "law",
        "name": "order",
        "lifecycle": "trio",
        "fingerprint": TRIO.fingerprint,
        "problem": "It is not so.",
        "start": [],
    }


def test_the_error_says_where_it_is_recorded(tmp_path):
    """In a note, which pytest prints below it; the directory is made."""
    directory = tmp_path / "new" / "failures"

    error = fail(directory, law("joined"))

    (file,) = directory.iterdir()
    assert error.__notes__ == [
        f"Recorded in {file}; replay_failures({str(directory)!r}, ...) tries it again."
    ]


def test_several_failures_of_one_error_are_several_files(tmp_path):
    """Such as two requirements that are violated by one history."""
    error = fail(tmp_path, law("joined", name="one"), law("joined", name="two"))

    assert sorted(data["name"] for data in files_in(tmp_path).values()) == ["one", "two"]
    assert all(name in error.__notes__[0] for name in files_in(tmp_path))


def test_the_same_failure_is_one_file(tmp_path):
    """However often it fails, and whatever is said of it; other events are another one."""
    for _ in range(2):
        fail(tmp_path, law(JOINED))
    fail(tmp_path, law(JOINED, problem="It is so no more."))
    fail(tmp_path, law(JOINED, JOINED))

    assert len(files_in(tmp_path)) == 2


def test_names_that_are_no_names_of_files_are_made_ones(tmp_path):
    """A requirement may be called by a whole sentence; those that begin alike stay apart."""
    beginning = "Never: a/b -> c, and never d again"

    fail(tmp_path, law(name=f"{beginning} or e"), law(name=f"{beginning} or f"))

    assert {name[:32] for name in files_in(tmp_path)} == {"law-Never_a_b_c_and_never_d_a-tri"[:32]}
    assert len(files_in(tmp_path)) == 2


def test_an_event_of_the_apps_own_is_written_by_its_class(tmp_path):
    """No one has to name the class to write it."""
    fail(tmp_path, law(Renewed(at=AT, fee=7)))

    ((_, data),) = files_in(tmp_path).items()

    assert (data["events"][0]["type"], data["events"][0]["fee"]) == ("renewed", 7)


def test_nothing_is_written_unless_asked(tmp_path, monkeypatch):
    """And nothing is noted."""
    monkeypatch.chdir(tmp_path)

    error = fail(None, law("joined"))

    assert not hasattr(error, "__notes__")
    assert files_in(tmp_path) == {}


def test_what_passes_leaves_no_file(tmp_path):
    """Nor a directory."""
    with recorded(tmp_path / "failures", "law"):
        pass

    assert files_in(tmp_path) == {}


def test_an_error_of_another_kind_is_not_recorded(tmp_path):
    """It knows of no events."""
    error = fail(tmp_path, law("joined"), error=KeyError)

    assert not hasattr(error, "__notes__")
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("error", [Failed, Recordable])
def test_a_failure_without_a_history_says_that_nothing_was_recorded(tmp_path, error):
    """Such as one about a profile that nobody's events lead to."""
    with pytest.raises(error) as caught, recorded(tmp_path, "law"):
        raise error

    assert caught.value.__notes__ == [
        f"Nothing was recorded in {str(tmp_path)!r}: no history alone shows this."
    ]


def test_a_failure_that_cannot_be_written_is_not_lost(tmp_path):
    """The note says why, here of a field that no JSON can hold."""
    error = fail(tmp_path, law(Renewed(at=AT, note=object())))

    assert error.__notes__[0].startswith(f"This could not be recorded in {str(tmp_path)!r}. ")
    assert files_in(tmp_path) == {}


def test_a_directory_that_cannot_be_made_is_no_reason_to_lose_a_failure(tmp_path):
    """Where there is a file of its name."""
    (tmp_path / "failures").touch()

    error = fail(tmp_path / "failures", law("joined"))

    assert "FileExistsError" in error.__notes__[0]


def test_without_the_codec_the_note_says_what_to_install(tmp_path, monkeypatch):
    """A path has names only, and needs none."""
    monkeypatch.setitem(sys.modules, "cattrs", None)
    monkeypatch.delitem(sys.modules, "custlife.codec", raising=False)

    error = fail(tmp_path / "laws", law(JOINED))
    failure = fail_on_a_path(Path.of(TRIO, "joined"), tmp_path / "paths")

    assert "install custlife with its extra 'codec'" in error.__notes__[0]
    assert failure.__notes__[0].startswith("Recorded in ")
    assert {file.name for file in tmp_path.iterdir()} == {"paths"}


@pytest.mark.parametrize("directory", [5, b"failures", "", object()], ids=stable)
def test_a_directory_is_given_by_its_path(directory):
    """Said before anything is tried."""
    with (
        pytest.raises(
            InvalidArgument, match=r"follow\(\): record_failures is .*a directory or None"
        ),
    ):
        Path.of(TRIO).follow(print, lambda: "guest", record_failures=directory)


# Paths.


def test_a_path_is_written_up_to_where_it_failed(tmp_path):
    """By the names of its events, and named after the last of them."""
    failure = fail_on_a_path(Path.of(TRIO, "left", "returned", "joined"), tmp_path, refuses=())

    ((name, data),) = files_in(tmp_path).items()

    assert name.startswith("path-left-trio-")
    assert (data["what"], data["name"], data["events"]) == ("path", "left", ["left"])
    assert data["problem"] == failure.problem


def test_a_path_that_fails_at_a_refusal_is_named_after_it(tmp_path):
    """What must be refused is tried again in the state where the path ends."""
    fail_on_a_path(Path.of(TRIO, "joined"), tmp_path)

    ((name, data),) = files_in(tmp_path).items()

    assert name.startswith("path-returned-trio-")
    assert data["events"] == []


def test_a_path_that_fails_at_its_start_is_written_too(tmp_path):
    """With where it starts, if that is not where every relationship does."""
    gold = CLUB.state("gold+happy")

    fail_on_a_path(Path.of(CLUB, start=gold), tmp_path)

    ((name, data),) = files_in(tmp_path).items()
    assert name.startswith("path-start-club-")
    assert (data["start"], data["events"]) == (["gold", "happy"], [])


def test_a_path_that_is_followed_to_its_end_leaves_no_file(tmp_path):
    """Nor a directory."""
    row = {"stage": "guest"}

    Path.of(TRIO, "joined").follow(
        {"joined": lambda: row.update(stage="member")},
        lambda: row["stage"],
        refuses=(),
        record_failures=tmp_path / "failures",
    )

    assert files_in(tmp_path) == {}


# Laws.


def test_a_law_that_is_broken_leaves_its_history(tmp_path):
    """Shortened, and once, however many samples broke it."""

    def broken(events, **given):
        journey = replay(events, lifecycle=CLUB, **given)
        return evolve(journey, departures=journey.departures[-1:])

    with pytest.raises(LawViolation) as caught:
        cycles(Subject(lifecycle=CLUB, replay=broken), record_failures=tmp_path)

    ((name, data),) = files_in(tmp_path).items()
    assert name.startswith("law-cycles-club-")
    assert [one["type"] for one in data["events"]] == [one.name for one in caught.value.history]
    assert data["problem"] == caught.value.problem


def test_a_law_of_cells_leaves_the_way_to_the_cell(tmp_path):
    """And the event that is wrong there."""

    class Table:
        def __init__(self, table):
            self.step, self.view = table.step, table.view

        def allowed(self, state):
            return ()

    with pytest.raises(LawViolation):
        totality(Subject(lifecycle=TRIO, table=Table(to_table(TRIO))), record_failures=tmp_path)

    ((name, data),) = files_in(tmp_path).items()
    assert name.startswith("law-totality-trio-")
    assert len(data["events"]) == 1


def test_a_law_of_selectors_leaves_a_history_if_it_is_about_one(tmp_path):
    """A profile cannot be stored, so a law about profiles leaves nothing, and says so."""
    profile = Profile(relationship=Relationship("C-1"))
    one = SelectorViolation("always", "A sentence.", "ours", "It is not so.", profile)
    other = SelectorViolation(
        "channels", "A sentence.", "ours", "It is not so.", profile, (Departed(at=AT),)
    )

    for violation in (one, other):
        with pytest.raises(SelectorViolation), recorded(tmp_path, "law"):
            raise violation

    ((name, data),) = files_in(tmp_path).items()
    assert name.startswith("law-channels-customer-")
    assert [event["type"] for event in data["events"]] == ["departed"]
    assert one.__notes__[0].startswith("Nothing was recorded in ")
