"""The backtest over columns: how well a rule or a model would have told who of a base is gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from inspect import isabstract
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from custlife import _checks
from custlife.answers import SilenceRule
from custlife.bulk import frames, reading
from custlife.bulk.deadlines import (
    UNREACHED,
    Columnar,
    columnar,
    limits,
    occasions,
    silent_since,
)
from custlife.bulk.frames import Frame
from custlife.bulk.models import Summaries, alive, buys, expected, fit, summaries
from custlife.bulk.reading import Flags
from custlife.bulk.results import Replayed, of_base
from custlife.bulk.ticks import NEVER, micros
from custlife.errors import InvalidArgument, InvalidFrame, cut
from custlife.prediction.backtesting import Backtest, By, bounds, number_of_purchases, require_rule
from custlife.prediction.purchasing import PurchaseModel
from custlife.prediction.scores import Told, scores_of
from custlife.prediction.summaries import WEEK
from custlife.prediction.summary import chance


def backtest(  # noqa: PLR0913 - each of the last three can be left out
    what: SilenceRule | PurchaseModel | type[PurchaseModel],
    before: Replayed | Frame,
    after: Replayed | Frame,
    *,
    split: datetime,
    horizon: timedelta,
    by: By = "alive",
    below: float = 0.5,
    unit: timedelta = WEEK,
) -> Backtest:
    """Ask who is gone at a past moment: `custlife.prediction.backtest` over columns.

    The states at two moments tell all that is needed: at the split, where the rule or the model is
    asked, and at the end of the horizon, where more purchases on record show who stayed.

    Source: KAL-8.

    Args:
        what: A `FixedWindow` or an `OwnRhythm`; a model of purchases; or the class of one, which is
            then fitted to the customers as they are known at the split.
        before: A bulk replay until the split, or a frame of its states.
        after: The same until the end of the horizon, of all people, in any order. What a silence
            rule inferred must be in neither.
        split: The moment at which the history is cut: an aware datetime.
        horizon: Who buys nothing for so long after it is gone [> 0].
        by: By a model, who is gone: ``"alive"`` or ``"expected"``; see `custlife.prediction`.
        below: The limit: a chance above 0 and below 1, or a number of purchases above 0.
        unit: The unit of time of the model [> 0].

    Raises:
        InvalidArgument: If an argument is out of its bounds; if an event is later than its moment;
            if nobody was a customer at the split; or if ``by`` or ``below`` is given with a rule.
        InvalidFrame: If a column is missing or holds what it must not, or a customer is not among
            those after the horizon.
        FitFailed: If the model cannot be fitted.

    Examples:
        >>> import pyarrow as pa
        >>> from datetime import UTC
        >>> from custlife.silence import FixedWindow
        >>> t, day = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)
        >>> def states(last, purchases):
        ...     last = pa.array(last, pa.timestamp("us", "UTC"))
        ...     return pa.table({
        ...         "customer": ["C-17", "C-18"], "room": ["customer", "customer"],
        ...         "customer_moment": [t, t], "first_purchase_at": [t, t],
        ...         "last_purchase_at": last, "last_at": last, "purchases": purchases,
        ...         "purchase_days": purchases, "gross_revenue": [0, 0],
        ...         "first_day_revenue": [0, 0],
        ...     })
        >>> before = states([t, t + 90 * day], [1, 2])
        >>> after = states([t, t + 150 * day], [1, 3])
        >>> rule = FixedWindow(lapsed_after=60 * day)
        >>> found = backtest(rule, before, after, split=t + 100 * day, horizon=100 * day)
        >>> found.all.recall, found.all.specificity, found.repeat.customers
        (1.0, 1.0, 1)
    """
    call = "backtest"
    cut_at, end = bounds(split, horizon)
    _checks.span.argument(call, "unit", unit)
    _checks.either("alive", "expected").argument(call, "by", by)
    limit = chance if by == "alive" else number_of_purchases
    limit.argument(call, "below", below)
    then, later = (frames.opened(f"{call}()", of_base(one).states) for one in (before, after))
    for name, frame in (("before", then), ("after", later)):
        _require_seen(call, name, frame)
    for name, moment, frame in (("split", cut_at, then), ("split + horizon", end, later)):
        reading.require_begun(call, name, moment, frame, reading.moments(frame, "last_at"))
    bought = summaries(before, as_of=cut_at, unit=unit)
    people = bought.only(reading.customers(then)[bought.rows])
    if not len(people):
        rule = "a moment at which somebody is a customer who has bought"
        remedy = "Give the states of a later moment, or of other customers."
        raise InvalidArgument(f"{call}()", "split", cut_at, rule, remedy)
    gone = _gone(then, later)[people.rows].tolist()
    model = what
    if isinstance(what, type) and issubclass(what, PurchaseModel) and not isabstract(what):
        model = fit(what, people)
    if isinstance(model, PurchaseModel):
        words = f"{model.name} ({by} below {below:g})"
        told = _by_model(model, people, gone, horizon / unit, by, below)
    else:
        require_rule(model, by, below)
        known = columnar(call, "what", model, "custlife.prediction.backtest(rule, journeys, ...)")
        words = cut(repr(known), 300)
        told = _by_rule(known, people, gone, then, micros(cut_at))
    return Backtest(
        what=words,
        split=cut_at,
        horizon=horizon,
        all=scores_of(told),
        repeat=scores_of(compress(told, (people.x > 0).tolist())),
        left_out=len(later) - len(people),
    )


def _require_seen(call: str, name: str, frame: Frame) -> None:
    """Make sure that no last departure of a base was inferred."""
    if "departure_inferred" in frame.columns:
        inferred = frames.plain(reading.column(frame, "departure_inferred"), fill=False)
        if inferred.any():
            row = int(np.argmax(inferred))
            rule = f"False in {name}=, where the rule or the model is to say it"
            remedy = f"Replay without silence= for {call}()."
            raise InvalidFrame("departure_inferred", row, True, rule, remedy)  # noqa: FBT003 - the cell


def _gone(then: Frame, later: Frame) -> Flags:
    """Whether each customer at the split bought nothing until the end of the horizon."""
    customers = reading.column(then, "customer")
    everybody = reading.column(later, "customer")
    try:
        everybody = everybody.cast(customers.type)
    except pa.ArrowException:
        rule, remedy = f"a column of {customers.type}, as before", "Replay both with the same ids."
        raise InvalidFrame("customer", None, str(everybody.type), rule, remedy) from None
    places = pc.index_in(customers, value_set=everybody)  # pyright: ignore[reportAttributeAccessIssue]  # made at import
    if places.null_count:
        row = places.is_null().index(True).as_py()
        rule = "among the customers of the states after the horizon"
        remedy = "Give the states of the same people at both moments."
        raise InvalidFrame("customer", row, customers[row].as_py(), rule, remedy)
    purchases = reading.whole(later, "purchases")[places.to_numpy()]
    found: Flags = purchases == reading.whole(then, "purchases")
    return found


def _by_rule(
    rule: Columnar, people: Summaries, gone: Sequence[bool], then: Frame, split: int
) -> list[Told]:
    """What a rule says of each, and how far the silence has gone."""
    rows = people.rows
    first, last = (reading.moments(then, f"{one}_purchase_at")[rows] for one in ("first", "last"))
    moment = reading.moments(then, "customer_moment")[rows]
    paused, before, stopped = (column[rows] for column in reading.pauses(then))
    since = silent_since(np.ones(len(rows), np.bool_), moment, last)
    lapsed, departed, unknown = limits(
        rule,
        since=since,
        first_purchase=first,
        last_purchase=last,
        occasions=occasions(then, rule)[rows],
        paused=paused,
        paused_before=before,
        paused_at=stopped,
    )
    said = (split > lapsed) | (split > departed)
    undetermined = ~said & (split > unknown)
    limit = np.where(lapsed == UNREACHED, departed, lapsed)
    now = np.where(stopped == NEVER, split, np.minimum(split, stopped))
    degree = np.maximum(now - since, 0) / np.maximum(limit - since, 1)
    status = np.where(split > departed, 2.0, np.where(split > lapsed, 1.0, 0.0))
    rank = np.where(limit == UNREACHED, status, degree)
    answers = (
        None if no else yes for yes, no in zip(said.tolist(), undetermined.tolist(), strict=True)
    )
    return [
        Told(str(who), left, answer, far)
        for who, left, answer, far in zip(
            people.customers.to_pylist(), gone, answers, rank.tolist(), strict=True
        )
    ]


def _by_model(  # noqa: PLR0913, PLR0917 - what a model is asked
    model: PurchaseModel,
    people: Summaries,
    gone: Sequence[bool],
    ahead: float,
    by: By,
    below: float,
) -> list[Told]:
    """What a model says of each, and the chance that they buy nothing."""
    value = alive(model, people) if by == "alive" else expected(model, people, ahead)
    chances = 1 - buys(model, people, ahead)
    columns = people.customers.to_pylist(), gone, value.tolist(), chances.tolist()
    return [
        Told(str(who), left, answer < below, -answer, risk)
        for who, left, answer, risk in zip(*columns, strict=True)
    ]
