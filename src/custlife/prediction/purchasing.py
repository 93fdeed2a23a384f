"""Models of purchases: how they are fitted, and what all of them answer.

A customer buys at random times at a rate of their own, and at some unseen moment stops for good.
The models differ in how that moment comes about. Customers differ, and the parameters of a model
say how much.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from math import fsum, isinf
from typing import Self

from attrs import frozen

from custlife import _checks
from custlife.errors import FitFailed
from custlife.prediction._fitting import FittedModel, Vector
from custlife.prediction.summary import Summary, chance, check_history, length

_EVEN = 0.5

Group = tuple[int, float, float, int]
"""x, t_x and T, and how many customers have them."""


def summaries_of(call: str, rows: Iterable[Summary]) -> tuple[Summary, ...]:
    """The rows, checked one by one.

    Raises:
        InvalidArgument: If ``rows`` is no iterable of summaries.

    Examples:
        >>> summaries_of("fit", [])
        ()
    """
    _checks.iterable_of("summaries").argument(call, "rows", rows)
    found = tuple(rows)
    for row in found:
        _checks.one_of(Summary).argument(call, "rows", row)
    return found


@frozen(kw_only=True)
class PurchaseModel(FittedModel, ABC):
    """What every model of purchases answers.

    A history is given as x, t_x and T, in the unit of time that the model was fitted in; see
    `Summary`.

    Examples:
        >>> from custlife.prediction.bgnbd import BGNBD
        >>> model = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)  # a time is in weeks
        >>> history = {"x": 2, "t_x": 30.43, "T": 38.86}
        >>> round(model.alive(**history), 3)
        0.727
        >>> round(model.expected(**history, horizon=39), 3)
        1.226
        >>> round(model.expected(**history, horizon=39, silence=26), 3)
        0.538
        >>> round(model.buys(**history, horizon=39), 3)
        0.555
        >>> round(model.stays(**history, horizon=39), 3)
        0.567
        >>> round(model.silent_until(x=2, t_x=30.43, below=0.5), 1)
        62.5
    """

    def alive(self, x: int, t_x: float, T: float) -> float:
        """The chance that the customer has not stopped until now, 0 to 1.

        Raises:
            InvalidArgument: If the history is none; see `Summary`.
        """
        self._check("alive", x, t_x, T)
        return self._alive(x, t_x, T)

    def expected(self, x: int, t_x: float, T: float, horizon: float, silence: float = 0.0) -> float:
        """How many purchases are expected in the horizon.

        Args:
            x: How many times the customer bought again.
            t_x: The time from the first purchase to the last one.
            T: The time from the first purchase until now.
            horizon: The length of time, >= 0, that begins now or after the silence.
            silence: For how long from now on the customer buys nothing, >= 0.

        Raises:
            InvalidArgument: If a number is out of its bounds.
        """
        self._check("expected", x, t_x, T, horizon=horizon, silence=silence)
        return self._alive(x, t_x, T + silence) * self._expected_if_alive(x, T + silence, horizon)

    def buys(self, x: int, t_x: float, T: float, horizon: float) -> float:
        """The chance of at least one purchase in the horizon that begins now, 0 to 1.

        It is 1 - L(x, t_x, T + horizon) / L(x, t_x, T), where L is the likelihood of a history.

        Raises:
            InvalidArgument: If a number is out of its bounds.
        """
        self._check("buys", x, t_x, T, horizon=horizon)
        return self._alive(x, t_x, T) * self._buys_if_alive(x, T, horizon)

    def stays(self, x: int, t_x: float, T: float, horizon: float) -> float:
        """The chance that the customer has not stopped a horizon from now either, 0 to 1.

        Raises:
            InvalidArgument: If a number is out of its bounds.
        """
        self._check("stays", x, t_x, T, horizon=horizon)
        return self._alive(x, t_x, T) * self._stays_if_alive(x, T, horizon)

    def silent_until(self, x: int, t_x: float, below: float) -> float:
        """The first T at which `alive` is at or below a limit, if no further purchase comes.

        Args:
            x: How many times the customer bought again.
            t_x: The time from the first purchase to the last one.
            below: The limit, above 0 and below 1.

        Returns:
            A time counted from the first purchase: ``t_x`` if the limit is reached at once, and
            infinity if it never is.

        Raises:
            InvalidArgument: If a number is out of its bounds.
        """
        self._check("silent_until", x, t_x, t_x)
        chance.argument(f"{type(self).__name__}.silent_until", "below", below)
        return self._silent_until(x, t_x, below)

    def log_likelihood_of(self, rows: Iterable[Summary]) -> float:
        """The log-likelihood of these customers, under the parameters of this model.

        Raises:
            InvalidArgument: If ``rows`` is no iterable of summaries.
        """
        found = summaries_of(f"{type(self).__name__}.log_likelihood_of", rows)
        values = [getattr(self, name) for name in self.parameters]
        return self._sum(values, [(row.x, row.t_x, row.T, 1) for row in found])[0]

    def _check(self, call: str, x: int, t_x: float, T: float, **lengths: float) -> None:
        subject = f"{type(self).__name__}.{call}"
        check_history(f"{subject}()", x, t_x, T)
        for name, value in lengths.items():
            length.argument(subject, name, value)

    @abstractmethod
    def _alive(self, x: int, t_x: float, T: float) -> float:
        """As `alive`, of numbers that were checked; so are the next ones."""

    @abstractmethod
    def _expected_if_alive(self, x: int, T: float, horizon: float) -> float:
        """How many purchases are expected of a customer who is alive now."""

    @abstractmethod
    def _buys_if_alive(self, x: int, T: float, horizon: float) -> float:
        """The chance of a purchase in the horizon, of a customer who is alive now."""

    @abstractmethod
    def _stays_if_alive(self, x: int, T: float, horizon: float) -> float:
        """The chance that a customer who is alive now still is after the horizon."""

    @abstractmethod
    def _silent_until(self, x: int, t_x: float, below: float) -> float:
        """As `silent_until`."""

    @classmethod
    @abstractmethod
    def _start(cls, x: float, t_x: float) -> Sequence[float]:
        """Where a fit starts, given the means of x and t_x; so it depends on no unit of time."""

    @classmethod
    @abstractmethod
    def _sum(cls, parameters: Sequence[float], groups: Sequence[Group]) -> tuple[float, Vector]:
        """The log-likelihood of the groups, and its derivatives by the parameters."""

    @classmethod
    def fit(cls, rows: Iterable[Summary]) -> Self:
        """The model under which these customers' histories are the most likely.

        The result does not depend on the order of the rows or on the unit of time.

        Args:
            rows: One summary for each customer, all in one unit of time.

        Raises:
            InvalidArgument: If ``rows`` is no iterable of summaries.
            FitFailed: If the customers are fewer than the parameters, if none bought again, or if
                the parameters run away, as they do where all customers are alike.
        """
        found = summaries_of(f"{cls.__name__}.fit", rows)
        alike = Counter((row.x, row.t_x, row.T) for row in found)
        return cls._fit_groups([(*history, count) for history, count in sorted(alike.items())])

    @classmethod
    def _fit_groups(cls, groups: Sequence[Group]) -> Self:
        """As `fit`, of customers who were put together where their histories are alike.

        Args:
            groups: For each history x, t_x, T, and how many customers have it; in rising order.

        Raises:
            FitFailed: As `fit` does.
        """
        customers = sum(count for *_, count in groups)
        purchases = sum(x * count for x, _, _, count in groups)
        cls._require(customers)
        if not purchases:
            remedy = "Give customers over a longer time, those who bought again among them."
            raise FitFailed(cls.subject, "no customer bought again", (), remedy)
        mean = fsum(t_x * count for _, t_x, _, count in groups) / customers
        start = cls._start(purchases / customers, mean)
        return cls._fit(lambda values: cls._sum(values, groups), customers, start)


def can_tell(model: PurchaseModel, known: Summary) -> bool:
    """Whether a model can tell of a customer like this; BG/NBD cannot of one-time buyers."""
    return not isinf(model.silent_until(known.x, known.t_x, _EVEN))
