"""Models of purchases over columns: their answers about every customer of a base at once.

The answers are those of `custlife.prediction`: they differ by at most 1e-12, or by that share of
the answer where it is above 1. Customers with the same history are worked out once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custlife import _checks
from custlife.bulk import frames, reading
from custlife.bulk.formulas import FORMULAS
from custlife.bulk.frames import Frame
from custlife.bulk.integrals import Rows
from custlife.bulk.reading import Flags, Floats, Micros
from custlife.bulk.results import Replayed, of_base
from custlife.bulk.ticks import DAY, NEVER, TICK, micros
from custlife.errors import InvalidFrame
from custlife.prediction import GammaGamma, PurchaseModel, Summary
from custlife.prediction.summaries import WEEK
from custlife.prediction.summary import length

M = TypeVar("M", PurchaseModel, GammaGamma)

_WHOLE = 1 << 53
"""Up to here, a float holds every integer."""
_BLOCK = 1 << 13
"""So many histories are worked out at a time, so that what lies in between stays small."""
_decimals = _checks.Check(
    lambda value: _checks.is_whole(value, 0) and value <= _checks.MAX_DECIMALS,
    f"a whole number from 0 to {_checks.MAX_DECIMALS}",
    "Give how many decimals the money of the states has, result.decimals.",
)


@frozen(kw_only=True, eq=False)
class Summaries:
    """The purchases of a base as the models take them; made by `summaries`.

    Each array has one value for each customer who has bought. Iteration gives each `Summary`.

    Attributes:
        customers: Who they are, an arrow array.
        rows: The customers' rows among the states.
        x: How many times each bought again; see `Summary` for this and the next ones.
        t_x: The time from the first purchase to the last one.
        T: The time from the first purchase until now.
        money: The mean amount of a repeat purchase; nan where there is none.
    """

    customers: Any = field(repr=False)
    rows: Rows = field(repr=False)
    x: Micros
    t_x: Floats
    T: Floats
    money: Floats

    def __len__(self) -> int:
        return len(self.x)

    def __iter__(self) -> Iterator[Summary]:
        rows = (self.customers, self.x, self.t_x, self.T, self.money)
        for customer, x, t_x, T, money in zip(*(row.tolist() for row in rows), strict=True):
            yield Summary(str(customer), x, t_x, T, money if x else None)

    def only(self, which: Flags) -> "Summaries":
        """The summaries of some of the customers.

        Args:
            which: For each customer, whether to keep them.
        """
        return Summaries(
            customers=self.customers.filter(pa.array(which)),
            rows=self.rows[which],
            x=self.x[which],
            t_x=self.t_x[which],
            T=self.T[which],
            money=self.money[which],
        )

    @cached_property
    def histories(self) -> tuple[Micros, Floats, Floats]:
        """x, t_x and T of each distinct history, in rising order."""
        first = self._distinct[0]
        return self.x[first], self.t_x[first], self.T[first]

    @property
    def numbers(self) -> Rows:
        """The number of each customer's history."""
        return self._distinct[1]

    @property
    def counts(self) -> Rows:
        """How many customers have each history."""
        return np.bincount(self.numbers)

    @cached_property
    def _distinct(self) -> tuple[Rows, Rows]:
        return _distinct(self.x, self.t_x, self.T)


def _distinct(*columns: NDArray[Any]) -> tuple[Rows, Rows]:
    """A row of each distinct one, in rising order, and the number of each row's distinct one."""
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), np.bool_)
    new[:1] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    numbers = np.empty(len(order), np.intp)
    numbers[order] = np.cumsum(new) - 1
    return order[new], numbers


def summaries(
    states: Replayed | Frame, *, as_of: datetime, unit: timedelta = WEEK, decimals: int = 0
) -> Summaries:
    """The purchases of a base as the models take them; `custlife.prediction.summaries` by columns.

    Who has bought nothing is left out.

    Args:
        states: A bulk replay, or a frame of its states.
        as_of: Until when they are observed: an aware datetime, no earlier than any event on record.
        unit: The unit of time, such as a week [> 0].
        decimals: How many decimals the money of a frame has, 0 to 18; a replay says it itself.

    Raises:
        InvalidArgument: If an argument is out of its bounds, or an event is later than the moment.
        InvalidFrame: If a column is missing or holds what it must not.

    Examples:
        >>> from datetime import UTC
        >>> t = datetime(2026, 1, 1, tzinfo=UTC)
        >>> first, last = (pa.array([at], pa.timestamp("us", "UTC")) for at in (t, t + 2 * WEEK))
        >>> states = pa.table({
        ...     "customer": ["C-17"], "last_at": last, "first_purchase_at": first,
        ...     "last_purchase_at": last, "purchase_days": [2], "gross_revenue": [5000],
        ...     "first_day_revenue": [2000],
        ... })
        >>> (one,) = summaries(states, as_of=t + 4 * WEEK, decimals=2)
        >>> one
        Summary(customer='C-17', x=1, t_x=2.0, T=4.0, money=30.0)
    """
    call = "summaries"
    _checks.span.argument(call, "unit", unit)
    _decimals.argument(call, "decimals", decimals)
    now = _checks.in_utc(as_of)
    _checks.moment.argument(call, "as_of", now)
    base = of_base(states, decimals=decimals)
    frame = frames.opened(f"{call}()", base.states)
    reading.require_begun(call, "as_of", now, frame, reading.moments(frame, "last_at"))
    first, last = (reading.moments(frame, f"{one}_purchase_at") for one in ("first", "last"))
    days = reading.whole(frame, "purchase_days")
    few = (first != NEVER) & (days < 1)
    if few.any():
        row = int(np.argmax(few))
        remedy = "Give the states of a replay."
        raise InvalidFrame("purchase_days", row, int(days[row]), "at least 1 here", remedy)
    paused, before, stopped = reading.pauses(frame)
    rows = np.flatnonzero((first != NEVER) & (last != NEVER))
    begin, x, before = _midnight(first[rows]), days[rows] - 1, before[rows]
    t_x = np.where(x > 0, np.maximum(_midnight(last[rows]) - begin - before, 1), 0)
    end = np.where(stopped[rows] == NEVER, micros(now), stopped[rows])
    observed = np.maximum(end - begin - before - paused[rows], t_x)
    paid = reading.whole(frame, "gross_revenue") - reading.whole(frame, "first_day_revenue")
    ticks = unit // TICK
    return Summaries(
        customers=reading.column(frame, "customer").take(pa.array(rows)),
        rows=rows,
        x=x,
        t_x=t_x / ticks,
        T=observed / ticks,
        money=_money(paid[rows], x, base.decimals),
    )


def _midnight(moments: Micros) -> Micros:
    return moments - moments % DAY


def _money(paid: Micros, x: Micros, decimals: int) -> Floats:
    """The mean amount of a repeat occasion; nan without one."""
    money = paid / float(10**decimals)
    for row in np.flatnonzero(np.abs(paid) >= _WHOLE):
        money[row] = float(Decimal(int(paid[row])).scaleb(-decimals))
    return np.where(x > 0, money / np.maximum(x, 1), np.nan)


def fit(kind: type[M], base: Summaries, **options: Any) -> M:  # noqa: ANN401 - of any model
    """The model under which a base is the most likely: ``kind.fit`` over columns.

    Args:
        kind: The class of the model, such as `BGNBD`.
        base: The summaries.
        options: What else ``kind.fit`` takes, such as ``one_time_buyers``.

    Raises:
        InvalidArgument: If an argument is of the wrong type.
        FitFailed: If the model cannot be fitted; see ``kind.fit``.
    """
    _base.argument("fit", "base", base)
    _a_model.argument("fit", "kind", kind)
    if not issubclass(kind, PurchaseModel) or kind not in FORMULAS:
        return kind.fit(base, **options)
    groups = [*zip(*(column.tolist() for column in (*base.histories, base.counts)), strict=True)]
    model = kind._fit_groups(groups)  # noqa: SLF001 - the same fit, over columns
    return evolve(model, **options)


def alive(model: PurchaseModel, base: Summaries) -> Floats:
    """The chance of each customer not to have stopped until now, 0 to 1.

    Source: ``model.alive``.

    Args:
        model: The model; one that custlife does not know is asked one by one.
        base: The summaries, in the model's unit of time.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> base = Summaries(
        ...     customers=pa.array(["C-17"]), rows=np.array([0]), x=np.array([2]),
        ...     t_x=np.array([30.43]), T=np.array([38.86]), money=np.array([22.35]),
        ... )
        >>> from custlife.prediction import BGNBD
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> alive(model, base).round(3).tolist()
        [0.727]
    """
    return _asked("alive", model, base)


def expected(model: PurchaseModel, base: Summaries, horizon: float, silence: float = 0.0) -> Floats:
    """How many purchases are expected of each customer in the horizon.

    Source: ``model.expected``.

    Args:
        model: The model.
        base: The summaries, in the model's unit of time.
        horizon: The length of time, >= 0, that begins now or after the silence.
        silence: For how long from now on the customers buy nothing, >= 0.

    Raises:
        InvalidArgument: If an argument is of the wrong type or out of its bounds.

    Examples:
        >>> base = Summaries(
        ...     customers=pa.array(["C-17"]), rows=np.array([0]), x=np.array([2]),
        ...     t_x=np.array([30.43]), T=np.array([38.86]), money=np.array([22.35]),
        ... )
        >>> from custlife.prediction import BGNBD
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> expected(model, base, 39).round(3).tolist()
        [1.226]
    """
    return _asked("expected", model, base, horizon=horizon, silence=silence)


def buys(model: PurchaseModel, base: Summaries, horizon: float) -> Floats:
    """The chance of each customer to buy at least once in the horizon that begins now, 0 to 1.

    Source: ``model.buys``.

    Raises:
        InvalidArgument: If an argument is of the wrong type or out of its bounds.

    Examples:
        >>> base = Summaries(
        ...     customers=pa.array(["C-17"]), rows=np.array([0]), x=np.array([2]),
        ...     t_x=np.array([30.43]), T=np.array([38.86]), money=np.array([22.35]),
        ... )
        >>> from custlife.prediction import BGNBD
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> buys(model, base, 39).round(3).tolist()
        [0.555]
    """
    return _asked("buys", model, base, horizon=horizon)


def stays(model: PurchaseModel, base: Summaries, horizon: float) -> Floats:
    """The chance of each customer not to have stopped a horizon from now either, 0 to 1.

    Source: ``model.stays``.

    Raises:
        InvalidArgument: If an argument is of the wrong type or out of its bounds.

    Examples:
        >>> base = Summaries(
        ...     customers=pa.array(["C-17"]), rows=np.array([0]), x=np.array([2]),
        ...     t_x=np.array([30.43]), T=np.array([38.86]), money=np.array([22.35]),
        ... )
        >>> from custlife.prediction import BGNBD
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> stays(model, base, 39).round(3).tolist()
        [0.567]
    """
    return _asked("stays", model, base, horizon=horizon)


def expected_money(model: GammaGamma, base: Summaries) -> Floats:
    """The mean amount of a purchase that is expected of each customer.

    Source: ``model.expected_money``.

    Raises:
        InvalidArgument: If an argument is of the wrong type.

    Examples:
        >>> base = Summaries(
        ...     customers=pa.array(["C-17"]), rows=np.array([0]), x=np.array([2]),
        ...     t_x=np.array([30.43]), T=np.array([38.86]), money=np.array([22.35]),
        ... )
        >>> model = GammaGamma(p=6.25, q=3.74, gamma=15.44)
        >>> expected_money(model, base).round(2).tolist()
        [24.66]
    """
    _checks.one_of(GammaGamma).argument("expected_money", "model", model)
    _base.argument("expected_money", "base", base)
    if type(model) is not GammaGamma:
        return np.array([model.expected_money(one.x, one.money) for one in base], np.float64)
    freedom = model.p * base.x + model.q - 1
    spent = base.x * np.where(base.x > 0, base.money, 0.0)
    with np.errstate(divide="ignore"):
        return np.where(freedom > 0, model.p * (model.gamma + spent) / freedom, np.inf)


_a_model = _checks.Check(
    lambda value: isinstance(value, type) and issubclass(value, PurchaseModel | GammaGamma),
    "the class of a model",
    "Give a class of custlife.prediction, such as BGNBD.",
)
_base = _checks.Check(
    lambda value: isinstance(value, Summaries),
    "the Summaries of a base",
    "Give summaries(states, as_of=...).",
)


def _asked(call: str, model: PurchaseModel, base: Summaries, **lengths: float) -> Floats:
    """What a model answers about each customer, worked out for each distinct history."""
    _checks.one_of(PurchaseModel).argument(call, "model", model)
    _base.argument(call, "base", base)
    for name, value in lengths.items():
        length.argument(call, name, value)
    x, t_x, T = base.histories
    if type(model) not in FORMULAS:
        ask = getattr(model, call)
        rows = zip(x.tolist(), t_x.tolist(), T.tolist(), strict=True)
        return np.array([ask(*row, **lengths) for row in rows], np.float64)[base.numbers]
    over, later = FORMULAS[type(model)](model), T + lengths.get("silence", 0.0)
    found = _in_blocks(over.alive, x, t_x, later)
    if call != "alive":
        share, ahead = getattr(over, call), lengths["horizon"]
        some, numbers = _distinct(x, later)
        of_alive = _in_blocks(lambda x, T: share(x, T, ahead), x[some], later[some])
        found *= of_alive[numbers]
    return found[base.numbers]


def _in_blocks(ask: Callable[..., Floats], *columns: NDArray[Any]) -> Floats:
    with np.errstate(all="ignore"):
        blocks = [
            ask(*(column[start : start + _BLOCK] for column in columns))
            for start in range(0, len(columns[0]), _BLOCK)
        ]
    return np.concatenate([np.zeros(0), *blocks])
