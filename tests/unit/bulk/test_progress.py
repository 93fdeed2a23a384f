"""Progress: a callback, or a bar of a library that is installed."""

import sys

import pytest

pytest.importorskip("numpy", reason="the extra bulk is not installed")

from custlife.bulk.progress import reporting
from custlife.errors import InvalidArgument


def test_a_callback_is_called_as_it_is():
    """It hears the numbers of events that are done, and of all."""
    seen = []

    reporting(lambda *numbers: seen.append(numbers), 10)(4, 10)

    assert seen == [(4, 10)]


def test_nobody_need_listen():
    """Without a callback nothing is said."""
    assert reporting(None, 10)(10, 10) is None


@pytest.mark.parametrize("progress", [5, "bar", ["rich"], True])
def test_what_is_neither_a_callback_nor_a_known_library_is_refused(progress):
    """Also where it cannot be looked up."""
    with pytest.raises(InvalidArgument, match="'rich', 'tqdm' or None"):
        reporting(progress, 10)


@pytest.mark.parametrize("library", ["tqdm", "rich"])
def test_a_library_that_is_not_installed_is_named(library, monkeypatch):
    """The message says how to install it."""
    for name in (library, f"{library}.progress"):
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(InvalidArgument, match=f"pip install {library}"):
        reporting(library, 10)


@pytest.mark.parametrize("library", ["tqdm", "rich"])
def test_a_bar_for_nothing_is_none(library, capsys):
    """It would never come to its end."""
    reporting(library, 0)

    assert capsys.readouterr() == ("", "")


def test_a_bar_of_tqdm_goes_on_to_its_end(capsys):
    """It is closed with the last event."""
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    report = reporting("tqdm", 10)

    report(4, 10)
    report(10, 10)

    assert "10.0/10.0" in capsys.readouterr().err


def test_a_bar_of_rich_goes_on_to_its_end(capsys):
    """It is stopped with the last event."""
    pytest.importorskip("rich", reason="rich is not installed")
    report = reporting("rich", 10)

    report(4, 10)
    report(10, 10)

    assert "100%" in capsys.readouterr().out
