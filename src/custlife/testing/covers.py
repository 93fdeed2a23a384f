"""Paths as parametrized tests of an app's own code."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from custlife._checks import one_of
from custlife.lifecycle.definition import Lifecycle
from custlife.lifecycle.parts import several
from custlife.testing.paths import Path, transition_coverage_paths

if TYPE_CHECKING:
    from pytest import MarkDecorator  # noqa: PT013 - one name, for the type checker


def covers(
    lifecycle: Lifecycle,
    paths: Iterable[Path] | None = None,
    *,
    each: Literal["move", "cell", "pair"] = "cell",
    apart: bool = False,
) -> "MarkDecorator":
    """Run a test of an app once for each path, so that it meets every event in every state.

    The test takes an argument ``path`` beside its fixtures, and calls `Path.follow` with how the
    app performs each event and how to read its customer's stage. What the lifecycle allows must
    lead there; what it forbids must be refused. pytest must be installed.

    Args:
        lifecycle: The lifecycle that the app claims to follow.
        paths: The paths; `transition_coverage_paths` if left out.
        each: What those paths take at least once: ``"cell"`` is every event that is allowed in
            every state, stays included; ``"move"`` is every move, which takes fewer events;
            ``"pair"`` is every move directly after every other one.
        apart: Whether to take a short path for each, instead of few long ones.

    Raises:
        ValueError: If there is no path, so that nothing would be tested, or one is through another
            lifecycle.
        InvalidArgument: If it is no lifecycle; read that of a chart class by `from_chart`.

    Examples:
        >>> from custlife import CUSTOMER_LIFECYCLE, state_of, to_chart
        >>> @covers(CUSTOMER_LIFECYCLE)
        ... def test_the_shop_follows_the_lifecycle(path):
        ...     shop = to_chart(CUSTOMER_LIFECYCLE)()
        ...     path.follow(shop.send, lambda: state_of(shop))
    """
    try:
        import pytest  # noqa: PLC0415 - needed by those who test with it, and by no others
    except ImportError as error:
        raise ImportError("covers() needs pytest: pip install pytest.") from error

    one_of(Lifecycle).argument("covers", "lifecycle", lifecycle)
    if paths is None:
        paths = transition_coverage_paths(lifecycle, each=each, apart=apart)
    paths = several(paths)
    for path in paths:
        one_of(Path).argument("covers", "paths", path)
        if path.lifecycle != lifecycle:
            raise ValueError(f"{path!r} is a path through {path.lifecycle!r}, not {lifecycle!r}.")
    chosen = [
        pytest.param(path, id=f"{number}-{_title(path)}") for number, path in enumerate(paths, 1)
    ]
    if not chosen:
        raise ValueError(f"there is no path through {lifecycle.name!r} to follow.")
    return pytest.mark.parametrize("path", chosen)


def _title(path: Path) -> str:
    """What a path is for: its last step, and how much comes before it."""
    if not path.events:
        return str(path.end)
    before, event, after = path.steps[-1]
    return f"{len(path)} events to {before} {event} {after}"
